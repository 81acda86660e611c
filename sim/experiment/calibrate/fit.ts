import { exp, log, studentTQuantile } from '../../kernel/math.ts';
import type { Parameter } from '../../sharing/index.ts';
import { independentColumns, inverseDiagonal } from './least-squares.ts';
import { type Minimum, minimise } from './minimise.ts';

/** A measured value and what a model makes of it, up to the unknown size of its group. */
export interface Observation {
  /** > 0 */
  readonly value: number;
  /** Observations of one group share one unknown factor. */
  readonly group: string;
  /** The model's value for a size of 1; 0, Infinity and NaN say that the model rules it out. */
  predict(values: Readonly<Record<string, number>>): number;
}

/** A parameter that the observations settle. */
export interface FittedParameter {
  readonly parameter: Parameter;
  readonly value: number;
  /** By the residuals and the slope at the fit (Gauss and Newton); null where no observation is left over to judge by. */
  readonly standardError: number | null;
  /** 95 %, Student, cut at the parameter's bounds. */
  readonly interval: readonly [number, number] | null;
  /** The best value lies beyond what the parameter may be. */
  readonly atBound: 'min' | 'max' | null;
}

/** A parameter that the observations touch and still do not settle: kept at its typical value. */
interface UnsettledParameter {
  readonly parameter: Parameter;
  readonly reason: string;
}

export interface Fit {
  readonly fitted: readonly FittedParameter[];
  readonly unsettled: readonly UnsettledParameter[];
  /** Factor of each group, in order of first appearance. */
  readonly sizes: ReadonlyMap<string, number>;
  /** By observation. */
  readonly predicted: readonly number[];
  /** By observation: log(value / predicted), about the relative error. */
  readonly residuals: readonly number[];
  /** Root of the mean squared residual, and the same with every parameter typical. */
  readonly rmse: number;
  readonly rmseTypical: number;
  /** Part of the spread of the logarithms within their groups that the fit explains; null where there is no spread. */
  readonly r2: number | null;
  /** Observations less groups less fitted parameters. */
  readonly degreesOfFreedom: number;
}

/** Change of log(prediction) that counts as none: far above rounding, far below what anybody measures. */
const NO_EFFECT = 1e-9;
/** Part of a parameter's effect that must be its own. */
const OWN_PART = 1e-4;
const LARGE_RESIDUAL = 1e3;
/** Sums of squares that differ by no more are the same fit. */
const EQUALLY_NEAR = 1e-12;

/**
 * Least squares of relative errors: the values of `parameters` and the size of each group that bring the logarithms of
 * predictions and values together. Sizes are linear there and drop out in closed form, so that the search runs over the
 * parameters alone, within their bounds. Parameters that the observations do not touch, or cannot tell apart from each
 * other or from the sizes, stay typical.
 *
 * @throws {RangeError} if there are no observations, or typical values rule one of them out
 */
export function fitParameters(observations: readonly Observation[], parameters: readonly Parameter[]): Fit {
  if (observations.length === 0) throw new RangeError('Cannot fit: there are no observations');
  const typical = Object.fromEntries(parameters.map(({ id, typical: value }) => [id, value]));
  const groups = groupsOf(observations);
  const logs = (values: Readonly<Record<string, number>>) =>
    observations.map((each) => log(each.predict(values)));
  const measured = observations.map(({ value }) => log(value));
  const atTypical = logs(typical);
  if (!atTypical.every(Number.isFinite)) {
    throw new RangeError('Cannot fit: with typical values the model rules an observation out');
  }

  const touching = parameters.filter((each) => touches(each, typical, atTypical, logs));
  const start = touching.map((each) => each.typical);
  const bounds = touching.map(({ min, max }) => ({ min, max }));
  const named = (at: readonly number[], of: readonly Parameter[] = touching) => ({
    ...typical,
    ...Object.fromEntries(of.map(({ id }, i) => [id, at[i] as number])),
  });
  const residualsAt = (values: Readonly<Record<string, number>>) => {
    const difference = logs(values).map((value, i) => (measured[i] as number) - value);
    return difference.every(Number.isFinite)
      ? centred(difference, groups)
      : difference.map(() => LARGE_RESIDUAL);
  };

  const slopes = probes(start, bounds).map((at) =>
    touching.map((_, i) =>
      centred(
        slope(at, i, bounds, (values) => logs(named(values))),
        groups,
      ),
    ),
  );
  // What no slope ever shows moves all rows of a program alike.
  const candidates = [...touching.keys()].filter((i) => told(slopes, [i]) === 1);
  const search = (free: readonly number[]) => {
    const of = free.map((i) => touching[i] as Parameter);
    const sum = (at: readonly number[]) => residualsAt(named(at, of)).reduce((total, r) => total + r * r, 0);
    return minimise(
      sum,
      of,
      of.map((each) => each.typical),
    );
  };
  const room = observations.length - groups.length;
  const rank = Math.min(room, told(slopes, candidates));
  const chosen =
    rank === candidates.length ? candidates : mostUseful(candidates, rank, touching, slopes, search);
  const chosenBounds = chosen.map((i) => bounds[i] as { min: number; max: number });
  const fittedParameters = chosen.map((i) => touching[i] as Parameter);
  const unsettled = touching.flatMap((parameter, i): UnsettledParameter[] => {
    if (chosen.includes(i)) return [];
    const reason = !candidates.includes(i)
      ? 'it changes all rows of a program alike, as the speed of the program alone does: add a row on bare metal'
      : rank === room
        ? 'more rows are needed than there are'
        : `the rows cannot tell it apart from ${fittedParameters.map(({ id }) => id).join(' and ')}`;
    return [{ parameter, reason }];
  });

  const best = search(chosen);
  const values = named(best.at, fittedParameters);
  const residuals = residualsAt(values);
  const raw = logs(values);
  const sizes = new Map(
    groups.map(({ name, members }) => [
      name,
      exp(
        members.reduce((total, i) => total + (measured[i] as number) - (raw[i] as number), 0) /
          members.length,
      ),
    ]),
  );
  const square = residuals.reduce((total, r) => total + r * r, 0);
  const squareTypical = residualsAt(typical).reduce((total, r) => total + r * r, 0);
  const spread = centred(measured, groups).reduce((total, r) => total + r * r, 0);
  const degreesOfFreedom = room - chosen.length;
  const columns = chosen.map((_, c) =>
    centred(
      slope(best.at, c, chosenBounds, (at) => logs(named(at, fittedParameters))),
      groups,
    ),
  );
  const errors = standardErrors(columns, square, degreesOfFreedom);
  return {
    fitted: fittedParameters.map((parameter, i) => {
      const value = best.at[i] as number;
      const standardError = errors?.[i] ?? null;
      const half = standardError === null ? null : studentTQuantile(0.975, degreesOfFreedom) * standardError;
      const { min, max } = parameter;
      const close = 1e-9 * (max - min);
      return {
        parameter,
        value,
        standardError,
        interval: half === null ? null : [Math.max(min, value - half), Math.min(max, value + half)],
        atBound: value - min <= close ? 'min' : max - value <= close ? 'max' : null,
      };
    }),
    unsettled,
    sizes,
    predicted: residuals.map((r, i) => exp((measured[i] as number) - r)),
    residuals,
    rmse: Math.sqrt(square / observations.length),
    rmseTypical: Math.sqrt(squareTypical / observations.length),
    r2: spread > 0 ? 1 - square / spread : null,
    degreesOfFreedom,
  };
}

interface Group {
  readonly name: string;
  readonly members: readonly number[];
}

function groupsOf(observations: readonly Observation[]): readonly Group[] {
  const members = new Map<string, number[]>();
  observations.forEach(({ group }, i) => {
    const known = members.get(group);
    if (known === undefined) members.set(group, [i]);
    else known.push(i);
  });
  return [...members].map(([name, places]) => ({ name, members: places }));
}

/** Less the mean of its group: what is left when the size of a group is free. */
function centred(values: readonly number[], groups: readonly Group[]): number[] {
  const result = [...values];
  for (const { members } of groups) {
    const mean = members.reduce((sum, i) => sum + (values[i] as number), 0) / members.length;
    for (const i of members) result[i] = (values[i] as number) - mean;
  }
  return result;
}

/**
 * Where there are more parameters than the rows can settle: the one that brings the rows nearest comes first, then the
 * one that does so beside it, and so on. Of equals the one that moves less, as a part of its known range.
 */
function mostUseful(
  candidates: readonly number[],
  count: number,
  parameters: readonly Parameter[],
  slopes: readonly (readonly (readonly number[])[])[],
  search: (free: readonly number[]) => Minimum,
): number[] {
  let chosen: number[] = [];
  while (chosen.length < count) {
    let best: { readonly free: number[]; readonly value: number; readonly moved: number } | undefined;
    for (const candidate of candidates) {
      if (chosen.includes(candidate)) continue;
      const free = [...chosen, candidate].sort((a, b) => a - b);
      if (told(slopes, free) < free.length) continue;
      const { at, value } = search(free);
      const { low, typical, high } = parameters[candidate] as Parameter;
      const moved = Math.abs((at[free.indexOf(candidate)] as number) - typical) / (high - low || 1);
      const isEqual = best !== undefined && Math.abs(value - best.value) <= EQUALLY_NEAR;
      if (best === undefined || (isEqual ? moved < best.moved : value < best.value)) {
        best = { free, value, moved };
      }
    }
    if (best === undefined) break;
    chosen = best.free;
  }
  return chosen;
}

/** Points at which slopes are looked at: a limit that does not bind at one of them may bind at another. */
function probes(
  start: readonly number[],
  bounds: readonly { readonly min: number; readonly max: number }[],
): readonly (readonly number[])[] {
  const all = (part: number) => bounds.map(({ min, max }) => min + part * (max - min));
  const one = start.flatMap((_, i) =>
    [0.1, 0.5, 0.9].map((part) => start.map((value, j) => (j === i ? (all(part)[i] as number) : value))),
  );
  return [start, ...one, all(0.3), all(0.7)];
}

/** How many of the parameters can be told apart, at the point where most of them can. */
function told(slopes: readonly (readonly (readonly number[])[])[], of: readonly number[]): number {
  return Math.max(
    ...slopes.map((columns) =>
      independentColumns(
        of.map((i) => columns[i] as readonly number[]),
        NO_EFFECT,
        OWN_PART,
      ),
    ),
  );
}

/** Whether some value of the parameter, the others typical, changes any prediction. */
function touches(
  { id, min, low, high, max }: Parameter,
  typical: Readonly<Record<string, number>>,
  atTypical: readonly number[],
  logs: (values: Readonly<Record<string, number>>) => readonly number[],
): boolean {
  return [min, low, (low + high) / 2, high, max].some((value) =>
    logs({ ...typical, [id]: value }).some(
      (each, i) => !(Math.abs(each - (atTypical[i] as number)) <= NO_EFFECT),
    ),
  );
}

/**
 * Change of the predictions' logarithms over the range of one parameter, by central differences, or one-sided ones at
 * a bound. Where a step meets a prediction that is ruled out the slope counts as 0.
 */
function slope(
  at: readonly number[],
  i: number,
  bounds: readonly { readonly min: number; readonly max: number }[],
  logs: (at: readonly number[]) => readonly number[],
): number[] {
  const { min, max } = bounds[i] as { min: number; max: number };
  const here = at[i] as number;
  const step = 1e-5 * (max - min);
  const from = Math.max(min, here - step);
  const to = Math.min(max, here + step);
  const moved = (value: number) => logs(at.map((each, j) => (j === i ? value : each)));
  const a = moved(from);
  const b = moved(to);
  return a.map((value, row) => {
    const change = ((b[row] as number) - value) / (to - from);
    return Number.isFinite(change) ? change : 0;
  });
}

function standardErrors(
  columns: readonly (readonly number[])[],
  square: number,
  degreesOfFreedom: number,
): number[] | null {
  if (degreesOfFreedom < 1 || columns.length === 0) return null;
  // At the fit a parameter may have lost its effect; its error is then unknown.
  if (independentColumns(columns, NO_EFFECT, OWN_PART) < columns.length) return null;
  const variance = square / degreesOfFreedom;
  return inverseDiagonal(columns).map((each) => Math.sqrt(each * variance));
}
