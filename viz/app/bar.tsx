import type { JSX, RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { type Theme, VIEWS, type View } from '../state/app-state.ts';
import { linkOf } from '../state/link.ts';
import { HAS_ADDRESS } from './address.ts';
import { useApp, useAppState, useRun } from './context.ts';
import { openFiles } from './files.ts';
import { VIEW_TITLES, WITHOUT_REPLAY } from './view-titles.ts';

/** The bar over all views: which view, which replays, and what is done to the page. */
export function Bar({
  shown,
  picker,
  showKeys,
}: {
  shown: View;
  picker: RefObject<HTMLInputElement | null>;
  showKeys(): void;
}): JSX.Element {
  const app = useApp();
  const run = useRun();
  return (
    <header class="top-bar">
      <span class="brand">Slicewise</span>
      <nav aria-label="Views" class="tabs">
        {VIEWS.map((each) => (
          <button
            type="button"
            key={each}
            class="tab"
            aria-current={each === shown ? 'page' : undefined}
            disabled={run === undefined && !WITHOUT_REPLAY.has(each)}
            onClick={() => showView(app, each)}
          >
            {VIEW_TITLES[each]}
          </button>
        ))}
      </nav>
      <OpenRuns picker={picker} />
      <Tools showKeys={showKeys} />
    </header>
  );
}

/** Shows a view, as a step that can be undone. */
export function showView({ store }: Pick<ReturnType<typeof useApp>, 'store'>, view: View): void {
  store.change(`view ${VIEW_TITLES[view]}`, (draft) => {
    draft.view = view;
  });
}

/** The replays that are open, and the way to others. */
function OpenRuns({ picker }: { picker: RefObject<HTMLInputElement | null> }): JSX.Element {
  const app = useApp();
  return (
    <div class="open-runs">
      {app.runs.length > 0 && (
        <ul aria-label="Open replays">
          {app.runs.map(({ id, name }, i) => (
            <li key={id} title={name}>
              {app.runs.length > 1 && <b>{i === 0 ? 'A' : 'B'}</b>}
              <span class="open-name">{name}</span>
              <button type="button" aria-label={`Close ${name}`} onClick={() => app.close(id)}>
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
      <button type="button" onClick={() => picker.current?.click()}>
        Open…
      </button>
      <input
        ref={picker}
        class="sr-only"
        type="file"
        multiple
        tabIndex={-1}
        aria-label="Replay files, or files of a sweep, to open"
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          // The same file can be chosen again, such as after it was written anew.
          currentTarget.value = '';
          void openFiles(app, files);
        }}
      />
    </div>
  );
}

/** Undo, redo, a link to what is shown, the keys and the colours of the page. */
function Tools({ showKeys }: { showKeys(): void }): JSX.Element {
  const app = useApp();
  const { store } = app;
  const theme = useAppState((state) => state.theme);
  const [, redraw] = useState(store.undoTitle);
  const [, redrawRedo] = useState(store.redoTitle);
  useEffect(
    () =>
      store.listen(() => {
        redraw(store.undoTitle);
        redrawRedo(store.redoTitle);
      }),
    [store],
  );
  const { undoTitle, redoTitle } = store;
  return (
    <div class="tools">
      <button
        type="button"
        disabled={undoTitle === undefined}
        title={undoTitle === undefined ? 'Nothing to undo' : `Undo ${undoTitle}`}
        onClick={() => undo(app)}
      >
        Undo
      </button>
      <button
        type="button"
        disabled={redoTitle === undefined}
        title={redoTitle === undefined ? 'Nothing to redo' : `Redo ${redoTitle}`}
        onClick={() => redo(app)}
      >
        Redo
      </button>
      {HAS_ADDRESS && (
        <button type="button" onClick={() => void copyLink(app)}>
          Copy link
        </button>
      )}
      <label>
        <span>Colours </span>
        <select
          value={theme}
          onChange={({ currentTarget }) =>
            store.set((draft) => {
              draft.theme = currentTarget.value as Theme;
            })
          }
        >
          <option value="auto">as the system</option>
          <option value="light">light</option>
          <option value="dark">dark</option>
        </select>
      </label>
      <button type="button" aria-label="Keys" aria-keyshortcuts="?" onClick={showKeys}>
        ?
      </button>
    </div>
  );
}

type OfApp = Pick<ReturnType<typeof useApp>, 'store' | 'say'>;

export function undo({ store, say }: OfApp): void {
  const title = store.undo();
  say(title === undefined ? 'Nothing to undo' : `Undone: ${title}`);
}

export function redo({ store, say }: OfApp): void {
  const title = store.redo();
  say(title === undefined ? 'Nothing to redo' : `Done again: ${title}`);
}

/** Copies an address that shows what is shown now. */
export async function copyLink({ store, say }: OfApp): Promise<void> {
  const hash = linkOf(store.state);
  const address = `${location.href.replace(/#.*$/, '')}${hash === '' ? '' : `#${hash}`}`;
  try {
    await navigator.clipboard.writeText(address);
  } catch {
    say(`This browser does not let a page copy: take the link from the address bar`, 'problem');
    return;
  }
  const opensItself = new URLSearchParams(location.search).has('open');
  say(opensItself ? 'Link copied' : 'Link copied: whoever follows it opens the same replay file, too');
}
