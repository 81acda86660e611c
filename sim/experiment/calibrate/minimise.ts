/** A point and what the function is there. */
export interface Minimum {
  readonly at: readonly number[];
  readonly value: number;
}

export interface Bounds {
  readonly min: number;
  readonly max: number;
}

const GRID = 64;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Smallest value of a function in a box. One variable: a grid finds the valley, golden section its bottom, so kinks and
 * several valleys do no harm. More: Nelder-Mead from `start`, the centre and all corners' midpoints towards it, restarted
 * at its best point until that gains nothing, then one variable after the other as above.
 *
 * @param f may be Infinity; is only asked within the bounds
 * @param start within the bounds
 * @see Nelder and Mead, A simplex method for function minimization, The Computer Journal 7(4), 1965
 */
export function minimise(
  f: (at: readonly number[]) => number,
  bounds: readonly Bounds[],
  start: readonly number[],
): Minimum {
  if (bounds.length === 0) return { at: [], value: f([]) };
  if (bounds.length === 1) return { ...alongOne(f, bounds, start, 0, 0, 1) };
  let best: Minimum = { at: start, value: f(start) };
  for (const from of startingPoints(bounds, start)) {
    let reached: Minimum = { at: from, value: f(from) };
    for (let round = 0; round < 20; round++) {
      const next = simplex(f, bounds, reached.at);
      const gains = next.value < reached.value - 1e-14 * Math.abs(reached.value);
      if (next.value <= reached.value) reached = next;
      if (!gains) break;
    }
    if (reached.value < best.value) best = reached;
  }
  // Small steps along each variable settle what the simplex left open near kinks and bounds.
  for (let pass = 0; pass < 3; pass++) {
    bounds.forEach(({ min, max }, i) => {
      const here = best.at[i] as number;
      const reach = (max - min) * 1e-3;
      const near = alongOne(
        f,
        bounds,
        best.at,
        i,
        Math.max(0, (here - reach - min) / (max - min)),
        Math.min(1, (here + reach - min) / (max - min)),
      );
      if (near.value < best.value) best = near;
    });
  }
  return best;
}

/** The smallest value along variable `i` between two parts of its range. */
function alongOne(
  f: (at: readonly number[]) => number,
  bounds: readonly Bounds[],
  at: readonly number[],
  i: number,
  from: number,
  to: number,
): Minimum {
  const { min, max } = bounds[i] as Bounds;
  const point = (part: number) =>
    at.map((value, j) => (j === i ? within(min + part * (max - min), bounds[i] as Bounds) : value));
  const value = (part: number) => f(point(part));
  let bestPart = from;
  let best = Number.POSITIVE_INFINITY;
  const step = (to - from) / GRID;
  for (let k = 0; k <= GRID; k++) {
    const found = value(from + k * step);
    if (found < best) {
      best = found;
      bestPart = from + k * step;
    }
  }
  let low = Math.max(from, bestPart - step);
  let high = Math.min(to, bestPart + step);
  let a = high - GOLDEN * (high - low);
  let b = low + GOLDEN * (high - low);
  let fa = value(a);
  let fb = value(b);
  while (high - low > 1e-13 * Math.max(1, Math.abs(low))) {
    if (fa <= fb) {
      high = b;
      b = a;
      fb = fa;
      a = high - GOLDEN * (high - low);
      fa = value(a);
    } else {
      low = a;
      a = b;
      fa = fb;
      b = low + GOLDEN * (high - low);
      fb = value(b);
    }
  }
  const middle = (low + high) / 2;
  // The grid point itself may be the bottom: at a bound, or at a kink.
  return value(middle) < best
    ? { at: point(middle), value: value(middle) }
    : { at: point(bestPart), value: best };
}

function* startingPoints(bounds: readonly Bounds[], start: readonly number[]): Generator<readonly number[]> {
  yield start;
  const parts = (part: number) => bounds.map(({ min, max }) => min + part * (max - min));
  yield parts(0.5);
  yield parts(0.1);
  yield parts(0.9);
  for (let i = 0; i < bounds.length; i++) {
    for (const part of [0.1, 0.9]) {
      yield start.map((value, j) => (j === i ? (parts(part)[i] as number) : value));
    }
  }
}

/** One descent of a simplex whose points are kept inside the box. */
function simplex(
  f: (at: readonly number[]) => number,
  bounds: readonly Bounds[],
  start: readonly number[],
): Minimum {
  const inside = (at: readonly number[]) => at.map((value, i) => within(value, bounds[i] as Bounds));
  const measured = (at: readonly number[]): Minimum => ({ at, value: f(at) });
  const points: Minimum[] = [measured(start)];
  bounds.forEach(({ min, max }, i) => {
    const step = (max - min) / 10;
    const here = start[i] as number;
    points.push(
      measured(start.map((value, j) => (j === i ? (here + step <= max ? here + step : here - step) : value))),
    );
  });
  const size = points.length - 1;
  for (let round = 0; round < 400 * size; round++) {
    points.sort((a, b) => a.value - b.value);
    const best = points[0] as Minimum;
    const worst = points[size] as Minimum;
    const spread = Math.max(
      ...bounds.map(({ min, max }, i) => {
        const column = points.map(({ at }) => at[i] as number);
        return (Math.max(...column) - Math.min(...column)) / (max - min);
      }),
    );
    if (spread < 1e-12) break;
    const centre = bounds.map(
      (_, i) => points.slice(0, size).reduce((s, { at }) => s + (at[i] as number), 0) / size,
    );
    const along = (part: number) =>
      measured(inside(centre.map((value, i) => value + part * (value - (worst.at[i] as number)))));
    const reflected = along(1);
    if (reflected.value < best.value) {
      const expanded = along(2);
      points[size] = expanded.value < reflected.value ? expanded : reflected;
    } else if (reflected.value < (points[size - 1] as Minimum).value) {
      points[size] = reflected;
    } else {
      const contracted = reflected.value < worst.value ? along(0.5) : along(-0.5);
      if (contracted.value < Math.min(reflected.value, worst.value)) points[size] = contracted;
      else {
        for (let p = 1; p <= size; p++) {
          const { at } = points[p] as Minimum;
          points[p] = measured(at.map((value, i) => ((best.at[i] as number) + value) / 2));
        }
      }
    }
  }
  return points.reduce((a, b) => (b.value < a.value ? b : a));
}

function within(value: number, { min, max }: Bounds): number {
  return Math.min(max, Math.max(min, value));
}
