import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gpuCourse, ShareBuckets, sharesOn } from '../../viz/views/inspector/course.ts';
import { barsOf, catalogueOf } from '../../viz/views/inspector/memory-map.ts';
import { type ShortRun, TIMED_RUNS } from '../replay/catalogue.ts';
import { record } from './jobs-recording.ts';

const changes = fc.array(
  fc.record({
    stepUs: fc.nat(40),
    shares: fc.uniqueArray(fc.record({ number: fc.nat(3), share: fc.constantFrom(0.25, 0.5, 1) }), {
      selector: ({ number }) => number,
    }),
  }),
  { maxLength: 12 },
);

test('buckets have the mean of what was the case at each microsecond', () => {
  fc.assert(
    fc.property(changes, fc.integer({ min: 1, max: 7 }), (steps, count) => {
      const [fromUs, toUs] = [10, 10 + 21 * count];
      const buckets = new ShareBuckets(fromUs, toUs, count);
      const slow = new Map<number, Float64Array>();
      let atUs = fromUs;
      let now: readonly { number: number; share: number }[] = [];
      const live = (untilUs: number) => {
        for (; atUs < Math.min(untilUs, toUs); atUs++)
          for (const { number, share } of now) {
            const own = slow.get(number) ?? new Float64Array(count);
            slow.set(number, own);
            own[Math.floor((atUs - fromUs) / 21)]! += share / 21;
          }
      };
      let toldUs = fromUs;
      for (const { stepUs, shares } of steps) {
        toldUs = Math.min(toldUs + stepUs, toUs);
        live(toldUs);
        now = shares;
        buckets.become(
          toldUs,
          shares.map((each) => ({ ...each, name: `job ${each.number}` })),
        );
      }
      live(toUs);
      for (const { number, values } of buckets.end())
        values.forEach((value, i) => {
          expect(value).toBeCloseTo(slow.get(number)?.[i] ?? 0, 9);
        });
      for (const number of slow.keys())
        expect(buckets.end().some((each) => each.number === number)).toBe(true);
    }),
  );
});

const run = TIMED_RUNS.find(({ name }) => name === 'mig-on-demand-h100') as ShortRun;
const recording = record(run);

test('the course of a card adds up to the work that the card did, segment after segment', async () => {
  const [fromUs, toUs] = [run.horizonUs * 0.3, run.horizonUs * 0.8];
  for (const gpu of [0, 5]) {
    const course = await gpuCourse(recording, gpu, fromUs, toUs);
    expect(course.what).toBe('work');
    let [worked, sinceUs, rate] = [0, fromUs, 0];
    for (const segment of recording.segments) {
      const cursor = segment.open();
      for (let event = cursor.step(); event !== undefined; event = cursor.step()) {
        if (event.kind !== 'worked' || event.gpu !== gpu) continue;
        const atUs = Math.min(Math.max(event.atUs, fromUs), toUs);
        worked += rate * (atUs - sinceUs);
        sinceUs = atUs;
        rate = event.work ?? 0;
      }
    }
    worked += rate * (toUs - sinceUs);
    const means = course.jobs.reduce((sum, { mean }) => sum + mean, 0);
    expect(worked).toBeGreaterThan(0);
    expect(means).toBeCloseTo(worked / (toUs - fromUs), 9);
  }
});

test('bars of a card are whole: pieces follow each other, and tenants have what their slots say', () => {
  const catalogue = catalogueOf(recording.outline.header.catalogue);
  let seen = 0;
  for (const segment of recording.segments) {
    const cursor = segment.open();
    for (let i = 0; cursor.step() !== undefined; i++) {
      if (i % 97 !== 0) continue;
      for (let gpu = 0; gpu < cursor.state.gpuCount; gpu++) {
        const bars = barsOf(cursor.state, catalogue, gpu);
        expect(bars.length).toBe(4);
        for (const { pieces, total, unit } of bars) {
          let at = 0;
          for (const { from, size } of pieces) {
            expect(from).toBe(at);
            expect(size).toBeGreaterThan(0);
            at += size;
          }
          expect(at, unit).toBeLessThanOrEqual(total);
        }
        const [units] = bars;
        for (const { slot, job } of cursor.state.occupants[gpu] ?? []) {
          const piece = units?.pieces.find((each) => each.job === job);
          expect([piece?.from, piece?.size]).toEqual([slot?.start, slot?.size]);
          seen += 1;
        }
        expect(sharesOn(cursor.state, gpu).length).toBeLessThanOrEqual(
          cursor.state.occupants[gpu]?.length ?? 0,
        );
      }
    }
  }
  expect(seen).toBeGreaterThan(20);
});
