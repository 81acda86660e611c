import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CLOSED_FOR, Fleet, type HostSpec } from '../../sim/cluster/fleet.ts';
import type { Part } from '../../sim/cluster/part.ts';
import { type ClusterObserver, normalizeScenario, type Replication, replicate } from '../../sim/index.ts';
import type { Micros } from '../../sim/kernel/time.ts';
import { BUCKETS } from '../../sim/observe/waterfall/buckets.ts';
import { MarkKeeper, type WaterfallMarks } from '../../sim/observe/waterfall/marks.ts';
import { Waterfall } from '../../sim/observe/waterfall/waterfall.ts';
import { lives } from '../property/life-scenarios.ts';

interface Marked {
  readonly found: Replication;
  readonly marks: WaterfallMarks | undefined;
  /** By moment at which anything happened: GPUs that are there from then on. */
  readonly present: readonly (readonly [atUs: number, gpus: number])[];
}

/** Runs a document with marks, and counts by itself which GPUs are there. */
function runMarked(document: object): Marked {
  const checked = normalizeScenario(document);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  let waterfall: Waterfall | undefined;
  const present: [number, number][] = [];
  const found = replicate(checked.scenario, {}, checked.scenario.seed, {
    observers: (fleet, _waits, own) => {
      waterfall = own;
      own?.keepMarks();
      const count = () => {
        let gpus = 0;
        for (let h = 0; h < fleet.hostCount; h++)
          if (((fleet.closedFor[h] as number) & CLOSED_FOR.absence) === 0) gpus += fleet.gpusOf(h);
        return gpus;
      };
      present.push([0, count()]);
      const look = (atUs: number) => present.push([atUs, count()]);
      return [{ openChanged: look, ended: look } satisfies ClusterObserver];
    },
  });
  return { found, marks: waterfall?.marks(), present };
}

/** GPUs times microseconds between two moments. */
function presentOver(present: Marked['present'], fromUs: number, toUs: number): bigint {
  let sum = 0n;
  present.forEach(([atUs, gpus], i) => {
    const lo = Math.max(atUs, fromUs);
    const hi = Math.min(present[i + 1]?.[0] ?? toUs, toUs);
    if (hi > lo) sum += BigInt(gpus) * BigInt(hi - lo);
  });
  return sum;
}

describe('Whatever befalls a fleet', () => {
  test('each mark holds all capacity since the one before, and all marks together are the waterfall', () => {
    let runsWithMarks = 0;
    fc.assert(
      fc.property(lives, (document) => {
        const { found, marks, present } = runMarked(document);
        const { waterfall } = found;
        if (waterfall === undefined) throw new Error('a timed run has a waterfall');
        if (marks === undefined) {
          expect(waterfall.capacity).toBe('0');
          return;
        }
        runsWithMarks += 1;
        const { startUs, atUs, columns } = marks;
        expect(atUs.length).toBeLessThanOrEqual(512);
        let beforeUs = startUs;
        for (const [i, markUs] of atUs.entries()) {
          const sum = columns.reduce((all, { amounts }) => all + BigInt(amounts[i] as string), 0n);
          expect(sum).toBe(1_000_000n * presentOver(present, beforeUs, markUs));
          expect(markUs).toBeGreaterThan(i === 0 ? -1 : beforeUs);
          beforeUs = markUs;
        }
        const names = document.pools === undefined ? ['pool'] : undefined;
        const byMarks = new Map<string, bigint>();
        for (const { pool, model, mode, bucket, amounts } of columns) {
          const sum = amounts.reduce((all, each) => all + BigInt(each), 0n);
          const key = `${names === undefined ? pool : ''} ${model} ${mode} ${bucket}`;
          byMarks.set(key, (byMarks.get(key) ?? 0n) + sum);
        }
        const numbers = [...new Set(waterfall.lines.map(({ pool }) => pool))];
        const byLines = new Map<string, bigint>();
        for (const { pool, model, mode, bucket, amount } of waterfall.lines) {
          const key = `${names === undefined ? numbers.indexOf(pool) : ''} ${model} ${mode} ${bucket}`;
          byLines.set(key, (byLines.get(key) ?? 0n) + BigInt(amount));
        }
        const whole = (sums: Map<string, bigint>) =>
          [...sums].filter(([, sum]) => sum !== 0n).sort(([a], [b]) => (a < b ? -1 : 1));
        expect(whole(byMarks)).toEqual(whole(byLines));
      }),
      { numRuns: 20 },
    );
    expect(runsWithMarks).toBeGreaterThan(5);
  }, 60_000);

  test('keeping marks changes nothing of the run', () => {
    fc.assert(
      fc.property(lives, (document) => {
        const checked = normalizeScenario(document);
        if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
        const plain = replicate(checked.scenario, {}, checked.scenario.seed);
        expect(runMarked(document).found).toEqual(plain);
      }),
      { numRuns: 6 },
    );
  }, 60_000);

  test('a mark says what a run that ends there says', () => {
    let compared = 0;
    fc.assert(
      fc.property(lives, fc.double({ min: 0.1, max: 0.95, noNaN: true }), (document, part) => {
        // What is planned for later than the end of the shorter run would be refused.
        const { faults: _f, elastic: _e, changes: _c, ...rest } = document as Record<string, object>;
        const { warmup: _w, ...experiment } = rest.experiment as Record<string, unknown>;
        const { marks } = runMarked({ ...rest, experiment: { ...experiment, warmup: '0s' } });
        const at = Math.floor(part * (marks?.atUs.length ?? 0));
        const markUs = marks?.atUs[at];
        if (marks === undefined || markUs === undefined) return;
        const checked = normalizeScenario({
          ...rest,
          experiment: { ...experiment, warmup: '0s', horizon: `${markUs / 1e6}s` },
        });
        if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
        const short = replicate(checked.scenario, {}, checked.scenario.seed);
        if (endOf(short) !== markUs / 1e6) return;
        compared += 1;
        const { lines } = short.waterfall as NonNullable<Replication['waterfall']>;
        const there = (bucket: string) =>
          lines
            .filter((line) => line.bucket === bucket)
            .reduce((sum, { amount }) => sum + BigInt(amount), 0n);
        for (const bucket of BUCKETS) expect(upTo(marks, bucket, at), bucket).toBe(there(bucket));
      }),
      { numRuns: 25 },
    );
    expect(compared).toBeGreaterThan(5);
  }, 60_000);
});

const endOf = ({ readings }: Replication) => readings.find(([name]) => name === 'time.end')?.[1].value;

/** What went to a bucket up to a mark. */
function upTo({ columns }: WaterfallMarks, bucket: string, mark: number): bigint {
  return columns
    .filter((column) => column.bucket === bucket)
    .flatMap(({ amounts }) => amounts.slice(0, mark + 1))
    .reduce((sum, each) => sum + BigInt(each), 0n);
}

test('work that is lost is in no mark before', () => {
  const fleet = new Fleet([
    { name: 'h', cpuMilli: 8000, memoryMib: 1024, gpus: [{ model: 'L4', count: 1 }] },
  ] as HostSpec[]);
  const own = new Waterfall(fleet, 0, [[0]]);
  own.keepMarks();
  const parts = [{ shape: { gpuMilli: 1000 }, host: 0, gpus: [0], grant: [] }] as unknown as readonly Part[];
  own.works(0, 0, parts, 10e6, 1);
  own.stops(1e6, 0, 9e6, 1e6, 'fault:gpu');
  own.leaves(1e6, 0);
  own.ended(2e6 as Micros);
  const { atUs, columns } = own.marks() as WaterfallMarks;
  const redone = columns.find(({ bucket }) => bucket === 'redone');
  expect(redone?.amounts.findIndex((each) => each !== '0')).toBe(atUs.findIndex((each) => each > 1e6));
  expect(redone?.amounts.reduce((sum, each) => sum + BigInt(each), 0n)).toBe(10n ** 12n);
});

describe('MarkKeeper', () => {
  const WIDTH = BUCKETS.length;

  test('goes on for any length with at most 512 marks in equal steps, and loses nothing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5000 }), fc.nat(3), (steps, cells) => {
        const keeper = new MarkKeeper(1000);
        let sum = 0n;
        let lastUs = 1000;
        for (let i = 0; i < steps; i++) {
          const atUs = keeper.nextUs;
          expect(atUs).toBeGreaterThan(lastUs);
          sum += BigInt(atUs - lastUs);
          lastUs = atUs;
          keeper.keep(Array.from({ length: (cells + 1) * WIDTH }, (_, k) => (k % WIDTH === 3 ? sum : 0n)));
        }
        keeper.end(
          lastUs + 7,
          Array.from({ length: (cells + 1) * WIDTH }, (_, k) => (k % WIDTH === 3 ? sum + 7n : 0n)),
        );
        const places = Array.from({ length: cells + 1 }, (_, pool) => ({ pool, model: 'm', mode: 'mig' }));
        const { atUs, columns } = keeper.read(places);
        expect(atUs.length).toBeLessThanOrEqual(512);
        if (steps > 512) expect(atUs.length).toBeGreaterThan(255);
        const widths = new Set(atUs.slice(1, -1).map((each, i) => each - (atUs[i] as number)));
        expect(widths.size).toBeLessThanOrEqual(1);
        expect(columns.map(({ pool, bucket }) => [pool, bucket])).toEqual(
          places.map(({ pool }) => [pool, BUCKETS[3]]),
        );
        for (const { amounts } of columns) {
          let before = 1000;
          amounts.forEach((amount, i) => {
            expect(Number(amount)).toBe((atUs[i] as number) - before);
            before = atUs[i] as number;
          });
        }
      }),
      { numRuns: 30 },
    );
  });

  test('of more than 32 parts only the fleet is kept, as the sum of what was kept before', () => {
    const keeper = new MarkKeeper(0);
    const first = (cells: number, amount: bigint) =>
      Array.from({ length: cells * WIDTH }, (_, k) => (k % WIDTH === 0 ? amount : 0n));
    keeper.keep(first(2, 5n));
    keeper.keep(first(33, 10n));
    keeper.keep(first(34, 11n));
    const { columns } = keeper.read([]);
    expect(columns).toEqual([
      { pool: null, model: null, mode: null, bucket: BUCKETS[0], amounts: ['10', '320', '44'] },
    ]);
  });
});
