import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HostSpec } from '../../sim/cluster/fleet.ts';
import type { Scenario } from '../../sim/index.ts';
import { ByteReader, ByteWriter, ReplayBytesError } from '../../sim/observe/replay/bytes.ts';
import { Dictionary, DictionaryWriter } from '../../sim/observe/replay/dictionary.ts';
import { PHASES } from '../../sim/observe/replay/format.ts';
import { type HeldPart, type JobKind, type ReplayJob, ReplayState } from '../../sim/observe/replay/index.ts';
import { type FleetAtStart, readKeyframe, writeKeyframe } from '../../sim/observe/replay/keyframe.ts';
import { TIMED_RUNS } from './catalogue.ts';
import { outlineOf, runWithReplay, segmentsOf } from './run-with-replay.ts';

const HOSTS = Array.from(
  { length: 6 },
  (_, h): HostSpec => ({
    name: `h${h}`,
    cpuMilli: 64_000,
    memoryMib: 2 ** 20,
    gpus: [{ model: 'L4', count: 20 }],
  }),
);
const START = { hosts: HOSTS, cards: Array.from({ length: 120 }, () => undefined) };

/** Kinds of jobs with one worker of so many GPUs, or with three of unlike sizes. */
const KINDS = [[0], [1], [2], [3], [8], [17], [20], [1, 0, 3]].map((sizes): JobKind => {
  const requests = sizes.map((gpuCount) => ({
    cpuMilli: 100,
    memoryMib: 512,
    gpuCount,
    gpuMilli: 10,
    models: [],
    ask: undefined,
    speeds: undefined,
  }));
  const claim = { tenant: `t${sizes.length}`, label: String(sizes), priority: 0 } as never;
  return { demand: 1, kind: 'batch', claim, layout: undefined, kin: undefined, requests };
});

const us = fc.oneof(fc.nat(3), fc.nat(5e9), fc.constant(2 ** 45));
const length = fc.oneof(us, fc.constant(Number.POSITIVE_INFINITY));

/** Parts on hosts where a kind of job fits: GPUs in a row, or with gaps. */
function partsOf(kind: JobKind): fc.Arbitrary<readonly HeldPart[]> {
  return fc.tuple(
    ...kind.requests.map(({ gpuCount }, request) =>
      fc
        .record({
          host: fc.nat(5),
          gpus: fc.oneof(
            fc.nat(20 - gpuCount).map((first) => Array.from({ length: gpuCount }, (_, i) => first + i)),
            fc
              .shuffledSubarray([...Array(20).keys()], { minLength: gpuCount, maxLength: gpuCount })
              .map((some) => some.sort((a, b) => a - b)),
          ),
        })
        .map((place): HeldPart => ({ request, ...place, grant: [] })),
    ),
  );
}

const NOW_US = 2 ** 46;
const job = fc
  .constantFrom(...KINDS)
  .chain((kind) =>
    fc.record({
      slot: fc.nat(400),
      number: fc.nat(5000),
      name: fc.oneof(
        fc.nat(30).map((n) => `job-${n}`),
        fc.constantFrom('', '7', 'job-007', 'x--5', 'job', 'a\nb'),
      ),
      kind: fc.constant(kind),
      arrivalUs: us,
      durationUs: length,
      estimateUs: length,
      sameEstimate: fc.boolean(),
      phase: fc.constantFrom(...PHASES),
      sinceUs: us,
      isSinceStart: fc.boolean(),
      startedUs: us,
      isAtOnce: fc.boolean(),
      starts: fc.nat(3),
      group: fc.integer({ min: -1, max: 300 }),
      isActive: fc.boolean(),
      parts: partsOf(kind),
      to: fc.option(partsOf(kind), { nil: undefined }),
    }),
  )
  .map(({ sameEstimate, isSinceStart, isAtOnce, ...each }): ReplayJob => {
    const waits = each.phase === 'waiting';
    const starts = isAtOnce ? (waits ? 0 : 1) : each.starts;
    const startedUs = starts === 0 ? -1 : isAtOnce ? each.arrivalUs : each.startedUs;
    return {
      ...each,
      estimateUs: sameEstimate ? each.durationUs : each.estimateUs,
      starts,
      startedUs,
      sinceUs: isSinceStart ? (waits ? each.arrivalUs : Math.max(0, startedUs)) : each.sinceUs,
      group: waits ? each.group : -1,
      parts: waits && isAtOnce ? [] : each.parts,
    };
  });

function written(state: ReplayState, start: FleetAtStart = START): ReplayState {
  const [words, keyframe, dictionary] = [new DictionaryWriter(), new ByteWriter(), new ByteWriter()];
  writeKeyframe(keyframe, words, state, start);
  words.flush(dictionary);
  const known = new Dictionary(new ByteReader(dictionary.bytes.slice()));
  const from = new ByteReader(keyframe.bytes.slice());
  const read = readKeyframe(from, known, start);
  expect(from.at).toBe(keyframe.length);
  return read;
}

function runNamed(name: string): (typeof TIMED_RUNS)[number] {
  const run = TIMED_RUNS.find((each) => each.name === name);
  if (run === undefined) throw new RangeError(`there is no ${name}`);
  return run;
}

/** All that there is to say of a state; who is on a GPU by number, because the order is that of the table. */
function all(state: ReplayState): object {
  const { jobs, occupants, cpuFreeMilli, memoryFreeMib, closedFor, gpuFreeMilli, gpuClosedFor } = state;
  return {
    jobs: jobs.filter((each) => each !== undefined).sort((a, b) => a.number - b.number || a.slot - b.slot),
    on: occupants.map((own) =>
      own.map(({ job: { slot }, slot: part, milli }) => `${slot} ${part?.label} ${milli}`).sort(),
    ),
    free: [cpuFreeMilli, memoryFreeMib, closedFor, gpuFreeMilli, gpuClosedFor].map((row) => [...row]),
    worked: [state.work, state.linkBytesPerSec, state.isBusy].map((row) => [...row]),
    cards: state.cards,
    shares: Array.from({ length: state.gpuCount }, (_, gpu) => state.shares[gpu] ?? []),
    down: [...state.down],
    happened: state.happened,
    waiting: state.waiting,
  };
}

describe('a keyframe is read as it was written', () => {
  test('whatever the jobs are like that are in the system', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(job, {
          maxLength: 30,
          comparator: (a, b) => a.slot === b.slot || a.number === b.number,
        }),
        (jobs) => {
          const state = new ReplayState(HOSTS, START.cards);
          state.nowUs = NOW_US;
          for (const each of jobs) state.enter(each);
          expect(all(written(state))).toEqual(all(state));
        },
      ),
      { numRuns: 300 },
    );
  });

  test.each([
    ['mig-on-demand-h100', 60],
    ['vgpu-autocad-l40s', 9],
  ])('in every field, as what the segment before it came to: %s, %d h', (name, hours) => {
    const { scenario } = runNamed(name);
    const experiment = { ...scenario.experiment, horizonUs: hours * 3600e6 } as Scenario['experiment'];
    const segments = segmentsOf(runWithReplay({ ...scenario, experiment }, []).file);
    expect(segments.length).toBeGreaterThan(1);
    for (const [i, segment] of segments.entries()) {
      const next = segments[i + 1];
      if (next === undefined) break;
      const cursor = segment.open();
      while (cursor.step() !== undefined);
      expect(all(next.open().state)).toEqual(all(cursor.state));
    }
  });

  test.each([
    'mig-on-demand-h100',
    'preemptive-priority',
    'sriov-follow-demand',
    'two-pools',
    'api-remoting-10gbe',
  ])('at any moment of a run: %s', (name) => {
    const { file } = runWithReplay(runNamed(name).scenario, []);
    const { start } = outlineOf(file).header;
    for (const segment of segmentsOf(file)) {
      const cursor = segment.open();
      for (let part = 1; part <= 6; part++) {
        cursor.advanceTo(segment.firstUs + ((segment.lastUs - segment.firstUs) * part) / 6);
        cursor.state.nowUs = Math.ceil(cursor.state.nowUs);
        expect(all(written(cursor.state, start))).toEqual(all(cursor.state));
      }
    }
  });

  test('a job costs a few bytes where it is like most: one GPU, placed at its arrival', () => {
    const state = new ReplayState(HOSTS, START.cards);
    state.nowUs = 4000e6;
    for (let i = 0; i < 2000; i++)
      state.enter({
        ...{ slot: i, number: 5 * i, name: `task-${5 * i + 3}`, kind: KINDS[1] as JobKind },
        ...{ arrivalUs: i * 2e6, durationUs: 3600e6 + i, estimateUs: 3600e6 + i },
        ...{ phase: 'running', sinceUs: i * 2e6, startedUs: i * 2e6, starts: 1, group: -1 },
        ...{ isActive: false, parts: [{ request: 0, host: 0, gpus: [i % 20], grant: [] }], to: undefined },
      } as ReplayJob);
    const [words, keyframe] = [new DictionaryWriter(), new ByteWriter()];
    writeKeyframe(keyframe, words, state, START);
    expect(keyframe.length / 2000).toBeLessThan(15);
  });
});

test('slots are taken alike by one who was there before and one who begins at the keyframe, and only free ones', () => {
  const waiting = (slot: number, number: number) =>
    ({
      slot,
      number,
      phase: 'waiting',
      kind: KINDS[0] as JobKind,
      parts: [] as const,
      to: undefined,
    }) as never;
  const steps = fc.array(fc.option(fc.nat(50), { nil: undefined }), { maxLength: 60 });
  fc.assert(
    fc.property(steps, steps, (before, after) => {
      const old = new ReplayState(HOSTS, START.cards);
      let number = 0;
      const play = (states: readonly ReplayState[], each: number | undefined): void => {
        const [first] = states as readonly [ReplayState];
        const present = first.jobs.filter((one) => one !== undefined);
        const leaving = each === undefined ? undefined : present[each % present.length]?.slot;
        number += 1;
        const slots = states.map((state) => {
          if (leaving !== undefined) {
            state.leave(state.jobs[leaving] as ReplayJob);
            return leaving;
          }
          const slot = state.takeSlot();
          expect(state.jobs[slot]).toBeUndefined();
          state.enter(waiting(slot, number));
          return slot;
        });
        expect(new Set(slots).size).toBe(1);
      };
      for (const each of before) play([old], each);
      old.beginSlots();
      const fresh = new ReplayState(HOSTS, START.cards);
      for (const one of old.jobs) if (one !== undefined) fresh.enter(waiting(one.slot, one.number));
      for (const each of after) play([old, fresh], each);
    }),
  );
});

test('a name that follows from none, a place twice and a place beyond the table are refused in words', () => {
  const read = (bytes: readonly number[]) => {
    const [words, dictionary] = [new DictionaryWriter(), new ByteWriter()];
    words.kind(KINDS[0] as JobKind);
    words.flush(dictionary);
    const from = new ByteReader(Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, ...bytes]));
    return readKeyframe(from, new Dictionary(new ByteReader(dictionary.bytes.slice())), START);
  };
  /** One that waits, by name: bits, slot, number, no word and an empty text, kind, arrival, duration, group. */
  const named = (slot: readonly number[]) => [32, ...slot, 2, 0, 0, 0, 0, 9, 0];
  expect(read([1, ...named([4]), 0, 0, 0, 0, 0, 0]).jobs[2]?.number).toBe(1);
  expect(() => read([1, 0, 4, 2, 0, 0, 9, 0])).toThrow('follows from none');
  expect(() => read([2, ...named([4]), ...named([0])])).toThrow('two jobs have one place');
  expect(() => read([1, ...named([0x80, 0x80, 0x80, 0x10])])).toThrow('beyond the table');
  expect(() => read([1, ...named([3])])).toThrow('beyond the table');
  expect(() => read([1, 0x80, 0x08, 4])).toThrow(ReplayBytesError);
});
