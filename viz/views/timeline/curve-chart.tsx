import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { useAppState } from '../../app/context.ts';
import type { Curve } from '../../replay/curve.ts';
import { bucketAt, curveText, valueAxis } from '../../replay/series.ts';
import type { ClockWords } from './clock-words.ts';
import { curvePaths, inSight } from './paths.ts';
import type { Span } from './span.ts';

/** Measures of the charts, pixels. */
export const ROW = 58;
const TITLE = 16;
export const LEFT = 52;
export const RIGHT = 12;
export const AXIS = 22;
export const ALERTS = 9;

/** One curve: title with the value at the cursor, axis, area and line. */
export function CurveChart({
  curve,
  span,
  width,
  top,
  tone,
  words,
  note,
  stated,
}: {
  curve: Curve;
  /** The same over all of the run, where the cursor is out of sight; undefined where it is not known. */
  stated: Curve | undefined;
  span: Span;
  width: number;
  top: number;
  tone: number;
  words: ClockWords;
  note: string;
}): JSX.Element {
  const drawn = useMemo(() => {
    const [first, last] = inSight(curve, span);
    const { top: most, size, unit } = valueAxis(curve, first, last);
    const x = (at: number) => {
      const place = LEFT + ((at - span[0]) / (span[1] - span[0])) * (width - LEFT - RIGHT);
      return Math.min(width - RIGHT, Math.max(LEFT, place));
    };
    const y = (value: number) => top + ROW - 2 - (value / most) * (ROW - TITLE - 4);
    const number = Number((most / size).toPrecision(3));
    return {
      ...curvePaths(curve, span, x, y),
      label: `${number}${unit === '' || unit === 'jobs' || unit === 'hosts' ? '' : ` ${unit}`}`,
      y0: y(0),
      y1: y(most),
    };
  }, [curve, span, width, top]);
  const { line, area, label, y0, y1 } = drawn;
  return (
    <g>
      <line class="chart-line" x1={LEFT} x2={width - RIGHT} y1={y0} y2={y0} />
      <line class="chart-line faint" x1={LEFT} x2={width - RIGHT} y1={y1} y2={y1} />
      <text class="chart-tick" x={LEFT - 4} y={y1 + 4} text-anchor="end">
        {label}
      </text>
      <text class="chart-tick" x={LEFT - 4} y={y0 + 3} text-anchor="end">
        0
      </text>
      <path d={area} fill={`var(--tone-${tone})`} fill-opacity={0.25} />
      <path d={line} fill="none" stroke={`var(--tone-${tone})`} stroke-width={1.5} />
      <Title curve={curve} stated={stated} top={top} words={words} note={note} />
    </g>
  );
}

function Title({
  curve,
  stated,
  top,
  words,
  note,
}: {
  curve: Curve;
  stated: Curve | undefined;
  top: number;
  words: ClockWords;
  note: string;
}): JSX.Element {
  const text = useAppState((state) => {
    const at = words.toAxis(state.atUs);
    return curveText(bucketAt(curve, at) < 0 && stated !== undefined ? stated : curve, at);
  });
  return (
    <text class="chart-title" x={LEFT} y={top + TITLE - 4}>
      {curve.title}: <tspan class="chart-value">{text}</tspan>
      {note !== '' && <tspan class="chart-note">{`  · ${note}`}</tspan>}
    </text>
  );
}
