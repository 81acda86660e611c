import type { AppState } from '../state/app-state.ts';
import { linkOf, readLink } from '../state/link.ts';
import type { Store } from '../state/store.ts';
import type { App } from './context.ts';

/** How long the address waits for the state to settle, ms: browsers allow few changes of it a second. */
const QUIET_MS = 400;

/** Whether the page has an address that can be copied and followed. */
export const HAS_ADDRESS: boolean = true;

/** Takes over what the address of the page asks for. */
export function takeAddress(store: Store<AppState>): void {
  const asked = readLink(location.hash);
  store.set((draft) => {
    Object.assign(draft, asked);
  });
}

/** Keeps the address of the page in step with the state: a copied address shows the same. */
export function keepAddress(app: App): () => void {
  const { store } = app;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const write = (): void => {
    timer = undefined;
    const hash = linkOf(store.state);
    if (hash === location.hash.slice(1)) return;
    history.replaceState(null, '', `${location.pathname}${location.search}${hash === '' ? '' : `#${hash}`}`);
  };
  const stop = store.listen(() => {
    timer ??= setTimeout(write, QUIET_MS);
  });
  const changed = (): void => {
    takeAddress(store);
    void app.goTo(store.state.atUs);
  };
  addEventListener('hashchange', changed);
  return () => {
    stop();
    clearTimeout(timer);
    removeEventListener('hashchange', changed);
  };
}

/** The directory of the sweep that the address asks for (`?sweep=DIRECTORY/`). */
export function sweepToOpen(search: string): string | undefined {
  return new URLSearchParams(search).get('sweep') || undefined;
}

/** Names of the replays that the address asks to be opened (`?open=NAME`), in order. */
export function namesToOpen(search: string): readonly string[] {
  return new URLSearchParams(search).getAll('open').filter((name) => name !== '');
}
