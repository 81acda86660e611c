import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { WaterfallMarks } from '../../../sim/observe/waterfall/marks.ts';
import { quantity } from '../../../sim/report/document/quantity.ts';
import { type Run, useAppState, useMoment, useRun } from '../../app/context.ts';
import { SaveSvg } from '../../draw/save-svg.tsx';
import { clockText, durationText } from '../../draw/words.ts';
import { isFill, resultOf } from '../../replay/series.ts';
import { gpuHourPrices } from '../../replay/series-cost.ts';
import {
  type FleetPart,
  type MarkedSpan,
  marksOf,
  partsOf,
  snapped,
  sumOver,
} from '../../replay/waterfall-marks.ts';
import { CauseTable } from './cause-table.tsx';
import { PartTable, partText } from './part-table.tsx';
import { SumTable } from './sum-table.tsx';
import './waterfall.css';
import { WaterfallChart } from './waterfall-chart.tsx';

/** Widest chart, pixels. */
const MOST_WIDTH = 760;

/** What became of the capacity up to the cursor and over the span that is selected, and what it cost. */
export function WaterfallView(): JSX.Element {
  const run = useRun();
  if (run === undefined) return <p>Open a replay to see what became of its GPU-hours.</p>;
  return <RunWaterfall key={run.id} run={run} />;
}

function RunWaterfall({ run }: { run: Run }): JSX.Element {
  const { outline } = run.player.file;
  const marks = useMemo(() => marksOf(outline), [outline]);
  const waterfall = resultOf(outline)?.waterfall;
  return (
    <div class="waterfall">
      <h2>What became of the GPU-hours</h2>
      {marks === undefined ? <Missing run={run} /> : <MarkedWaterfall run={run} marks={marks} />}
      {waterfall !== undefined && <CauseTable waterfall={waterfall} />}
    </div>
  );
}

/** Says why there is none, and what to do. */
function Missing({ run }: { run: Run }): JSX.Element {
  const { outline } = run.player.file;
  const text = isFill(outline)
    ? 'A fill run has no time, and so no GPU-hours: run it timed, as with --set "experiment={kind: timed, horizon: 7d}".'
    : outline.tables === undefined
      ? 'The file was cut off before its tables, in which this stands: run the scenario again with --replay.'
      : resultOf(outline)?.waterfall === undefined
        ? 'The run was made without detail: run it again without metrics.detail: false.'
        : 'The run ended within its warm-up, or an earlier version wrote this file: a longer run written now with --replay says what became of the capacity by the time.';
  return <p>{text}</p>;
}

function MarkedWaterfall({ run, marks }: { run: Run; marks: WaterfallMarks }): JSX.Element {
  const { player } = run;
  const { outline } = player.file;
  useMoment(player, 5);
  const brush = useAppState((state) => state.brush);
  const parts = useMemo(() => partsOf(marks), [marks]);
  const prices = useMemo(() => gpuHourPrices(outline), [outline]);
  const pools = outline.header.pools.map(({ name }) => name);
  const [part, choose] = useState<FleetPart | undefined>(undefined);
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const upTo = snapped(marks, marks.startUs, player.atUs);
  const over = brush === null ? undefined : snapped(marks, brush[0], brush[1]);
  const isWide = width > 2 * 420 && over !== undefined;
  const chartWidth = Math.max(260, Math.min(MOST_WIDTH, isWide ? width / 2 - 16 : width));
  const priceOf = prices === undefined ? undefined : (model: string) => prices.byModel.get(model);
  const panel = (title: string, span: MarkedSpan, asked: string) => (
    <Panel
      title={title}
      asked={asked}
      span={span}
      sum={sumOver(marks, span, part, priceOf)}
      width={chartWidth}
      currency={prices?.currency}
    />
  );
  const stepUs = (marks.atUs[0] as number) - marks.startUs;
  return (
    <div ref={box}>
      <p class="waterfall-note">
        {part === undefined ? 'All of the fleet' : `Only ${partText(part, pools)}`}
        {part !== undefined && (
          <>
            {' '}
            <button type="button" onClick={() => choose(undefined)}>
              Show all of the fleet
            </button>
          </>
        )}
        .{' '}
        <span class="soft">
          Amounts are known every {durationText(stepUs)}: spans begin and end there. Work that is lost later
          is booked when it is lost.
        </span>
      </p>
      {width > 0 && (
        <div class="waterfall-panels">
          {panel(
            'From the end of the warm-up to the cursor',
            upTo,
            `The cursor is at ${clockText(player.atUs)}.`,
          )}
          {over === undefined || brush === null ? (
            <p class="soft">
              Drag over the time line (or press B at both ends) to select a span: it is then shown here beside
              it.
            </p>
          ) : (
            panel(
              'Over the selected span',
              over,
              `Selected: ${clockText(brush[0])} to ${clockText(brush[1])}.`,
            )
          )}
        </div>
      )}
      <p class="soft">
        {prices === undefined
          ? 'No money: this run states no costs. Put a `cost` section into the scenario (docs/cost.md) and run it again.'
          : `Money: each GPU-hour at what an hour of its model costs in this run: ${[...prices.byModel].map(([model, price]) => `${model} ${quantity(price, `${prices.currency}/GPU-hour`)}`).join(', ')}.`}
      </p>
      <PartTable
        marks={marks}
        parts={parts}
        span={over ?? upTo}
        pools={pools}
        chosen={part}
        choose={choose}
      />
    </div>
  );
}

function Panel({
  title,
  asked,
  span,
  sum,
  width,
  currency,
}: {
  title: string;
  asked: string;
  span: MarkedSpan;
  sum: ReturnType<typeof sumOver>;
  width: number;
  currency: string | undefined;
}): JSX.Element {
  const useful = sum.buckets.find(({ bucket }) => bucket === 'useful');
  const panel = useRef<HTMLElement>(null);
  return (
    <section ref={panel} class="waterfall-panel" aria-label={title} style={{ width: `${width}px` }}>
      <h3>{title}</h3>
      <p>
        {clockText(span.fromUs)} to {clockText(span.toUs)}. <span class="soft">{asked}</span>
      </p>
      {sum.capacityGpuHours === 0 ? (
        <p>
          {span.first === span.last
            ? 'Nothing yet: go on, or select a longer span.'
            : 'No GPU was there in that time.'}
        </p>
      ) : (
        <>
          <p>
            {quantity(sum.capacityGpuHours, 'GPU-hours')} of capacity
            {sum.cost === undefined || currency === undefined ? '' : `, ${quantity(sum.cost, currency)}`}, of
            which useful <strong>{quantity(useful?.share ?? 0, 'fraction')}</strong>,{' '}
            {quantity(useful?.gpuHours ?? 0, 'GPU-hours')}
            {useful?.cost === undefined || currency === undefined
              ? ''
              : `, ${quantity(useful.cost, currency)}`}
            {useful !== undefined && useful.gpuHours < 0
              ? ' (less than nothing: more work of earlier was lost in this span than was done in it)'
              : ''}
            .
          </p>
          <WaterfallChart sum={sum} title={title} width={width} />
          <SaveSvg within={panel} chart="svg.waterfall-chart" name={['waterfall', title]} />
          <details>
            <summary>As a table</summary>
            <SumTable sum={sum} currency={currency} />
          </details>
        </>
      )}
    </section>
  );
}
