import { BatchMeans } from '../../../sim/kernel/stats/batch-means.ts';
import { BatchSketches } from '../../../sim/kernel/stats/batch-sketches.ts';
import {
  batchMeansInterval,
  joinedBatches,
  overlappingBatchMeans,
} from '../../../sim/kernel/stats/correlated-mean.ts';
import { quantileWorth } from '../../../sim/kernel/stats/correlated-quantile.ts';
import { sketchQuantileInterval } from '../../../sim/kernel/stats/quantile-interval.ts';
import { QuantileSketch } from '../../../sim/kernel/stats/quantile-sketch.ts';
import { Tally } from '../../../sim/kernel/stats/tally.ts';
import { row, waitQuantile, waits } from './waits.ts';

/** Load, waits of a run, waits left out before, and runs. */
const CASES = [
  [0.5, 2000, 1000, 500],
  [0.5, 10_000, 1000, 500],
  [0.8, 10_000, 1000, 500],
  [0.8, 50_000, 1000, 500],
  [0.9, 20_000, 5000, 500],
  [0.9, 200_000, 5000, 500],
  [0.95, 200_000, 20_000, 250],
  [0.95, 800_000, 20_000, 150],
] as const;

const QUANTILES = [
  ['p50', 0.5],
  ['p95', 0.95],
  ['p99', 0.99],
] as const;

interface Counted {
  given: number;
  covers: number;
  width: number;
}
const none = (): Counted => ({ given: 0, covers: 0, width: 0 });

/** Waits at each load from which on a run is long enough for its batches. */
const LONG: Readonly<Record<number, number>> = { 0.5: 10_000, 0.8: 50_000, 0.9: 200_000, 0.95: 800_000 };

/** Coverage of the intervals that one run has of its own, on waits of M/M/1. */
export function measureOneRun(part = 1): void {
  for (const [load, customers, dropped, ofRuns] of CASES) {
    const runs = Math.max(10, Math.round(ofRuns * part));
    const truth = load / (1 - load);
    const means = { separate: 0, overlapping: 0 };
    const now = new Map(QUANTILES.map(([name]) => [name, none()]));
    const ofMean = new Map(QUANTILES.map(([name]) => [name, none()]));
    for (let seed = 0; seed < runs; seed++) {
      const x = waits(load, customers, seed, dropped);
      const batches = new BatchMeans(20);
      const sketches = new BatchSketches(20);
      const sketch = new QuantileSketch();
      for (const each of x) {
        batches.add(each);
        sketches.add(each);
        sketch.add(each);
      }
      const found = batches.batchMeans;
      const { lo, hi } = batchMeansInterval(found);
      if (lo <= truth && truth <= hi) means.separate += 1;
      const fine = joinedBatches(x, 400);
      const wide = overlappingBatchMeans(fine, Math.floor(fine.length / 20));
      if (wide.lo <= truth && truth <= wide.hi) means.overlapping += 1;
      const worthOfMean = Tally.of(x).variance / (Tally.of(found).variance / found.length);
      for (const [name, p] of QUANTILES) {
        const quantile = waitQuantile(load, p);
        const { worth } = quantileWorth(sketches.partsUpTo(sketch.quantile(p)));
        const most = p > 0.5 ? worthOfMean : customers;
        count(now.get(name) as Counted, sketch, p, Math.min(worth, most), quantile);
        count(ofMean.get(name) as Counted, sketch, p, worthOfMean, quantile);
      }
    }
    const name = `M/M/1 at load ${load}, ${customers} waits:`;
    // A run of a few times the length over which waits are alike is too short for batches; notes say so.
    const isLong = customers >= (LONG[load] ?? 0);
    const [least, most] = isLong ? [0.91, 0.98] : [load <= 0.8 ? 0.9 : 0.7, 1];
    row(`${name} batch means cover the mean`, means.separate / runs, least, most);
    row(`${name} overlapping batch means cover the mean`, means.overlapping / runs, least, most);
    for (const [p, { given, covers, width }] of now) {
      const other = ofMean.get(p) as Counted;
      row(`${name} ${p} bounded by`, given / runs, p === 'p50' ? 0.99 : 0, 1);
      // What is seldom given says nothing of coverage.
      if (given >= 0.2 * runs) row(`   covers where it is given`, covers / given, 0.89, 1);
      row('   is given and misses, of all runs', (given - covers) / runs, 0, 0.1);
      const { given: before, covers: held, width: broad } = other;
      if (before > 0)
        row('   (by the worth of the mean alone, as before: covers where given)', held / before, 0, 1);
      if (given > 0 && before > 0)
        row('   mean width, as a multiple of that', width / given / (broad / before), 0, 2);
    }
  }
}

function count(into: Counted, sketch: QuantileSketch, p: number, worth: number, quantile: number): void {
  const interval = sketchQuantileInterval(sketch, p, 0.95, worth);
  if (interval === null) return;
  into.given += 1;
  into.width += interval[1] - interval[0];
  // The sketch is off by up to 1/128 on either side.
  if (interval[0] <= quantile * 1.008 && interval[1] >= quantile / 1.008) into.covers += 1;
}
