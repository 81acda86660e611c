import type { JSX } from 'preact';
import { BUCKET_TEXT } from '../../../sim/observe/waterfall/buckets.ts';
import { quantity } from '../../../sim/report/document/quantity.ts';
import type { SpanSum } from '../../replay/waterfall-marks.ts';
import { cascade } from './cascade.ts';

/** Measures, pixels of the drawing; it is scaled to the width that there is. */
const ROW = 24;
const LABEL = 190;
const VALUE = 64;
const NARROW_LABEL = 130;

/** Bars from the capacity down to what was useful. */
export function WaterfallChart({
  sum,
  title,
  width,
}: {
  sum: SpanSum;
  title: string;
  width: number;
}): JSX.Element {
  const steps = cascade(sum);
  const label = width < 480 ? NARROW_LABEL : LABEL;
  const inner = Math.max(40, width - label - VALUE);
  const least = Math.min(0, ...steps.map(({ from }) => from));
  const most = Math.max(1, ...steps.map(({ to }) => to));
  const x = (part: number) => label + ((part - least) / (most - least)) * inner;
  const shareOf = (bucket: string) => sum.buckets.find((each) => each.bucket === bucket)?.share ?? 0;
  const height = (steps.length + 1) * ROW + 2;
  const inWords = sum.buckets.map(
    ({ bucket, share }) => `${BUCKET_TEXT[bucket]} ${quantity(share, 'fraction')}`,
  );
  return (
    <svg
      class="waterfall-chart"
      width={width}
      height={height}
      role="img"
      aria-label={`${title}: ${inWords.join('; ')}`}
    >
      <text class="waterfall-label" x={label - 6} y={ROW / 2 + 4} text-anchor="end">
        capacity
      </text>
      <rect class="waterfall-all" x={x(0)} y={3} width={x(1) - x(0)} height={ROW - 6} />
      <text class="waterfall-value" x={width} y={ROW / 2 + 4} text-anchor="end">
        100 %
      </text>
      {steps.map(({ bucket, tone, from, to }, i) => {
        const y = (i + 1) * ROW;
        const isLast = i === steps.length - 1;
        const edge = shareOf(bucket) < 0 ? to : from;
        return (
          <g key={bucket}>
            <text class="waterfall-label" x={label - 6} y={y + ROW / 2 + 4} text-anchor="end">
              {BUCKET_TEXT[bucket]}
            </text>
            <rect
              x={x(from)}
              y={y + 3}
              width={Math.max(1, x(to) - x(from))}
              height={ROW - 6}
              fill={`var(--tone-${tone})`}
            >
              <title>{`${BUCKET_TEXT[bucket]}: ${quantity(shareOf(bucket), 'fraction')}`}</title>
            </rect>
            {!isLast && <line class="waterfall-join" x1={x(edge)} x2={x(edge)} y1={y + 3} y2={y + ROW + 3} />}
            <text class="waterfall-value" x={width} y={y + ROW / 2 + 4} text-anchor="end">
              {quantity(shareOf(bucket), 'fraction')}
            </text>
          </g>
        );
      })}
    </svg>
  );
}
