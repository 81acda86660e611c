import type { JSX } from 'preact';
import { useEffect, useReducer } from 'preact/hooks';
import { ReplayFileError } from '../../sim/observe/replay/index.ts';
import { Player } from '../replay/player.ts';
import { accessUrl } from '../replay/random-access.ts';
import { ReplayFile } from '../replay/replay-file.ts';
import { type AppState, FIRST_STATE } from '../state/app-state.ts';
import { Store } from '../state/store.ts';
import { namesToOpen, sweepToOpen, takeAddress } from './address.ts';
import { type App, AppContext, type Run } from './context.ts';
import { tell } from './messages.tsx';
import { Shell } from './shell.tsx';
import type { SweepPlace } from './sweep-place.ts';

/** Two are compared; a third takes the place of the second. */
const MOST_RUNS = 2;

/** A replay that the page has from the start. */
interface GivenReplay {
  readonly source: Blob;
  readonly name: string;
}

/**
 * The app around its state and the replays that are open.
 *
 * @param given opened at once, in this order, before those that the address names
 */
export function createApp(
  store: Store<AppState> = new Store(FIRST_STATE),
  given: readonly GivenReplay[] = [],
): JSX.Element {
  const listeners = new Set<() => void>();
  let nextId = 1;
  const app: App & { runs: readonly Run[]; sweep: SweepPlace | undefined } = {
    store,
    runs: [],
    sweep: undefined,
    async open(source, name) {
      let file: ReplayFile;
      try {
        file = await ReplayFile.open(source);
      } catch (error) {
        if (!(error instanceof ReplayFileError)) throw error;
        app.say(`${name} ${error.message}`, 'problem');
        return undefined;
      }
      const run: Run = { id: nextId++, name, player: new Player(file) };
      app.runs = [...app.runs.slice(0, MOST_RUNS - 1), run];
      if (app.runs.length === 1) begin(run);
      app.say(`${name} is open`);
      if (file.outline.damage !== undefined) app.say(`${name}: ${file.outline.damage}`, 'problem');
      await app.goTo(store.state.atUs);
      if (store.state.view === 'start')
        store.set((draft) => {
          draft.view = app.runs.length > 1 ? 'compare' : 'fleet';
        });
      for (const listener of listeners) listener();
      return run.id;
    },
    openSweep(place) {
      app.sweep = place;
      store.set((draft) => {
        draft.view = 'sweep';
      });
      for (const listener of listeners) listener();
    },
    close(id) {
      const first = app.runs[0];
      app.runs = app.runs.filter((run) => run.id !== id);
      const [next] = app.runs;
      if (next === undefined)
        store.set((draft) => {
          draft.view = 'start';
          draft.isPlaying = false;
        });
      else if (next !== first) begin(next);
      for (const listener of listeners) listener();
    },
    swap() {
      const [first, second] = app.runs;
      if (first === undefined || second === undefined) return;
      app.runs = [second, first];
      begin(second);
      for (const listener of listeners) listener();
    },
    say(text, kind = 'note') {
      tell({ text, kind });
    },
    async goTo(atUs) {
      const [main] = app.runs;
      if (main === undefined) return;
      store.set((draft) => {
        draft.atUs = Math.max(0, Math.min(atUs, main.player.endUs));
      });
      try {
        await Promise.all(app.runs.map(({ player }) => player.seek(store.state.atUs)));
      } catch (error) {
        if (!(error instanceof ReplayFileError)) throw error;
        app.say(error.message, 'problem');
      }
    },
  };
  /** What is looked at has to be in the replay that is looked at. */
  function begin({ player }: Run): void {
    const { atUs, selection } = store.state;
    store.set((draft) => {
      draft.atUs = Math.min(atUs, player.endUs);
      if (!isThere(player, selection)) draft.selection = { kind: 'none' };
    });
  }
  async function openFirst(): Promise<void> {
    for (const { source, name } of given) await app.open(source, name);
    await openNamed(app);
    openNamedSweep(app);
  }
  function Root(): JSX.Element {
    const [, redraw] = useReducer((count: number, _: undefined) => count + 1, 0);
    listeners.clear();
    listeners.add(() => redraw(undefined));
    useEffect(() => {
      takeAddress(store);
      void openFirst();
    }, []);
    // A new object each time, so that whoever uses the app sees that its replays are others.
    return (
      <AppContext.Provider value={{ ...app }}>
        <Shell />
      </AppContext.Provider>
    );
  }
  return <Root />;
}

function isThere({ file }: Player, selection: AppState['selection']): boolean {
  const { hosts, cards } = file.outline.header.start;
  if (selection.kind === 'host') return selection.host < hosts.length;
  return selection.kind !== 'gpu' || selection.gpu < cards.length;
}

/** Opens the sweep that the address of the page names; a view that a link asks for stays. */
function openNamedSweep(app: App): void {
  const name = sweepToOpen(location.search);
  if (name === undefined) return;
  const shown = lastName(name.replace(/\/+$/, ''));
  const address = URL.canParse(name, location.href) ? new URL(name, location.href) : undefined;
  if (address?.origin !== location.origin) {
    app.say(`${shown} is not served by this page: save it and open its files`, 'problem');
    return;
  }
  const { view } = app.store.state;
  app.openSweep({ kind: 'address', name: shown, address: address.href.replace(/\/*$/, '/') });
  if (view !== 'start' && app.runs.length > 0)
    app.store.set((draft) => {
      draft.view = view;
    });
}

/** Of an address, the name of the file as its owner knows it. */
function lastName(address: string): string {
  const last = address.split('/').at(-1) ?? address;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** Opens what the address of the page names: replays that `slicewise view` serves beside the page. */
async function openNamed(app: App): Promise<void> {
  for (const name of namesToOpen(location.search)) {
    const shown = lastName(name);
    try {
      const address = new URL(name, location.href);
      // A link that somebody else made does not make the page ask elsewhere.
      if (address.origin !== location.origin)
        throw new ReplayFileError('is not served by this page: save it and open the file');
      await app.open(await accessUrl(address.href), shown);
    } catch (error) {
      if (!(error instanceof ReplayFileError || error instanceof TypeError)) throw error;
      app.say(`${shown} ${error instanceof ReplayFileError ? error.message : 'is no address'}`, 'problem');
    }
  }
}
