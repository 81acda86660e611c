import { COLOURINGS, THEMES, VIEWS } from '../state/app-state.ts';
import { HAS_ADDRESS } from './address.ts';
import { copyLink, redo, showView, undo } from './bar.tsx';
import type { App } from './context.ts';
import { type Binding, useKeys } from './keys.ts';
import { VIEW_TITLES, WITHOUT_REPLAY } from './view-titles.ts';

/** The one after another in a list, from its end to its start. */
function after<T>(all: readonly T[], now: T): T {
  return all[(all.indexOf(now) + 1) % all.length] as T;
}

/** Keys that work on every view. */
export function usePageKeys(app: App, openPicker: () => void, showKeys: () => void): void {
  const { store } = app;
  const views = VIEWS.map(
    (view, i): Binding => ({
      keys: [String(i + 1)],
      does: `Show ${VIEW_TITLES[view]}`,
      run: () => {
        if (app.runs.length > 0 || WITHOUT_REPLAY.has(view)) showView(app, view);
        else app.say(`${VIEW_TITLES[view]} needs a replay: open one with O`);
      },
    }),
  );
  useKeys('On every view', [
    ...views,
    { keys: ['o'], does: 'Open files of replays or of a sweep', run: openPicker },
    { keys: ['Ctrl+z', 'u'], does: 'Undo', run: () => undo(app) },
    { keys: ['Ctrl+Shift+z', 'Ctrl+y', 'Shift+u'], does: 'Redo', run: () => redo(app) },
    {
      keys: ['c'],
      does: 'Colour the fleet by the next property',
      run: () => {
        store.set((draft) => {
          draft.colouring = after(COLOURINGS, store.state.colouring);
        });
        app.say(`Coloured by ${store.state.colouring}`);
      },
    },
    {
      keys: ['t'],
      does: 'Colours of the page: as the system, light, dark',
      run: () =>
        store.set((draft) => {
          draft.theme = after(THEMES, store.state.theme);
        }),
    },
    ...(HAS_ADDRESS
      ? [{ keys: ['l'], does: 'Copy a link to what is shown', run: () => void copyLink(app) }]
      : []),
    { keys: ['m'], does: 'Go to the view', run: () => focusOn('.main') },
    { keys: ['i'], does: 'Go to what is selected', run: () => focusOn('.side') },
    {
      keys: ['Escape'],
      does: 'Select nothing',
      run: () => {
        if (store.state.selection.kind === 'none') return;
        store.change('select nothing', (draft) => {
          draft.selection = { kind: 'none' };
        });
      },
    },
    { keys: ['?'], does: 'Show the keys', run: showKeys },
  ]);
}

/** Moves the focus to a part of the page. */
export function focusOn(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.focus();
}
