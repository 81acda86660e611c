import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { quantity } from '../../../sim/report/document/quantity.ts';
import { type Run, useApp, useAppState } from '../../app/context.ts';
import { fileName } from '../../draw/export-png.ts';
import { exportSvg } from '../../draw/export-svg.ts';
import { curvesOf } from '../../replay/series.ts';
import type { ClockWords } from '../timeline/clock-words.ts';
import {
  areaPath,
  bucketOf,
  CHART,
  CHART_HEIGHT,
  differenceAxisOf,
  type Scale,
  stepPath,
  timeScale,
  type ValueAxis,
  valueAxisOf,
} from './curve-chart.ts';
import { differenceText } from './difference-text.ts';
import { type PairedCurve, pairCurves } from './resample.ts';

/** Charts that are there at first, of those that both runs have. */
const FIRST = ['gpu.allocated', 'jobs.waiting', 'fragmentation', 'gpu.utilized', 'jobs.running'];
const FEW = 4;
/** Rows of the table behind a chart: more buckets than that are taken together. */
const MOST_ROWS = 60;

interface Props {
  readonly runs: readonly [Run, Run];
  readonly clock: ClockWords;
}

/** How the two runs differ as time goes on. */
export function CurveDifferences({ runs, clock }: Props): JSX.Element {
  const [a, b] = runs;
  const pairs = useMemo(
    () => pairCurves(curvesOf(a.player.file.outline), curvesOf(b.player.file.outline)),
    [a, b],
  );
  const [chosen, choose] = useState<readonly string[] | undefined>(undefined);
  const usual = [
    ...pairs.filter(({ name }) => FIRST.includes(name)),
    ...pairs.filter(({ name }) => !FIRST.includes(name)),
  ];
  const shown = chosen ?? usual.slice(0, FEW).map(({ name }) => name);
  if (pairs.length === 0)
    return (
      <section>
        <h2>Over time</h2>
        <p>
          The two replays have no series in common: one was cut off, ran without detail (metrics.detail:
          false), or has no clock like the other.
        </p>
      </section>
    );
  const others = pairs.filter(({ name }) => !shown.includes(name));
  return (
    <section aria-labelledby="compare-curves">
      <h2 id="compare-curves">{clock.isFill ? 'As more is requested' : 'Over time'}</h2>
      <p class="soft">
        Upper part: <LineSample /> A and <LineSample dashed /> B. Lower part: B less A around zero; above the
        line B has more. A click goes to that moment.
      </p>
      <div class="compare-curves">
        {pairs
          .filter(({ name }) => shown.includes(name))
          .map((pair) => (
            <DifferenceChart
              key={pair.name}
              pair={pair}
              clock={clock}
              remove={() => choose(shown.filter((name) => name !== pair.name))}
            />
          ))}
      </div>
      {others.length > 0 && (
        <label>
          Show also{' '}
          <select
            value=""
            onChange={({ currentTarget }) => {
              if (currentTarget.value !== '') choose([...shown, currentTarget.value]);
            }}
          >
            <option value="">choose…</option>
            {others.map(({ name, title }) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        </label>
      )}
    </section>
  );
}

function LineSample({ dashed = false }: { readonly dashed?: boolean }): JSX.Element {
  return (
    <svg width="26" height="8" aria-hidden="true" class="compare-sample">
      <path d="M0 4H26" class={dashed ? 'line-b' : 'line-a'} />
    </svg>
  );
}

function DifferenceChart({
  pair,
  clock,
  remove,
}: {
  readonly pair: PairedCurve;
  readonly clock: ClockWords;
  remove(): void;
}): JSX.Element {
  const app = useApp();
  const frame = useRef<HTMLDivElement>(null);
  const svg = useRef<SVGSVGElement>(null);
  const width = useWidth(frame);
  const [table, setTable] = useState(false);
  const scale = timeScale(pair, width);
  const picture = useMemo(() => <Picture pair={pair} width={width} clock={clock} />, [pair, width, clock]);
  return (
    <figure class="compare-curve" ref={frame}>
      <figcaption>
        <b>{pair.title}</b>
        <span class="compare-buttons">
          <button type="button" aria-pressed={table} onClick={() => setTable(!table)}>
            As a table
          </button>
          <button
            type="button"
            onClick={() =>
              svg.current !== null && exportSvg(svg.current, `${fileName('difference', pair.name)}.svg`)
            }
          >
            Save SVG
          </button>
          <button type="button" aria-label={`Take ${pair.title} away`} onClick={remove}>
            ×
          </button>
        </span>
      </figcaption>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the clock below goes to every moment by keyboard */}
      <svg
        ref={svg}
        width={width}
        height={CHART_HEIGHT}
        viewBox={`0 0 ${width} ${CHART_HEIGHT}`}
        role="img"
        aria-label={`${pair.title} of A and B, and B less A; the numbers are in the table`}
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          void app.goTo(Math.round(clock.toMoment(scale.toAt(event.clientX - box.left))));
        }}
      >
        {picture}
        <CursorLine clock={clock} scale={scale} pair={pair} />
      </svg>
      <Here pair={pair} clock={clock} />
      {table && <BucketTable pair={pair} clock={clock} />}
    </figure>
  );
}

function Picture({
  pair,
  width,
  clock,
}: {
  readonly pair: PairedCurve;
  readonly width: number;
  readonly clock: ClockWords;
}): JSX.Element {
  const { edges, means, difference } = pair;
  const { toX, toAt } = timeScale(pair, width);
  const [upper, lower] = [valueAxisOf(pair), differenceAxisOf(pair)];
  const lowerTop = CHART.top + CHART.upper + CHART.gap;
  const upperY = yOf(upper, CHART.top, CHART.upper);
  const lowerY = yOf(lower, lowerTop, CHART.lower);
  const right = width - CHART.right;
  const ticks = width > 520 ? 4 : 2;
  return (
    <g>
      <Axis axis={upper} toY={upperY} right={right} values={[upper.low, upper.high]} />
      <path d={stepPath(edges, means[0], toX, upperY)} class="line-a" />
      <path d={stepPath(edges, means[1], toX, upperY)} class="line-b" />
      <text x={CHART.left} y={lowerTop - 7} class="axis-name">
        B less A
      </text>
      <Axis axis={lower} toY={lowerY} right={right} values={[lower.low, 0, lower.high]} isSigned />
      <path d={areaPath(edges, difference, toX, lowerY)} class="area" />
      <path d={`M${CHART.left} ${lowerY(0)}H${right}`} class="zero" />
      {Array.from({ length: ticks + 1 }, (_, i) => {
        const x = CHART.left + ((right - CHART.left) * i) / ticks;
        const at = toAt(x);
        const text = clock.isFill ? `${Math.round(at)} %` : clock.text(at).replace(/:\d\d$/, '');
        const anchor = i === 0 ? 'start' : i === ticks ? 'end' : 'middle';
        return (
          <text key={i} x={x} y={CHART_HEIGHT - 6} text-anchor={anchor}>
            {text}
          </text>
        );
      })}
    </g>
  );
}

function yOf({ low, high }: ValueAxis, top: number, height: number): (value: number) => number {
  return (value) => top + height * (1 - (value - low) / (high - low));
}

function Axis({
  axis,
  toY,
  right,
  values,
  isSigned = false,
}: {
  readonly axis: ValueAxis;
  toY(value: number): number;
  readonly right: number;
  readonly values: readonly number[];
  readonly isSigned?: boolean;
}): JSX.Element {
  return (
    <>
      {values.map((value) => {
        const number = Number((value / axis.size).toPrecision(3));
        const sign = isSigned && value > 0 ? '+' : '';
        return (
          <g key={value}>
            <path d={`M${CHART.left} ${toY(value)}H${right}`} class="grid" />
            <text x={CHART.left - 5} y={toY(value) + 4} text-anchor="end">
              {`${sign}${number.toLocaleString('en')} ${isSigned && axis.unit === '%' ? 'pts' : axis.unit}`
                .trim()
                .replace('-', '−')}
            </text>
          </g>
        );
      })}
    </>
  );
}

/** The line of the clock: drawn by itself, because it moves. */
function CursorLine({
  clock,
  scale,
  pair,
}: {
  readonly clock: ClockWords;
  readonly scale: Scale;
  readonly pair: PairedCurve;
}): JSX.Element | null {
  const atUs = useAppState((state) => state.atUs);
  const at = clock.toAxis(atUs);
  if (bucketOf(pair.edges, at) < 0) return null;
  const x = scale.toX(at);
  return <path d={`M${x} ${CHART.top}V${CHART_HEIGHT - CHART.bottom}`} class="cursor" />;
}

/** What both have at the cursor. */
function Here({ pair, clock }: { readonly pair: PairedCurve; readonly clock: ClockWords }): JSX.Element {
  const { edges, means, difference, unit } = pair;
  const bucket = useAppState((state) => bucketOf(edges, clock.toAxis(state.atUs)));
  const [a, b] = [means[0][bucket] ?? null, means[1][bucket] ?? null];
  return (
    <p class="compare-here">
      {bucket < 0 || difference[bucket] == null
        ? 'Nothing measured in both at the cursor'
        : `At the cursor: A ${quantity(a, unit)}, B ${quantity(b, unit)}, B less A ${differenceText(a, b, unit)}`}
    </p>
  );
}

function BucketTable({
  pair,
  clock,
}: {
  readonly pair: PairedCurve;
  readonly clock: ClockWords;
}): JSX.Element {
  const { edges, means, unit } = pair;
  const each = Math.max(1, Math.ceil(means[0].length / MOST_ROWS));
  const rows = Array.from({ length: Math.ceil(means[0].length / each) }, (_, row) => row * each);
  return (
    <div>
      <table class="compare-table">
        <caption>
          {each > 1 ? `The first bucket of every ${each}` : 'All buckets'}, from its start, by its mean
        </caption>
        <thead>
          <tr>
            <th scope="col">{clock.isFill ? 'Requested' : 'From'}</th>
            <th scope="col" class="number">
              A
            </th>
            <th scope="col" class="number">
              B
            </th>
            <th scope="col" class="number">
              B − A
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((i) => {
            const at = edges[i] as number;
            const [a, b] = [means[0][i] ?? null, means[1][i] ?? null];
            return (
              <tr key={i}>
                <th scope="row">{clock.isFill ? `${Number(at.toPrecision(4))} %` : clock.text(at)}</th>
                <td class="number">{quantity(a, unit)}</td>
                <td class="number">{quantity(b, unit)}</td>
                <td class="number">{differenceText(a, b, unit)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** Width of an element as it is now, CSS pixels. */
function useWidth(of: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(480);
  useEffect(() => {
    if (of.current === null) return undefined;
    const sizes = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setWidth(Math.max(240, Math.floor(entry.contentRect.width)));
    });
    sizes.observe(of.current);
    return () => sizes.disconnect();
  }, [of]);
  return width;
}
