import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { type Run, useApp, useAppState, useRun } from '../../app/context.ts';
import { useKeys } from '../../app/keys.ts';
import { SaveSvg } from '../../draw/save-svg.tsx';
import { durationText } from '../../draw/words.ts';
import type { Curve } from '../../replay/curve.ts';
import { alertSpans, curvesOf } from '../../replay/series.ts';
import { exactBooks } from '../../replay/series-exact.ts';
import { Charts } from './charts.tsx';
import { ClockBar } from './clock-bar.tsx';
import { CurveMenu } from './curve-menu.tsx';
import { CurveTable } from './curve-table.tsx';
import { inSight } from './paths.ts';
import { moved, type Span, zoomed } from './span.ts';
import './timeline.css';
import { useClock } from './use-clock.ts';
import { useClockWords } from './use-clock-words.ts';
import { useExact } from './use-exact.ts';

/** Curves that are shown first, as far as there are any. */
const FIRST_SHOWN = ['gpu.allocated', 'gpu.utilized', 'jobs.waiting', 'fragmentation', 'jobs.running'];
const MOST_SHOWN = 3;
/** Below this width there is room for one curve, pixels. */
const NARROW = 560;
/** With fewer buckets than these in sight, curves are drawn from the events themselves. */
const FEW_BUCKETS = 120;
const MOST_COLUMNS = 400;
const ZOOM_STEP = 2;
/** Part of what is in sight by which the arrow keys move the clock. */
const KEY_STEP = 0.01;

/** The foot of the page: clock, controls and curves. */
export function Timeline(): JSX.Element {
  const run = useRun();
  if (run === undefined) return <div />;
  return <RunTimeline key={run.id} run={run} />;
}

function RunTimeline({ run }: { run: Run }): JSX.Element {
  const app = useApp();
  const { store } = app;
  const { player } = run;
  const { outline } = player.file;
  const words = useClockWords(run);
  const { isFill } = words;
  const stated = useMemo(() => curvesOf(outline), [outline]);
  const { spans: alerts, left: alertsLeft } = useMemo(() => alertSpans(outline), [outline]);
  const clock = useClock(run, alerts, isFill);
  const brush = useAppState((state) => state.brush);
  const [width, setWidth] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const isNarrow = width < NARROW;
  const whole = useMemo((): Span => {
    const lastEdge = Math.max(0, ...stated.map(({ edges }) => edges.at(-1) ?? 0));
    return isFill ? [0, Math.max(1, lastEdge)] : [0, Math.max(1, player.endUs, lastEdge)];
  }, [stated, player, isFill]);
  const [asked, look] = useState<Span | undefined>(undefined);
  const span = asked ?? whole;
  const least = isFill ? 1 : 1000;
  const [isShown, setShown] = useState(true);

  // A file that was cut off has no series: what follows from the events is drawn of all of it.
  const names =
    stated.length > 0 || isFill ? stated.map(({ name }) => name) : [...exactBooks(outline).keys()];
  const [chosen, choose] = useState<readonly string[]>(() =>
    FIRST_SHOWN.filter((name) => names.includes(name)).slice(0, MOST_SHOWN),
  );
  const shownNames = chosen.slice(0, isNarrow ? 1 : MOST_SHOWN);
  const buckets = stated[0] === undefined ? 0 : 1 + inSight(stated[0], span)[1] - inSight(stated[0], span)[0];
  const wantsExact = isShown && !isFill && width > 0 && buckets < FEW_BUCKETS;
  const columns = Math.max(50, Math.min(MOST_COLUMNS, Math.round(width / 3)));
  const exact = useExact(run, shownNames, span, columns, wantsExact);
  const shown = shownNames.flatMap((name) => {
    const ofRun = stated.find((each) => each.name === name);
    const curve = exact.curves?.get(name) ?? ofRun;
    if (curve === undefined) return [];
    const isOfBuckets = wantsExact && !exact.isComing && exact.curves?.has(name) !== true;
    const note = isOfBuckets && curve.edges.length > 1 ? `in steps of ${bucketText(curve)}` : '';
    return [{ curve, stated: ofRun, note, tone: Math.max(0, names.indexOf(name)) % 9 }];
  });

  const zoom = (factor: number): void => {
    const cursor = words.toAxis(store.state.atUs);
    const around = cursor >= span[0] && cursor <= span[1] ? cursor : (span[0] + span[1]) / 2;
    look(zoomed(span, whole, factor, around, least));
  };
  const fit = () => look(undefined);
  const move = (by: number): void => {
    const target = words.toMoment(words.toAxis(store.state.atUs) + by * (span[1] - span[0]));
    const isStuck = isFill && Math.floor(target) === Math.floor(store.state.atUs);
    void app.goTo(isStuck ? target + Math.sign(by) : target);
  };
  useKeys('Time line', [
    { keys: ['Space'], does: 'Play or pause', run: () => clock.play() },
    { keys: ['ArrowLeft'], does: 'Back by a hundredth of what is in sight', run: () => move(-KEY_STEP) },
    { keys: ['ArrowRight'], does: 'On by a hundredth of what is in sight', run: () => move(KEY_STEP) },
    { keys: ['Shift+ArrowLeft'], does: 'Back by a tenth', run: () => move(-10 * KEY_STEP) },
    { keys: ['Shift+ArrowRight'], does: 'On by a tenth', run: () => move(10 * KEY_STEP) },
    { keys: ['Home'], does: 'To the start', run: () => void app.goTo(0) },
    { keys: ['End'], does: 'To the end', run: () => void app.goTo(player.endUs) },
    { keys: ['['], does: 'To the event before, of the kind that is chosen', run: () => clock.step(false) },
    { keys: [']'], does: 'To the next event of that kind', run: () => clock.step(true) },
    { keys: ['a'], does: 'To the next alert', run: () => clock.jumpToAlert(true) },
    { keys: ['Shift+a'], does: 'To the alert before', run: () => clock.jumpToAlert(false) },
    { keys: ['>', '.'], does: 'Faster', run: () => clock.changeSpeed(true) },
    { keys: ['<', ','], does: 'Slower', run: () => clock.changeSpeed(false) },
    { keys: ['z'], does: 'Zoom the time line in', run: () => zoom(ZOOM_STEP) },
    { keys: ['Shift+z'], does: 'Zoom it out', run: () => zoom(1 / ZOOM_STEP) },
    { keys: ['x'], does: 'Show all of the run', run: fit },
    { keys: ['b'], does: 'Begin the span that is selected here, or end it here', run: () => brushHere() },
  ]);
  const begun = useRef<number | undefined>(undefined);
  const brushHere = (): void => {
    const { atUs } = store.state;
    if (begun.current === undefined) {
      begun.current = atUs;
      app.say(`The span begins at ${words.text(atUs)}: go to where it ends and press B again`);
      return;
    }
    const from = begun.current;
    begun.current = undefined;
    if (from === atUs) app.say('The span would be empty: nothing is selected');
    else selectSpan([Math.min(from, atUs), Math.max(from, atUs)]);
  };
  const selectSpan = (next: readonly [number, number] | null) =>
    store.change(next === null ? 'select no span of time' : 'select a span of time', (draft) => {
      draft.brush = next === null ? null : [next[0], next[1]];
    });

  // While it plays, what is in sight goes along.
  const seen = useRef({ span, whole, words });
  seen.current = { span, whole, words };
  useEffect(
    () =>
      store.listen(() => {
        const { span: now, whole: all, words: own } = seen.current;
        const cursor = own.toAxis(store.state.atUs);
        if (!store.state.isPlaying || (cursor >= now[0] && cursor <= now[1])) return;
        look(moved(now, all, cursor - now[0]));
      }),
    [store],
  );

  return (
    <div class="timeline">
      <ClockBar run={run} clock={clock} words={words} hasAlerts={alerts.length > 0} />
      <div class="timeline-tools">
        <button type="button" aria-expanded={isShown} onClick={() => setShown(!isShown)}>
          {isShown ? 'Hide curves' : 'Show curves'}
        </button>
        {isShown && (
          <>
            <CurveMenu
              names={names}
              titleOf={(name) => stated.find((each) => each.name === name)?.title}
              chosen={chosen}
              most={MOST_SHOWN}
              choose={choose}
            />
            <button type="button" aria-label="Zoom in" onClick={() => zoom(ZOOM_STEP)}>
              +
            </button>
            <button
              type="button"
              aria-label="Zoom out"
              disabled={asked === undefined}
              onClick={() => zoom(1 / ZOOM_STEP)}
            >
              −
            </button>
            <button
              type="button"
              aria-label="Fit: show all of the run"
              disabled={asked === undefined}
              onClick={fit}
            >
              Fit
            </button>
            {shown.length > 0 && (
              <SaveSvg within={box} chart="svg.charts" name={[run.name.replace(/\.replay$/, ''), 'curves']} />
            )}
          </>
        )}
        {brush !== null && (
          <span class="timeline-brush">
            Selected: {words.text(brush[0])} to {words.text(brush[1])}
            {isFill ? '' : ` (${durationText(brush[1] - brush[0])})`}{' '}
            <button
              type="button"
              onClick={() => look([words.toAxis(brush[0]), words.toAxis(brush[1])])}
              disabled={!isShown || words.toAxis(brush[1]) - words.toAxis(brush[0]) < least}
            >
              Zoom to it
            </button>{' '}
            <button type="button" onClick={() => selectSpan(null)}>
              Clear
            </button>
          </span>
        )}
        <span class="soft timeline-note" role="status">
          {isShown && exact.isComing ? 'reading the events in sight …' : ''}
          {isShown && isFill && !isNarrow
            ? 'A fill run has no time: the axis is what was requested, in percent of the GPUs.'
            : ''}
        </span>
      </div>
      <div ref={box} class="timeline-box" hidden={!isShown}>
        {width > 0 && isShown && shown.length > 0 && (
          <Charts
            curves={shown}
            alerts={alerts}
            span={span}
            whole={whole}
            least={least}
            width={width}
            words={words}
            warmUntil={isFill ? 0 : (stated[0]?.edges[0] ?? 0)}
            look={(next) => look(next[0] <= whole[0] && next[1] >= whole[1] ? undefined : next)}
          />
        )}
        {shown.length === 0 && !exact.isComing && (
          <p class="soft timeline-empty">
            {names.length === 0
              ? 'This replay holds no curves: the file was cut off, or the run was made without detail (metrics.detail: false).'
              : 'No curve is chosen: tick one under Curves.'}
          </p>
        )}
      </div>
      {isShown && shown.length > 0 && (
        <CurveTable
          curves={shown.map(({ curve }) => curve)}
          alerts={alerts}
          left={alertsLeft}
          span={span}
          words={words}
        />
      )}
    </div>
  );
}

function bucketText({ edges }: Curve): string {
  return durationText((edges[1] as number) - (edges[0] as number));
}
