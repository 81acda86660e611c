import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Scenario } from '../../sim/index.ts';
import type { ReplayState, SegmentCursor } from '../../sim/observe/replay/index.ts';
import { durationText } from '../../viz/draw/words.ts';
import type { SegmentSource } from '../../viz/replay/divergence-moments.ts';
import { twinOf } from '../../viz/replay/divergence-twin.ts';
import { JobLife } from '../../viz/replay/job-life.ts';
import { jobLifeRows, jobNowRows, meanSpeed } from '../../viz/views/compare/job-pair.ts';
import { residentsApart } from '../../viz/views/compare/place-pair.ts';
import { TIMED } from '../../viz/views/timeline/clock-words.ts';
import { lives } from '../property/life-scenarios.ts';
import { runWithReplay, segmentsOf } from '../replay/run-with-replay.ts';
import { normalized } from '../scenario/problems-of.ts';
import { jobOf } from './fleet-made.ts';
import { sourceOf } from './replay-slices.ts';

interface Came {
  readonly number: number;
  readonly name: string;
  readonly arrivalUs: number;
  readonly durationUs: number;
}

/** Arrivals of a file in order. */
function arrivalsOf(file: Uint8Array): readonly Came[] {
  return segmentsOf(file).flatMap((segment) => {
    const came: Came[] = [];
    const cursor = segment.open();
    for (let event = cursor.step(); event !== undefined; event = cursor.step()) {
      if (event.kind !== 'arrived' || event.job === undefined) continue;
      const { number, name, arrivalUs, durationUs } = event.job;
      came.push({ number, name, arrivalUs, durationUs });
    }
    return came;
  });
}

function underFirstFit(scenario: Scenario): Scenario {
  return {
    ...scenario,
    policy: { ...scenario.policy, placement: 'first-fit', tieBreak: 'index' },
  } as unknown as Scenario;
}

test('a job is found in the other run by name, arrival and how many alike came before it', async () => {
  let [found, missing, turn] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(lives, fc.constantFrom(3, 17, Number.POSITIVE_INFINITY), async (document, each) => {
      const { scenario } = normalized(document);
      // Every third run has other arrivals: most of its jobs have no twin.
      const seed = scenario.seed + (turn % 3 === 2 ? 1 : 0);
      turn += 1;
      const other = { ...underFirstFit(scenario), seed } as Scenario;
      const files = [runWithReplay(scenario, []).file, runWithReplay(other, []).file] as const;
      const [first, second] = [arrivalsOf(files[0]), arrivalsOf(files[1])];
      const sources = [sourceOf(files[0], each), sourceOf(files[1], each)] as const;
      for (const [i, job] of first.slice(0, 40).entries()) {
        const isAlike = (one: Came) => one.name === job.name && one.arrivalUs === job.arrivalUs;
        const before = first.slice(0, i).filter(isAlike).length;
        const twin = second.filter(isAlike)[before];
        const answer = await twinOf(sources, job);
        if (twin === undefined) {
          expect(answer).toBeUndefined();
          missing += 1;
          continue;
        }
        expect(answer?.numbers).toEqual([job.number, twin.number]);
        expect(answer?.durationsUs).toEqual([job.durationUs, twin.durationUs]);
        found += 1;
      }
    }),
    { numRuns: 6 },
  );
  expect(found).toBeGreaterThan(20);
  expect(missing).toBeGreaterThan(0);
});

/** A run of arrivals alone, each a segment of its own. */
function runOf(came: readonly Came[]): SegmentSource {
  const segments = came.map(({ arrivalUs }) => ({ firstUs: arrivalUs, lastUs: arrivalUs, kinds: -1 }));
  const segment = async (number: number) => {
    const events = came
      .slice(number, number + 1)
      .map((job) => ({ kind: 'arrived', atUs: job.arrivalUs, job }));
    const cursor = {
      get nextUs() {
        return events[0]?.atUs ?? Number.POSITIVE_INFINITY;
      },
      step: () => events.shift(),
      advanceTo(atUs: number) {
        while (cursor.nextUs <= atUs) cursor.step();
      },
    };
    return { open: () => cursor };
  };
  return { segments, segment } as unknown as SegmentSource;
}

test('of several jobs of one name that arrive together, each is found by its turn', async () => {
  const came = (numbers: readonly number[]) =>
    numbers.map((number) => ({
      number,
      name: number < 90 ? 'a' : 'b',
      arrivalUs: number === 0 ? 1 : 5,
      durationUs: number,
    }));
  const runs = [runOf(came([0, 1, 2, 91, 3])), runOf(came([0, 92, 11, 12]))] as const;
  const twins = [0, 1, 2, 3, 91].map((number) =>
    twinOf(runs, { number, name: number < 90 ? 'a' : 'b', arrivalUs: number === 0 ? 1 : 5 }),
  );
  expect((await Promise.all(twins)).map((twin) => twin?.numbers)).toEqual([
    [0, 0],
    [1, 11],
    [2, 12],
    undefined,
    [91, 92],
  ]);
});

/** The life of a job in a file, and the state at its end. */
function lifeIn(file: Uint8Array, number: number): readonly [JobLife, ReplayState] {
  const life = new JobLife(number);
  let cursor: SegmentCursor | undefined;
  for (const segment of segmentsOf(file)) {
    cursor = segment.open();
    life.begin(cursor.state);
    for (let event = cursor.step(); event !== undefined; event = cursor.step())
      life.take(event, cursor.state);
  }
  const state = (cursor as SegmentCursor).state;
  life.close(state.nowUs);
  return [life, state];
}

test('of a job in both runs, times and differences are those of the events about it', async () => {
  const document = parse(readFileSync('scenarios/catalog/preemptive-priority.yaml', 'utf8'));
  document.experiment = { ...document.experiment, horizon: '2d', warmup: '1h' };
  const { scenario } = normalized(document);
  const scheduling = { ...scenario.policy.scheduling, preemption: 'none' };
  const other = { ...scenario, policy: { ...scenario.policy, scheduling } } as Scenario;
  const files = [runWithReplay(scenario, []).file, runWithReplay(other, []).file] as const;
  let differing = 0;
  for (const job of arrivalsOf(files[0]).slice(180, 210)) {
    const twin = await twinOf([sourceOf(files[0]), sourceOf(files[1])], job);
    if (twin === undefined) throw new Error('the runs have the same jobs');
    const [one, two] = [lifeIn(files[0], twin.numbers[0]), lifeIn(files[1], twin.numbers[1])];
    const rows = jobLifeRows(twin, [one[0], two[0]], [one[1], two[1]], TIMED);
    // Straight from the events: when it was placed first in each run.
    const [a, b] = [firstPlaced(files[0], twin.numbers[0]), firstPlaced(files[1], twin.numbers[1])];
    const row = rows.find(({ label }) => label === 'First start');
    if (a === undefined && b === undefined) {
      expect(row).toBeUndefined();
      continue;
    }
    expect(row?.texts).toEqual([a, b].map((us) => (us === undefined ? '-' : TIMED.text(us))));
    expect(row?.differs).toBe(a !== b);
    if (a === undefined || b === undefined || a === b) expect(row?.difference).toBe('');
    else {
      expect(row?.difference).toBe(b > a ? `+${durationText(b - a)}` : `−${durationText(a - b)}`);
      differing += 1;
    }
    const wait = rows.find(({ label }) => label === 'Wait until the first start');
    if (a !== undefined) expect(wait?.texts[0] ?? '0 s').toBe(durationText(a - job.arrivalUs));
    expect(jobNowRows(twin, [one[1], two[1]])[0]?.label).toBe('Now');
  }
  expect(differing).toBeGreaterThan(0);
});

function firstPlaced(file: Uint8Array, number: number): number | undefined {
  for (const segment of segmentsOf(file)) {
    const cursor = segment.open();
    for (let event = cursor.step(); event !== undefined; event = cursor.step())
      if (event.kind === 'placed' && event.job?.number === number) return event.atUs;
  }
  return undefined;
}

test('the mean speed is what it had to do by the time in which it did it', () => {
  const life = new JobLife(1);
  const ran = { phase: 'running', reason: '', parts: [], to: undefined, meanWork: undefined } as const;
  life.phases.push({ ...ran, fromUs: 100, toUs: 300 }, { ...ran, phase: 'waiting', fromUs: 300, toUs: 900 });
  life.phases.push({ ...ran, fromUs: 900, toUs: 1100 });
  expect(meanSpeed(life, 200)).toBeNull();
  life.marks.push({ kind: 'finished', atUs: 1100, text: 'finished' });
  expect(meanSpeed(life, 200)).toBe(0.5);
  life.lostUs = 100;
  expect(meanSpeed(life, 200)).toBe(0.75);
  expect(meanSpeed(life, Number.POSITIVE_INFINITY)).toBeNull();
});

test('those on a card in both runs, and in one alone, are as many as they are', () => {
  const jobs = fc.array(fc.record({ name: fc.constantFrom('a', 'b', 'c'), arrivalUs: fc.nat(1) }), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(jobs, jobs, (one, other) => {
      const made = [one, other].map((list) => list.map((each, number) => jobOf(number, each))) as never;
      const { both, alone } = residentsApart(made);
      const count = (list: readonly { name: string; arrivalUs: number }[], name: string, us: number) =>
        list.filter((each) => each.name === name && each.arrivalUs === us).length;
      for (const name of ['a', 'b', 'c'])
        for (const us of [0, 1]) {
          const [n, m] = [count(one, name, us), count(other, name, us)];
          expect(count(both, name, us)).toBe(Math.min(n, m));
          expect(count(alone[0], name, us)).toBe(Math.max(0, n - m));
          expect(count(alone[1], name, us)).toBe(Math.max(0, m - n));
        }
    }),
  );
});
