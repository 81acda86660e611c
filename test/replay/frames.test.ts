import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Scenario, TraceData, TraceTask } from '../../sim/index.ts';
import { lives } from '../property/life-scenarios.ts';
import { sharedScenarios } from '../property/shared-scenarios.ts';
import { normalized } from '../scenario/problems-of.ts';
import { FILL_RUNS, TIMED_RUNS } from './catalogue.ts';
import { outlineOf, type RecordedRun, runWithReplay, seenIn, segmentsOf } from './run-with-replay.ts';

/** Times of which none is special, all over a run. */
function timesWithin(endUs: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => Math.floor((endUs * (i + 0.37)) / count));
}

/** Times at which something happens, and just after: of each kind of event two within the run. */
function timesOfEvents({ file }: RecordedRun): readonly number[] {
  const byKind = new Map<number, number[]>();
  for (const segment of segmentsOf(file)) {
    for (const [code, atUs] of segment.eachTime()) {
      const times = byKind.get(code);
      if (times === undefined) byKind.set(code, [atUs]);
      else if (times.at(-1) !== atUs) times.push(atUs);
    }
  }
  const chosen = [...byKind.values()].flatMap((times) => [
    times[0] as number,
    times[Math.floor(times.length * 0.6)] as number,
  ]);
  return [...new Set(chosen.flatMap((atUs) => [atUs, atUs + 1]))].sort((a, b) => a - b);
}

/** Runs it, and compares what is read of moments within it with what the engine had then. */
function expectFrames(scenario: Scenario, endUs: number, traces: TraceData = {}): RecordedRun {
  const first = runWithReplay(scenario, timesWithin(endUs, 12), { traces });
  const atEvents = timesOfEvents(first);
  const second = runWithReplay(scenario, atEvents, { traces });
  expect(first.seen.length).toBeGreaterThan(0);
  expectSeen(first);
  expectSeen(second);
  return { ...second, seen: [...first.seen, ...second.seen] };
}

function expectSeen({ file, seen }: RecordedRun): void {
  const segments = segmentsOf(file);
  for (const moment of seen) {
    const jobs = [...moment.jobs].sort((a, b) => numberOf(a) - numberOf(b));
    expect(seenIn(segments, moment.atUs)).toEqual({ ...moment, jobs });
  }
}

function numberOf(job: object): number {
  return 'number' in job ? Number(job.number) : -1;
}

/** What there was to see, in words. */
function* sights({ file, seen }: RecordedRun): Generator<string> {
  for (const { jobs, cards, gpuClosed, closed } of seen) {
    for (const job of jobs as readonly Readonly<Record<string, unknown>>[]) {
      yield String(job.phase);
      if ((job.parts as readonly object[]).length > 1) yield 'several workers';
    }
    for (const card of cards as readonly (Readonly<Record<string, unknown>> | null)[]) {
      if (card?.held !== undefined && card.held !== 0) yield 'instances held';
      if (card?.isCutHeld === true) yield 'cut held';
    }
    if (gpuClosed.some((bits) => bits !== 0)) yield 'a closed GPU';
    if (closed.some((bits) => bits !== 0)) yield 'a closed host';
  }
  for (const segment of segmentsOf(file)) {
    const cursor = segment.open();
    for (let event = cursor.step(); event !== undefined; event = cursor.step()) yield event.kind;
  }
}

describe('a moment read from a replay is what the engine had then', () => {
  test.each(TIMED_RUNS.map((run) => [run.name, run] as const))('%s', (_name, { scenario, horizonUs }) => {
    const { events, rawBytes, file } = expectFrames(scenario, horizonUs);
    // Bytes of a short run are those of its header.
    const { header } = outlineOf(file);
    const ofEvents = rawBytes - JSON.stringify(header).length;
    if (events > 20_000) expect(ofEvents / events).toBeLessThan(12);
  });

  test.each(FILL_RUNS.map((run) => [run.name, run] as const))('%s, a fill run', (_name, { scenario }) => {
    const short: Scenario = {
      ...scenario,
      experiment: { ...scenario.experiment, target: 0.2 } as Scenario['experiment'],
    };
    const run = runWithReplay(short, [0, 1, 7, 50, 333, 1000, 2500]);
    expect(run.seen.length).toBeGreaterThan(4);
    expectSeen(run);
  });

  test('on random fleets of shared cards with services, sessions, changes of hosts and moves', () => {
    fc.assert(
      fc.property(sharedScenarios({ services: 'any', sessions: true, changes: 'any' }), (scenario) => {
        expectFrames(scenario, 3600e6);
      }),
      { numRuns: 10 },
    );
  });

  test('on random fleets with faults, preemption, elasticity', () => {
    fc.assert(
      fc.property(lives, (document) => {
        expectFrames(normalized(document).scenario, 3600e6);
      }),
      { numRuns: 15 },
    );
  });

  test('on fleets among which are all that can befall one', () => {
    const found = new Set<string>();
    fc.assert(
      fc.property(lives, (document) => {
        for (const sight of sights(expectFrames(normalized(document).scenario, 1800e6))) found.add(sight);
      }),
      { numRuns: 50, seed: 11 },
    );
    fc.assert(
      fc.property(sharedScenarios({ services: 'any', sessions: true, changes: 'moving' }), (scenario) => {
        for (const sight of sights(expectFrames(scenario, 3600e6))) found.add(sight);
      }),
      { numRuns: 15, seed: 11 },
    );
    const cutAnew = TIMED_RUNS.find(({ name }) => name === 'sriov-follow-demand');
    if (cutAnew === undefined) throw new Error('There is no scenario whose cards are cut anew');
    for (const sight of sights(expectFrames(cutAnew.scenario, cutAnew.horizonUs))) found.add(sight);
    const wanted = [
      'waiting',
      'running',
      'starting',
      'saving',
      'stopping',
      'moving',
      'several workers',
      'instances held',
      'cut held',
      'a closed GPU',
      'a closed host',
      'preempted',
      'moved',
      'failed',
      'rejected',
      'unitChanged',
      'hostChanged',
      'relaid',
      'card',
      'reason',
      'toggled',
      'answered',
    ];
    expect(wanted.filter((sight) => !found.has(sight))).toEqual([]);
  });
});

test('workers of unlike sizes are where the engine has put them', () => {
  const { scenario } = normalized({
    apiVersion: 'slicewise/v1',
    name: 'unlike',
    fleet: {
      hosts: [{ name: 'h', count: 5, cpu: 64, memory: '1TiB', gpus: { model: 'A100-80GB', count: 8 } }],
    },
    workload: { trace: { format: 'swf', jobs: 'unused.swf' } },
    policy: { placement: 'best-fit', queueing: 'fifo' },
    experiment: { kind: 'timed' },
  });
  const tasks = Array.from({ length: 60 }, (_, i): TraceTask => {
    const gpuCount = [13, 3, 20, 9, 1][i % 5] as number;
    return {
      name: `t${i}`,
      request: { cpuMilli: 1000 * gpuCount, memoryMib: 1024, gpuCount, gpuMilli: 1000, models: [] },
      arrivalSec: 10 * i,
      durationSec: 30 + ((i * 37) % 100),
      spansHosts: true,
    };
  });
  const run = expectFrames(scenario, 900e6, { tasks });
  const sizes = run.seen.flatMap(({ jobs }) =>
    (jobs as readonly { readonly parts: readonly { readonly gpus: readonly number[] }[] }[]).map(
      ({ parts }) => parts.map(({ gpus }) => gpus.length).join('+'),
    ),
  );
  expect(new Set(sizes)).toContain('8+5');
});
