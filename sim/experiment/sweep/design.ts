import { RandomStream } from '../../kernel/random.ts';
import { latinHypercube } from '../uncertainty/latin-hypercube.ts';
import { isRanged, type SweepFactor, valueAt } from './factor.ts';

/**
 * What is swept. Every combination of the grid's values meets every row of the lists, which go side by side, and every
 * sample; the samples are the same for all of them.
 */
export interface SweepDesign {
  /** In the order in which their settings apply. */
  readonly factors: readonly SweepFactor[];
  /** Samples of the factors that are drawn; 1 where there are none. */
  readonly samples: number;
  /** Seed of the samples. */
  readonly seed: number;
}

/** One setting of all factors. */
interface SweepPoint {
  /** Place within the design, from 0. */
  readonly index: number;
  /** In the order of the factors, each as YAML. */
  readonly values: readonly string[];
  /** The same as settings: `policy.placement=fgd`. */
  readonly settings: readonly string[];
}

/** Points of a design: the product of the grid, the rows of the lists and the samples. */
export function countPoints({ factors, samples }: SweepDesign): number {
  const grid = factors.reduce(
    (n, each) => (each.part === 'grid' && !isRanged(each) ? n * each.values.length : n),
    1,
  );
  return grid * listRows(factors) * samples;
}

function listRows(factors: readonly SweepFactor[]): number {
  const list = factors.find((each) => each.part === 'list');
  return list === undefined || isRanged(list) ? 1 : list.values.length;
}

/** A design that is ready to be asked for any of its points. */
interface SweepPoints {
  readonly count: number;
  /** @throws {RangeError} outside 0 to count - 1 */
  at(index: number): SweepPoint;
}

/**
 * The points of a design, the last factor of the grid moving faster than those before it, lists faster than the grid, samples
 * fastest. Each drawn factor has a stream of its own, named after its path, so that adding one moves no other; the first
 * random samples stay what they are when more are asked for.
 */
export function sweepPoints(design: SweepDesign): SweepPoints {
  const { factors, samples, seed } = design;
  const count = countPoints(design);
  const rows = listRows(factors);
  const places = drawnPlaces(factors, samples, seed);
  return {
    count,
    at(index) {
      if (!(Number.isInteger(index) && index >= 0 && index < count))
        throw new RangeError(`Cannot take point ${index}: the design has points 0 to ${count - 1}`);
      const sample = index % samples;
      const row = Math.floor(index / samples) % rows;
      let cell = Math.floor(index / samples / rows);
      const values = new Array<string>(factors.length);
      for (let f = factors.length - 1; f >= 0; f--) {
        const factor = factors[f] as SweepFactor;
        if (factor.part === 'grid' && !isRanged(factor)) {
          values[f] = factor.values[cell % factor.values.length] as string;
          cell = Math.floor(cell / factor.values.length);
        } else if (factor.part === 'list' && !isRanged(factor)) values[f] = factor.values[row] as string;
        else values[f] = valueAt(factor, places.get(factor.path)?.[sample] ?? 0);
      }
      return { index, values, settings: factors.map(({ path }, f) => `${path}=${values[f]}`) };
    },
  };
}

/** By path, the place in [0, 1) of each sample. */
function drawnPlaces(
  factors: readonly SweepFactor[],
  samples: number,
  seed: number,
): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, readonly number[]>();
  const stratified = factors.filter(({ part }) => part === 'lhs').map(({ path }) => path);
  const cube = latinHypercube(seed, samples, stratified);
  for (const [at, path] of stratified.entries())
    places.set(
      path,
      cube.map((sample) => sample[at] as number),
    );
  for (const { part, path } of factors) {
    if (part !== 'random') continue;
    const stream = RandomStream.named(seed, 'sweep', path);
    places.set(
      path,
      Array.from({ length: samples }, () => stream.next()),
    );
  }
  return places;
}
