import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resolveGpu } from '../../sim/hardware/index.ts';
import type { ReplayJob } from '../../sim/observe/replay/index.ts';
import { type GpuUse, useOn } from '../../sim/sharing/index.ts';
import { fullComputes, gpuCourse, ShareBuckets, sharesOn } from '../../viz/views/inspector/course.ts';
import { barsOf, catalogueOf } from '../../viz/views/inspector/memory-map.ts';
import { modelOf } from '../../viz/views/jobs/places.ts';
import { type ShortRun, TIMED_RUNS } from '../replay/catalogue.ts';
import { type Recording, record } from './jobs-recording.ts';

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

/** Jobs with one slot that were placed once and ended, and what they did there: their speed times its length. */
function jobsDone({ outline, segments }: Recording) {
  const needOf = fullComputes(outline.header);
  const working = new Map<number, { doneUs: number; speed: number; sinceUs: number }>();
  const atLeast = new Set<number>();
  const onGpu = new Map<number, readonly number[]>();
  const ended: { job: ReplayJob; model: string; doneUs: number; isLeast: boolean }[] = [];
  const become = (number: number, atUs: number, speed: number) => {
    const { doneUs, speed: before, sinceUs } = working.get(number) ?? { doneUs: 0, speed: 0, sinceUs: atUs };
    working.set(number, { doneUs: doneUs + before * (atUs - sinceUs), speed, sinceUs: atUs });
  };
  for (const segment of segments) {
    const cursor = segment.open();
    const { state } = cursor;
    for (let event = cursor.step(); event !== undefined; event = cursor.step()) {
      const { atUs, kind, gpu = -1, job, parts = [] } = event;
      if (kind === 'workedFor') {
        const shares = sharesOn(state, gpu, needOf);
        for (const number of onGpu.get(gpu) ?? []) become(number, atUs, 0);
        for (const { number, share, need = Number.NaN, isFull } of shares) {
          become(number, atUs, share / need);
          if (isFull === true && share < need) atLeast.add(number);
        }
        onGpu.set(
          gpu,
          shares.map(({ number }) => number),
        );
      } else if (kind === 'finished' && job !== undefined) {
        become(job.number, atUs, 0);
        const [part] = parts;
        const isOneSlot = parts.length === 1 && part?.grant.length === 1;
        if (!isOneSlot || job.starts > 1 || job.kind.claim.checkpoint !== null) continue;
        const on = (state.gpuStart[part.host] as number) + (part.gpus[0] as number);
        const { number } = job;
        const doneUs = working.get(number)?.doneUs ?? 0;
        ended.push({ job, model: modelOf(state, on), doneUs, isLeast: atLeast.has(number) });
      }
    }
  }
  return ended;
}

test.each([
  ['mig-on-demand-h100', 'carries work over from another GPU'],
  ['hook-percent-caps', 'shares by software'],
  ['kubernetes-time-slicing', 'shares by turns'],
])('jobs of %s, which %s, have done their work when they end, at the speeds that are shown', (name) => {
  const { scenario, document } = TIMED_RUNS.find((each) => each.name === name) as ShortRun;
  const { experiment } = scenario;
  if (experiment.kind !== 'timed') throw new Error('not timed');
  const horizonUs = Math.max(experiment.horizonUs ?? 0, 8 * 3600e6) as typeof experiment.horizonUs;
  const own = { scenario: { ...scenario, experiment: { ...experiment, horizonUs } }, document };
  const ended = jobsDone(record(own));
  const classes = scenario.workload.synthetic?.classes ?? [];
  for (const { job, model, doneUs, isLeast } of ended) {
    const use = job.kind.requests[0]?.ask?.use;
    const { referenceModel, speedByModel } = classes.find(
      (each) => JSON.stringify(each.use) === JSON.stringify(use),
    ) as (typeof classes)[number];
    const reference = referenceModel === null ? null : resolveGpu(referenceModel).gpu;
    const { speed } = useOn(use as GpuUse, reference, resolveGpu(model).gpu, speedByModel[model]);
    // Times are rounded to whole microseconds at each change of speed.
    const slackUs = job.durationUs * 1e-6 + 50;
    expect(doneUs * speed - job.durationUs, job.name).toBeLessThan(slackUs);
    if (!isLeast) expect(job.durationUs - doneUs * speed, job.name).toBeLessThan(slackUs);
  }
  expect(ended.filter(({ isLeast }) => !isLeast).length).toBeGreaterThan(5);
});

test('a replay that does not say what full speed is has no speeds, and a session that stands for others has none', async () => {
  const { catalogue } = recording.outline.header;
  const old = { ...recording, outline: { ...recording.outline, header: { ...recording.outline.header } } };
  Object.assign(old.outline.header, { catalogue: { ...(catalogue as object), fullUses: undefined } });
  const [fromUs, toUs] = [run.horizonUs * 0.3, run.horizonUs * 0.8];
  const known = await gpuCourse(recording, 0, fromUs, toUs);
  expect(known.jobs.length).toBeGreaterThan(0);
  for (const { meanSpeed, speeds, mean, values } of known.jobs) {
    expect(meanSpeed).toBeGreaterThan(0);
    expect(meanSpeed).toBeLessThanOrEqual(1 + 1e-9);
    expect(speeds.length).toBe(values.length);
    expect(mean).toBeGreaterThan(0);
  }
  for (const { meanSpeed } of (await gpuCourse(old, 0, fromUs, toUs)).jobs) expect(meanSpeed).toBeNaN();
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
