import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { Axis } from './model.ts';
import type { ParallelRoom } from './parallel-scene.ts';

type Range = readonly [low: number, high: number];

/** Steps of an end by key, for values of any size. */
const STEPS = 50;
/** A drag that is shorter is a click, pixels. */
const LEAST_DRAG = 4;

/** A range on an axis: dragged along it, or its two ends moved by keys. */
export function AxisBrush({
  axis,
  room,
  x,
  range,
  onRange,
}: {
  readonly axis: Axis;
  readonly room: ParallelRoom;
  readonly x: number;
  readonly range: Range | undefined;
  onRange(range: Range | undefined, isSettled: boolean): void;
}): JSX.Element {
  const drag = useRef<{ readonly fromY: number; readonly held: 'new' | 'low' | 'high' | 'all' } | undefined>(
    undefined,
  );
  const { low, high } = axis;
  const [from, to] = [Math.max(low, range?.[0] ?? low), Math.min(high, range?.[1] ?? high)];
  const [yTo, yFrom] = [room.y(axis, to), room.y(axis, from)];
  /** An end at the end of the axis is none: what a sweep that goes on finds beyond it is kept, too. */
  const settle = ([a, b]: Range, isSettled: boolean): void => {
    const [least, most] = [Math.min(a, b), Math.max(a, b)];
    if (least <= low && most >= high) onRange(undefined, isSettled);
    else onRange([least <= low ? -Infinity : least, most >= high ? Infinity : most], isSettled);
  };
  const moved = (event: PointerEvent, isSettled: boolean): void => {
    const now = drag.current;
    const strip = event.currentTarget as HTMLElement;
    if (now === undefined) return;
    const y = event.clientY - strip.getBoundingClientRect().top + room.top - PAD;
    const away = y - now.fromY;
    if (now.held === 'new' && Math.abs(away) < LEAST_DRAG) {
      if (isSettled) onRange(undefined, true);
      return;
    }
    const at = room.value(axis, y);
    if (now.held === 'new') settle([room.value(axis, now.fromY), at], isSettled);
    else if (now.held === 'low') settle([at, to], isSettled);
    else if (now.held === 'high') settle([from, at], isSettled);
    else {
      const part = -away / (room.bottom - room.top);
      const by = Math.max(low - from, Math.min(high - to, part * (high - low)));
      settle([from + by, to + by], isSettled);
      if (!isSettled) drag.current = { ...now, fromY: y };
    }
  };
  const begin = (event: PointerEvent): void => {
    const strip = event.currentTarget as HTMLElement;
    const y = event.clientY - strip.getBoundingClientRect().top + room.top - PAD;
    const held = (event.target as HTMLElement).dataset.end as 'low' | 'high' | 'all' | undefined;
    drag.current = { fromY: y, held: held ?? 'new' };
    strip.setPointerCapture(event.pointerId);
  };
  const end = (which: 'low' | 'high') => {
    const value = which === 'low' ? from : to;
    return (
      <div
        class={`sweep-end ${which}`}
        data-end={which}
        role="slider"
        tabIndex={0}
        aria-orientation="vertical"
        aria-label={`${axis.label}: ${which === 'low' ? 'least' : 'most'} that is kept`}
        aria-valuemin={low}
        aria-valuemax={high}
        aria-valuenow={value}
        aria-valuetext={axis.text(value)}
        style={`top: ${room.y(axis, value) - room.top + PAD}px`}
        onKeyDown={(event) => {
          const isClear = event.key === 'Delete' || event.key === 'Backspace';
          const next = isClear ? undefined : afterKey(axis, value, event.key);
          if (!isClear && next === undefined) return;
          event.preventDefault();
          event.stopPropagation();
          if (next === undefined) onRange(undefined, true);
          else if (which === 'low') settle([Math.min(next, to), to], true);
          else settle([from, Math.max(next, from)], true);
        }}
      />
    );
  };
  return (
    <div
      class={`sweep-axis${range === undefined ? '' : ' ranged'}`}
      style={`left: ${x - 14}px; top: ${room.top - PAD}px; height: ${room.bottom - room.top + 2 * PAD}px`}
      onPointerDown={begin}
      onPointerMove={(event) => moved(event, false)}
      onPointerUp={(event) => {
        moved(event, true);
        drag.current = undefined;
      }}
      onPointerCancel={() => {
        drag.current = undefined;
      }}
    >
      {range !== undefined && (
        <div
          class="sweep-range"
          data-end="all"
          style={`top: ${yTo - room.top + PAD}px; height: ${Math.max(2, yFrom - yTo)}px`}
        />
      )}
      {end('high')}
      {end('low')}
    </div>
  );
}

/** Room of the strip beyond both ends of the axis, pixels. */
const PAD = 12;

/** The value that a key leads to from another; undefined where it is no key for that. */
function afterKey({ places, low, high }: Axis, value: number, key: string): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowUp: 1,
    ArrowRight: 1,
    ArrowDown: -1,
    ArrowLeft: -1,
    PageUp: 10,
    PageDown: -10,
    Home: -Infinity,
    End: Infinity,
  };
  const step = steps[key];
  if (step === undefined) return undefined;
  if (step === Infinity) return high;
  if (step === -Infinity) return low;
  if (places === undefined || places.length > STEPS)
    return Math.max(low, Math.min(high, value + (step * (high - low)) / STEPS));
  // The next value that the factor has, up or down.
  const at =
    step > 0 ? places.findIndex((each) => each > value) : places.findLastIndex((each) => each < value);
  if (at < 0) return step > 0 ? high : low;
  const more = at + Math.sign(step) * (Math.abs(step) - 1);
  return places[Math.max(0, Math.min(places.length - 1, more))];
}
