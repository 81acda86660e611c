import { sobolDesign, sobolIndices } from '../../../sim/experiment/statistics/sobol-indices.ts';
import { sin } from '../../../sim/kernel/math.ts';
import { Tally } from '../../../sim/kernel/stats/tally.ts';
import { row } from './waits.ts';

type Model = (x: readonly number[]) => number;

/** Ishigami and Homma 1990, a = 7, b = 0.1. */
const ishigami: Model = (u) => {
  const [x, y, z] = u.map((each) => Math.PI * (2 * each - 1)) as [number, number, number];
  return sin(x) + 7 * sin(y) ** 2 + 0.1 * z ** 4 * sin(x);
};

/** A queue: load over 1 - load, the load a product of two inputs, the third idle. A long tail. */
const queue: Model = ([x, y]) => {
  const load = 0.2 + 0.75 * (x as number) * (0.5 + 0.5 * (y as number));
  return load / (1 - load);
};

/** First-order estimators of others: runs of the two samples, and with one column of the second in the first. */
type Estimator = (a: readonly number[], b: readonly number[], c: readonly number[], all: Tally) => number;

const meanOf = (a: readonly number[], f: (at: number) => number) => Tally.of(a.map((_, i) => f(i))).mean;
const OTHERS: Readonly<Record<string, Estimator>> = {
  Jansen: (a, b, c, { variance }) =>
    1 - meanOf(a, (i) => ((b[i] as number) - (c[i] as number)) ** 2) / (2 * variance),
  Saltelli: (a, b, c, { mean, variance }) =>
    meanOf(a, (i) => ((b[i] as number) - mean) * ((c[i] as number) - (a[i] as number))) / variance,
  Martinez: (_a, b, c) => {
    const [x, y] = [Tally.of(b), Tally.of(c)];
    const product = meanOf(b, (i) => ((b[i] as number) - x.mean) * ((c[i] as number) - y.mean));
    return (product * b.length) / ((b.length - 1) * x.stdDev * y.stdDev);
  },
};

/** How far first-order indices are off, beside estimators of others; and coverage of their intervals. */
export function measureSobol(part = 1): void {
  const seeds = Math.max(10, Math.round(100 * part));
  for (const [name, model] of Object.entries({ ishigami, queue })) {
    const fine = sobolDesign(3, 16_384, 99);
    const truth = sobolIndices(fine, fine.points.map(model), 1, 1) ?? [];
    for (const rows of [16, 32, 64, 128, 512]) {
      const squares = new Map(['product', ...Object.keys(OTHERS)].map((each) => [each, new Tally()]));
      const covers = { first: 0, total: 0 };
      for (let seed = 0; seed < seeds; seed++) {
        const design = sobolDesign(3, rows, seed);
        const outputs = design.points.map(model);
        const block = (at: number) => outputs.slice(at * rows, (at + 1) * rows);
        const all = Tally.of(outputs.slice(0, 2 * rows));
        sobolIndices(design, outputs, seed, rows > 200 ? 100 : 400)?.forEach((index, i) => {
          const { first, total } = truth[i] as { first: number; total: number };
          squares.get('product')?.add((index.first - first) ** 2);
          for (const [other, estimate] of Object.entries(OTHERS))
            squares.get(other)?.add((estimate(block(0), block(1), block(2 + i), all) - first) ** 2);
          const holds = ([lo, hi]: readonly [number, number], value: number) =>
            lo - 1e-3 <= value && value <= hi + 1e-3 ? 1 / (3 * seeds) : 0;
          covers.first += holds(index.firstCi95, first);
          covers.total += holds(index.totalCi95, total);
        });
      }
      const error = (each: string) => Math.sqrt(squares.get(each)?.mean ?? Number.NaN);
      const label = `Sobol, ${name}, ${rows} rows:`;
      row(`${label} error of first-order indices`, error('product'), 0, 1);
      for (const other of Object.keys(OTHERS))
        row(`   of ${other}'s, as a multiple`, error(other) / error('product'), 0.95, 1e6);
      row('   intervals cover first', covers.first, rows < 64 ? 0.8 : 0.85, 1);
      row('   intervals cover total', covers.total, 0.85, 1);
    }
  }
}
