import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { View } from '../state/app-state.ts';
import { CompareView } from '../views/compare/compare-view.tsx';
import { SelectionPair } from '../views/compare/selection-pair.tsx';
import { FleetView } from '../views/fleet/fleet-view.tsx';
import { Inspector } from '../views/inspector/inspector.tsx';
import { JobsView } from '../views/jobs/jobs-view.tsx';
import { StartView } from '../views/start/start-view.tsx';
import { SweepView } from '../views/sweep/sweep-view.tsx';
import { Timeline } from '../views/timeline/timeline.tsx';
import { WaterfallView } from '../views/waterfall/waterfall-view.tsx';
import { WhatIfView } from '../views/what-if/what-if-view.tsx';
import { keepAddress } from './address.ts';
import { Bar } from './bar.tsx';
import { runClock } from './clock.ts';
import { useApp, useAppState, useRun } from './context.ts';
import { acceptDrops } from './files.ts';
import { KeySheet } from './key-sheet.tsx';
import { keyTable, listenToKeys } from './keys.ts';
import { Messages } from './messages.tsx';
import { focusOn, usePageKeys } from './page-keys.ts';
import { SelectionNews } from './selection-news.tsx';
import { VIEW_TITLES, WITHOUT_REPLAY } from './view-titles.ts';
import './shell.css';

const VIEW_PARTS: Readonly<Record<View, () => JSX.Element>> = {
  start: StartView,
  fleet: FleetView,
  jobs: JobsView,
  waterfall: WaterfallView,
  compare: CompareView,
  'what-if': WhatIfView,
  sweep: SweepView,
};

/** The whole page: a bar with the views, the view, what is selected, and the time line. */
export function Shell(): JSX.Element {
  const app = useApp();
  const run = useRun();
  const view = useAppState((state) => state.view);
  const theme = useAppState((state) => state.theme);
  const [areKeysShown, setKeysShown] = useState(false);
  const [isOver, setOver] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  useEffect(() => runClock(app), [app]);
  useEffect(() => keepAddress(app), [app]);
  useEffect(() => acceptDrops(app, setOver), [app]);
  useEffect(() => listenToKeys(keyTable), []);
  usePageKeys(
    app,
    () => picker.current?.click(),
    () => setKeysShown(true),
  );
  // Before the next paint: nobody sees the page in other colours, or under another title.
  useLayoutEffect(() => {
    if (theme === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }, [theme]);
  const shown = run === undefined && !WITHOUT_REPLAY.has(view) ? 'start' : view;
  useLayoutEffect(() => {
    document.title = [VIEW_TITLES[shown], run?.name, 'Slicewise viewer'].filter(Boolean).join(' - ');
  }, [shown, run]);
  const Part = VIEW_PARTS[shown];
  const hasSide = run !== undefined && !WITHOUT_REPLAY.has(shown);
  return (
    <div class="shell" data-view={shown}>
      <SkipLinks hasSide={hasSide} hasFoot={run !== undefined} />
      <Bar shown={shown} picker={picker} showKeys={() => setKeysShown(true)} />
      <main class="main" tabIndex={-1} aria-label={VIEW_TITLES[shown]}>
        <Part />
      </main>
      {hasSide && (
        <aside class="side" tabIndex={-1} aria-label="Selection">
          {shown === 'compare' && <SelectionPair />}
          <Inspector />
        </aside>
      )}
      {run !== undefined && (
        <section class="foot" tabIndex={-1} aria-label="Time line">
          <Timeline />
        </section>
      )}
      <SelectionNews />
      <Messages />
      <KeySheet isOpen={areKeysShown} close={() => setKeysShown(false)} />
      {isOver && <div class="drop-hint">Drop to open as a replay or a sweep</div>}
    </div>
  );
}

/** The first stops of the keyboard: past the bar. Buttons, because the address carries the state of the page. */
function SkipLinks({ hasSide, hasFoot }: { hasSide: boolean; hasFoot: boolean }): JSX.Element {
  return (
    <div class="skip-links">
      <button type="button" onClick={() => focusOn('.main')}>
        Skip to the view
      </button>
      {hasSide && (
        <button type="button" onClick={() => focusOn('.side')}>
          Skip to the selection
        </button>
      )}
      {hasFoot && (
        <button type="button" onClick={() => focusOn('.foot')}>
          Skip to the time line
        </button>
      )}
    </div>
  );
}
