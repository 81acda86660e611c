import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { metricWords } from '../../../sim/report/document/metric-words.ts';
import { count, plural } from '../../../sim/report/format.ts';
import { useApp, useAppState } from '../../app/context.ts';
import { useKeys } from '../../app/keys.ts';
import type { SweepPlace } from '../../app/sweep-place.ts';
import { Chosen } from './chosen.tsx';
import { type Colours, useColours } from './colours.ts';
import { HeatMap } from './heat-map.tsx';
import { listText, lookOf, rangeText, type SweepLook } from './look.ts';
import { type Axis, keptOf, modelOf, type Ranges, type SweepModel } from './model.ts';
import { Parallel } from './parallel.tsx';
import { PointsTable } from './points-table.tsx';
import { type ReadSweep, readSweep } from './read-sweep.ts';
import { filesOf, SweepReadError } from './sources.ts';
import { Failures, Notes, Progress } from './state-of-runs.tsx';
import './sweep.css';
import { TradeOff } from './trade-off.tsx';

/** A sweep: read from its files, and again when asked. */
export function SweepPage({ place }: { readonly place: SweepPlace }): JSX.Element {
  const app = useApp();
  const [sweep, setSweep] = useState<ReadSweep>();
  const [problem, setProblem] = useState<string>();
  const [lines, setLines] = useState<number | undefined>(0);
  const [again, setAgain] = useState(0);
  useEffect(() => {
    let isOver = false;
    setLines(0);
    setProblem(undefined);
    const read = async (): Promise<void> => {
      try {
        const found = await readSweep(await filesOf(place), (count) => {
          if (!isOver) setLines(count);
        });
        if (isOver) return;
        setSweep(found);
        if (again > 0)
          app.say(`Read again: ${count(found.results.done)} of ${plural(found.results.runs, 'run')} done`);
      } catch (error) {
        if (isOver) return;
        setProblem(
          error instanceof SweepReadError
            ? error.message
            : `The files are not those of a sweep, or another version wrote them (${(error as Error).message}).`,
        );
      } finally {
        if (!isOver) setLines(undefined);
      }
    };
    void read();
    return () => {
      isOver = true;
    };
  }, [place, again]);
  const isReading = lines !== undefined;
  const reload = (): void => {
    if (!isReading) setAgain((times) => times + 1);
  };
  useKeys('Sweep', [{ keys: ['r'], does: 'Read the files of the sweep again', run: reload }]);
  return (
    <div class="sweep">
      <div class="sweep-head">
        <h2>Sweep of {sweep?.manifest.name ?? place.name}</h2>
        <span class="sweep-save">
          <button type="button" disabled={isReading} aria-keyshortcuts="r" onClick={reload}>
            Reload
          </button>
        </span>
      </div>
      {isReading && <p role="status">Reading: {plural(lines, 'run')} …</p>}
      {problem !== undefined && (
        <p role="alert" class="sweep-problem">
          {problem}
        </p>
      )}
      {sweep !== undefined && (
        <>
          <Progress sweep={sweep} />
          <Notes notes={sweep.notes} />
          <Linked sweep={sweep} />
          <Failures sweep={sweep} />
        </>
      )}
    </div>
  );
}

/** Points of which everything follows a drag at once. */
const FOLLOWED = 1000;

/** All charts and the table of a sweep: what is selected or brushed in one is so in all. */
function Linked({ sweep }: { readonly sweep: ReadSweep }): JSX.Element {
  const { store } = useApp();
  const colours = useColours();
  const said = useAppState((state) => state.sweep);
  const model = useMemo(() => modelOf(sweep), [sweep]);
  const look = useMemo(() => lookOf(model, said), [model, said]);
  const [dragged, setDragged] = useState<Ranges>();
  const frame = useRef(0);
  const ranges = dragged ?? look.ranges;
  const kept = useMemo(() => keptOf(model, ranges), [model, ranges]);
  const settled = useMemo(() => keptOf(model, look.ranges), [model, look.ranges]);
  // Where there are many, all but the lines waits for the end of the drag.
  const keptBelow = model.points.length > FOLLOWED ? settled : kept;
  const metricIds = look.metrics.join(',');
  const metrics = useMemo(
    () => metricIds.split(',').flatMap((id) => model.axis(id) ?? []),
    [model, metricIds],
  );
  const axes = useMemo(() => [...model.factorAxes, ...metrics], [model, metrics]);
  useEffect(() => () => cancelAnimationFrame(frame.current), []);
  const say = (title: string, what: Readonly<Record<string, string>>): void =>
    store.change(title, (draft) => {
      for (const [name, text] of Object.entries(what)) {
        if (text === '') delete draft.sweep[name];
        else draft.sweep[name] = text;
      }
    });
  const onSelect = (points: readonly number[], isAdded: boolean): void => {
    const before = new Set(isAdded ? look.selected : []);
    // A second time takes a point out again.
    for (const p of points) if (!before.delete(p)) before.add(p);
    say('the selection of points', { points: listText([...before].sort((a, b) => a - b)) });
  };
  const onRange = (axis: Axis, range: readonly [number, number] | undefined, isSettled: boolean): void => {
    const next = new Map(ranges);
    if (range === undefined) next.delete(axis.id);
    else next.set(axis.id, range);
    cancelAnimationFrame(frame.current);
    if (isSettled) {
      setDragged(undefined);
      say(`the range of ${axis.label}`, {
        [`range.${axis.id}`]: range === undefined ? '' : rangeText(range),
      });
    } else frame.current = requestAnimationFrame(() => setDragged(next));
  };
  const clear = (): void =>
    say('all ranges', Object.fromEntries([...look.ranges.keys()].map((id) => [`range.${id}`, ''])));
  useKeys('Points of the sweep', [
    {
      keys: ['Escape'],
      does: 'Select no point',
      run: () => say('the selection of points', { points: '' }),
    },
    { keys: ['x'], does: 'Take all ranges away', run: clear },
  ]);
  const [colourBy] = metrics;
  // The same elements again where nothing of them has changed: a drag then asks nothing of what is below.
  const below = useMemo(
    () =>
      colours === undefined ? null : (
        <Below
          model={model}
          look={look}
          axes={axes}
          metrics={metrics}
          kept={keptBelow}
          colours={colours}
          onSelect={onSelect}
          say={say}
        />
      ),
    [model, look, axes, metrics, keptBelow, colours],
  );
  const choice = useMemo(
    () => (
      <MetricChoice
        model={model}
        metrics={metrics}
        onChange={(ids) => say('the metrics that are shown', { metrics: ids.join(',') })}
      />
    ),
    [model, metrics],
  );
  const keptCount = useMemo(() => kept.reduce((sum, each) => sum + each, 0), [kept]);
  const ran = useMemo(() => model.points.filter(({ done }) => done > 0).length, [model]);
  if (model.metrics.length === 0) return <p>No run has ended yet: press Reload in a while.</p>;
  if (colours === undefined) return <p>One moment …</p>;
  return (
    <>
      {choice}
      <Parallel
        model={model}
        axes={axes}
        colourBy={colourBy}
        kept={kept}
        ranges={ranges}
        selected={look.selected}
        colours={colours}
        onRange={onRange}
        onSelect={onSelect}
      />
      <p aria-live="polite">
        {look.ranges.size === 0
          ? `${plural(ran, 'point')} shown.`
          : `${count(keptCount)} of ${plural(ran, 'point')} kept; all below is of these. `}
        {look.ranges.size > 0 && (
          <button type="button" onClick={clear}>
            Take all ranges away
          </button>
        )}
      </p>
      {below}
    </>
  );
}

/** What follows the lines: charts over some of the factors and metrics, what is selected, and the table. */
function Below({
  model,
  look,
  axes,
  metrics,
  kept,
  colours,
  onSelect,
  say,
}: {
  readonly model: SweepModel;
  readonly look: SweepLook;
  readonly axes: readonly Axis[];
  readonly metrics: readonly Axis[];
  readonly kept: Uint8Array;
  readonly colours: Colours;
  onSelect(points: readonly number[], isAdded: boolean): void;
  say(title: string, what: Readonly<Record<string, string>>): void;
}): JSX.Element {
  const shared = { model, kept, selected: look.selected, colours, onSelect };
  return (
    <>
      <div class="sweep-pair">
        {look.map === undefined ? (
          <p>A map needs two factors with two values or more.</p>
        ) : (
          <HeatMap {...shared} look={look.map} metrics={metrics} onLook={(what) => say('the map', what)} />
        )}
        {look.tradeOff === undefined ? (
          <p>A trade-off needs two metrics.</p>
        ) : (
          <TradeOff
            {...shared}
            criteria={look.tradeOff}
            colourBy={metrics[0]}
            onLook={(what) => say('the trade-off', what)}
          />
        )}
      </div>
      <Chosen
        model={model}
        axes={axes}
        selected={look.selected}
        onClear={() => say('the selection of points', { points: '' })}
      />
      <section aria-labelledby="sweep-points" class="sweep-part">
        <h3 id="sweep-points">Points</h3>
        <PointsTable
          model={model}
          axes={axes}
          kept={kept}
          sort={look.sort}
          selected={look.selected}
          onSort={(by) => {
            const isDown = look.sort.by === by && !look.sort.isDown;
            say('the order of points', { sort: `${isDown ? '-' : ''}${by}` });
          }}
          onSelect={onSelect}
        />
      </section>
    </>
  );
}

/** Which metrics are shown, and which of them gives the colours. */
function MetricChoice({
  model,
  metrics,
  onChange,
}: {
  readonly model: SweepModel;
  readonly metrics: readonly Axis[];
  onChange(ids: readonly string[]): void;
}): JSX.Element {
  const ids = metrics.map(({ id }) => id);
  return (
    <fieldset class="sweep-metrics">
      <legend>Metrics</legend>
      {metrics.map(({ id, label }, i) => (
        <span class="sweep-metric" key={id}>
          <button
            type="button"
            aria-pressed={i === 0}
            title={i === 0 ? 'Lines have the colour of this metric' : 'Colour lines by this metric'}
            onClick={() => onChange([id, ...ids.filter((each) => each !== id)])}
          >
            {label}
          </button>
          {metrics.length > 1 && (
            <button
              type="button"
              aria-label={`Leave out ${label}`}
              onClick={() => onChange(ids.filter((each) => each !== id))}
            >
              ×
            </button>
          )}
        </span>
      ))}
      <select
        aria-label="Show another metric"
        value=""
        onChange={({ currentTarget }) => {
          if (currentTarget.value !== '') onChange([...ids, currentTarget.value]);
          currentTarget.value = '';
        }}
      >
        <option value="">Another …</option>
        {model.metrics
          .filter((each) => !ids.includes(each))
          .map((each) => (
            <option key={each} value={each}>
              {metricWords(each)}
            </option>
          ))}
      </select>
    </fieldset>
  );
}
