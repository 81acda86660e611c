import type { JSX, TargetedPointerEvent } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useApp, useAppState } from '../../app/context.ts';
import type { Curve } from '../../replay/curve.ts';
import type { AlertSpan } from '../../replay/series.ts';
import type { ClockWords } from './clock-words.ts';
import { ALERTS, AXIS, CurveChart, LEFT, RIGHT, ROW } from './curve-chart.tsx';
import { moved, numberTicks, type Span, timeTicks, zoomed } from './span.ts';

/** Pixels that a pointer must go to brush: less is a click. */
const BRUSH_FROM = 4;
/** Pixels for each tick of the axis. */
const TICK_WIDTH = 80;
const WHEEL_ZOOM = 0.002;

interface ChartsProps {
  readonly curves: readonly {
    readonly curve: Curve;
    readonly stated: Curve | undefined;
    readonly note: string;
    readonly tone: number;
  }[];
  readonly alerts: readonly AlertSpan[];
  readonly span: Span;
  readonly whole: Span;
  readonly least: number;
  readonly width: number;
  readonly words: ClockWords;
  /** Where series begin: what is before is the warm-up. */
  readonly warmUntil: number;
  look(span: Span): void;
}

/** What pointers are doing: `from` is a place in pixels, of a pinch on the axis. */
interface Gesture {
  readonly kind: 'scrub' | 'brush' | 'pinch';
  readonly from: number;
  /** Of a pinch: what was in sight when it began, and how far apart the pointers were. */
  readonly span: Span;
  readonly apart: number;
}

/** The curves below one another, with one axis, a cursor and the brush. */
export function Charts(props: ChartsProps): JSX.Element {
  const { curves, alerts, span, whole, least, width, words, warmUntil, look } = props;
  const app = useApp();
  const brush = useAppState((state) => state.brush);
  const [drawing, draw] = useState<Span | undefined>(undefined);
  const svg = useRef<SVGSVGElement>(null);
  const hasAlerts = alerts.length > 0;
  const alertTop = curves.length * ROW + 2;
  const axisTop = alertTop + (hasAlerts ? ALERTS + 2 : 0);
  const height = axisTop + AXIS;
  const inner = Math.max(1, width - LEFT - RIGHT);
  const clampX = (place: number) => Math.min(width - RIGHT, Math.max(LEFT, place));
  const x = (at: number) => LEFT + ((at - span[0]) / (span[1] - span[0])) * inner;
  const at = (place: number) => span[0] + ((clampX(place) - LEFT) / inner) * (span[1] - span[0]);
  const placeOf = (event: { clientX: number }) =>
    event.clientX - (svg.current?.getBoundingClientRect().left ?? 0);
  const goTo = (place: number) => void app.goTo(words.toMoment(at(place)));
  const now = useRef({ span, whole, least, at, look, placeOf, inner });
  now.current = { span, whole, least, at, look, placeOf, inner };
  useEffect(() => {
    const element = svg.current;
    // Preact makes wheel listeners passive, which may not keep the page from scrolling.
    const turn = (event: WheelEvent) => {
      event.preventDefault();
      const { span: shown, whole: all, least: smallest, look: show } = now.current;
      const sideways = event.shiftKey ? event.deltaY : event.deltaX;
      if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
        show(moved(shown, all, (sideways / now.current.inner) * (shown[1] - shown[0])));
        return;
      }
      const factor = Math.exp(-event.deltaY * WHEEL_ZOOM * (event.ctrlKey ? 4 : 1));
      show(zoomed(shown, all, factor, now.current.at(now.current.placeOf(event)), smallest));
    };
    element?.addEventListener('wheel', turn, { passive: false });
    return () => element?.removeEventListener('wheel', turn);
  }, []);
  const pointers = useRef(new Map<number, number>());
  const gesture = useRef<Gesture | undefined>(undefined);
  const down = (event: TargetedPointerEvent<SVGSVGElement>): void => {
    if (event.button !== 0) return;
    const place = placeOf(event);
    const top = event.clientY - event.currentTarget.getBoundingClientRect().top;
    event.currentTarget.setPointerCapture(event.pointerId);
    pointers.current.set(event.pointerId, place);
    const [a, b] = [...pointers.current.values()];
    if (a !== undefined && b !== undefined) {
      draw(undefined);
      gesture.current = { kind: 'pinch', from: at((a + b) / 2), span, apart: Math.max(8, Math.abs(a - b)) };
      return;
    }
    const kind = top >= alertTop ? 'scrub' : 'brush';
    gesture.current = { kind, from: place, span, apart: 0 };
    if (kind === 'scrub') goTo(place);
  };
  const move = (event: TargetedPointerEvent<SVGSVGElement>): void => {
    const doing = gesture.current;
    if (doing === undefined || !pointers.current.has(event.pointerId)) return;
    const place = placeOf(event);
    pointers.current.set(event.pointerId, place);
    if (doing.kind === 'scrub') goTo(place);
    else if (doing.kind === 'pinch') {
      const [a, b] = [...pointers.current.values()];
      if (a === undefined || b === undefined) return;
      look(zoomed(doing.span, whole, Math.max(8, Math.abs(a - b)) / doing.apart, doing.from, least));
    } else if (drawing !== undefined || Math.abs(place - doing.from) >= BRUSH_FROM) {
      const [from, to] = [at(doing.from), at(place)];
      draw(from < to ? [from, to] : [to, from]);
    }
  };
  const up = (event: TargetedPointerEvent<SVGSVGElement>): void => {
    pointers.current.delete(event.pointerId);
    const doing = gesture.current;
    if (pointers.current.size > 0 || doing === undefined) return;
    gesture.current = undefined;
    draw(undefined);
    if (doing.kind !== 'brush' || event.type === 'pointercancel') return;
    if (drawing === undefined) {
      goTo(placeOf(event));
      return;
    }
    const [from, to] = [words.toMoment(drawing[0]), words.toMoment(drawing[1])];
    app.store.change('select a span of time', (draft) => {
      draft.brush = [Math.round(from), Math.round(to)];
    });
  };
  const shownBrush =
    drawing ?? (brush === null ? undefined : ([words.toAxis(brush[0]), words.toAxis(brush[1])] as const));
  const ticks = words.isFill
    ? numberTicks(span, inner / TICK_WIDTH, ' %')
    : timeTicks(span, inner / TICK_WIDTH);
  return (
    <svg
      ref={svg}
      class="charts"
      width={width}
      height={height}
      role="img"
      aria-label={`Curves: ${curves.map(({ curve }) => curve.title).join(', ')}; the table below has their values`}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={up}
      onDblClick={() => look(whole)}
    >
      <defs>
        <pattern
          id="alert-stripes"
          width={6}
          height={6}
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect width={6} height={6} fill="var(--warn)" fill-opacity={0.35} />
          <rect width={2} height={6} fill="var(--warn)" />
        </pattern>
      </defs>
      {warmUntil > span[0] && (
        <g>
          <rect class="warm-up" x={LEFT} y={0} width={clampX(x(warmUntil)) - LEFT} height={alertTop - 2} />
          {x(warmUntil) - LEFT > 60 && (
            <text class="chart-tick" x={LEFT + 4} y={alertTop - 8}>
              warm-up
            </text>
          )}
        </g>
      )}
      {shownBrush !== undefined && shownBrush[1] >= span[0] && shownBrush[0] <= span[1] && (
        <rect
          class="brush"
          x={clampX(x(shownBrush[0]))}
          y={0}
          width={Math.max(1, clampX(x(shownBrush[1])) - clampX(x(shownBrush[0])))}
          height={axisTop}
        />
      )}
      {curves.map(({ curve, stated, note, tone }, i) => (
        <CurveChart
          key={curve.name}
          curve={curve}
          stated={stated}
          span={span}
          width={width}
          top={i * ROW}
          tone={tone}
          words={words}
          note={note}
        />
      ))}
      {hasAlerts && (
        <g>
          <text class="chart-tick" x={LEFT - 4} y={alertTop + ALERTS} text-anchor="end">
            alerts
          </text>
          {alerts
            .filter(({ fromUs, toUs }) => toUs >= span[0] && fromUs <= span[1])
            .map(({ fromUs, toUs, text }) => (
              <rect
                key={`${fromUs} ${toUs} ${text}`}
                class="alert-band"
                x={clampX(x(fromUs))}
                y={alertTop}
                width={Math.max(2, clampX(x(toUs)) - clampX(x(fromUs)))}
                height={ALERTS}
                fill="url(#alert-stripes)"
              >
                <title>{text}</title>
              </rect>
            ))}
        </g>
      )}
      <rect class="axis-band" x={LEFT} y={axisTop} width={inner} height={AXIS} />
      {ticks.map((tick) => (
        <g key={tick.at}>
          <line class="chart-line" x1={x(tick.at)} x2={x(tick.at)} y1={axisTop} y2={axisTop + 4} />
          <text class="chart-tick" x={x(tick.at)} y={axisTop + 15} text-anchor="middle">
            {tick.text}
          </text>
        </g>
      ))}
      <Cursor x={(moment) => x(words.toAxis(moment))} width={width} height={height} />
    </svg>
  );
}

/** Where the clock is. */
function Cursor(props: { x: (atUs: number) => number; width: number; height: number }): JSX.Element | null {
  const place = props.x(useAppState((state) => state.atUs));
  if (place < LEFT - 1 || place > props.width - RIGHT + 1) return null;
  return (
    <g class="cursor">
      <line x1={place} x2={place} y1={0} y2={props.height - AXIS} />
      <path d={`M${place - 5},${props.height - AXIS}h10l-5,7z`} />
    </g>
  );
}
