import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadSolver } from '../../cli/load-solver.ts';
import {
  type ClusterObserver,
  type Fleet,
  PLACEMENT_POLICY_NAMES,
  type Replication,
  replicate,
  ScenarioError,
} from '../../sim/index.ts';
import { scenarioOf } from '../engine/scenario-for-tests.ts';

const solver = await loadSolver();

const lifetimes = fc.constantFrom(
  { kind: 'exponential', mean: '20m' },
  { kind: 'constant', value: '10m' },
  { kind: 'uniform', min: '0s', max: '1h' },
  { kind: 'constant', value: '0s' },
);

/** Small scenarios of every kind: mixed hosts, tasks that never fit, overload, horizon or not. */
const documents = fc
  .record({
    seed: fc.nat(1_000_000),
    hosts: fc.array(
      fc.record({
        count: fc.integer({ min: 1, max: 4 }),
        cpu: fc.constantFrom(4, 16),
        memory: fc.constantFrom('8GiB', '64GiB'),
        gpus: fc.uniqueArray(
          fc.record({ model: fc.constantFrom('A', 'B'), count: fc.integer({ min: 1, max: 4 }) }),
          { minLength: 1, maxLength: 2, selector: (gpu) => gpu.model },
        ),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    classes: fc.array(
      fc.record({
        weight: fc.constantFrom(1, 3),
        cpu: fc.constantFrom(1, 5),
        memory: fc.constantFrom('1GiB', '9GiB'),
        gpus: fc.integer({ min: 0, max: 3 }),
        gpu: fc.constantFrom('1GPU', '300m', '50%'),
        lifetime: lifetimes,
      }),
      { minLength: 1, maxLength: 4 },
    ),
    tasks: fc.integer({ min: 1, max: 150 }),
    rate: fc.constantFrom('2/h', '60/h', '600/h'),
    placement: fc.constantFrom(...PLACEMENT_POLICY_NAMES),
    tieBreak: fc.constantFrom('auto', 'host-order', 'shuffled', 'random'),
    experiment: fc.constantFrom<object>(
      { kind: 'timed' },
      { kind: 'timed', horizon: '2h' },
      { kind: 'timed', warmup: '30m' },
      { kind: 'fill', order: 'file' },
      { kind: 'fill', target: 1.5 },
    ),
  })
  .map(({ seed, hosts, classes, tasks, rate, placement, tieBreak, experiment }) => ({
    apiVersion: 'slicewise/v1',
    name: 'random',
    seed,
    fleet: { hosts: hosts.map((host, i) => ({ name: `group${i}`, ...host })) },
    workload: {
      synthetic: {
        tasks,
        arrivals: { process: 'poisson', rate },
        // A fill run needs a task that asks for GPU.
        classes: [
          {
            name: 'gpu',
            weight: 1,
            cpu: 1,
            memory: '1GiB',
            gpus: 1,
            lifetime: { kind: 'constant', value: '5m' },
          },
          ...classes.map(({ gpu, gpus, ...rest }, i) => ({
            name: `class${i}`,
            gpus,
            ...(gpus > 0 ? { gpu } : {}),
            ...rest,
          })),
        ],
      },
    },
    policy: { placement, tieBreak },
    experiment,
  }));

function reading(run: Replication, name: string): number {
  return run.readings.find(([known]) => known === name)?.[1].value ?? 0;
}

/** By chance no task may ask for GPU, and such tasks cannot fill a fleet. */
function unlessWithoutGpu(run: () => Replication): Replication | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof ScenarioError) return undefined;
    throw error;
  }
}

/** Keeps its own books of what it is told and compares them with the fleet's after every change. */
class Auditor implements ClusterObserver {
  readonly #fleet: Fleet;
  readonly state = new Map<number, 'arrived' | 'placed' | 'finished' | 'rejected'>();
  cpu = 0;
  memory = 0;
  gpu = 0;
  lastUs = 0;

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  arrived: NonNullable<ClusterObserver['arrived']> = (atUs, job) => {
    expect(this.state.has(job.number)).toBe(false);
    this.state.set(job.number, 'arrived');
    this.#tick(atUs);
  };

  placed: NonNullable<ClusterObserver['placed']> = (atUs, job, [part]) => {
    expect(this.state.get(job.number)).toBe('arrived');
    this.state.set(job.number, 'placed');
    expect(part?.gpus).toHaveLength(job.shape.gpuCount);
    expect(part?.host).toBeGreaterThanOrEqual(0);
    this.#take(job.shape, 1);
    this.#tick(atUs);
  };

  finished: NonNullable<ClusterObserver['finished']> = (atUs, job, _parts, startedUs) => {
    expect(this.state.get(job.number)).toBe('placed');
    this.state.set(job.number, 'finished');
    expect(atUs - startedUs).toBe(job.durationUs);
    this.#take(job.shape, -1);
    this.#tick(atUs);
  };

  rejected: NonNullable<ClusterObserver['rejected']> = (atUs, job, reason) => {
    expect(this.state.get(job.number)).toBe('arrived');
    this.state.set(job.number, 'rejected');
    expect(reason).toMatch(/^(never-fits:)?[a-z-]+(\+[a-z-]+)*$/);
    expect(reason).not.toContain('none');
    this.#tick(atUs);
  };

  #take(shape: { cpuMilli: number; memoryMib: number; totalGpuMilli: number }, sign: number): void {
    this.cpu += sign * shape.cpuMilli;
    this.memory += sign * shape.memoryMib;
    this.gpu += sign * shape.totalGpuMilli;
  }

  #tick(atUs: number): void {
    expect(atUs).toBeGreaterThanOrEqual(this.lastUs);
    this.lastUs = atUs;
    const fleet = this.#fleet;
    expect(fleet.cpuTotalMilli - fleet.cpuFreeTotalMilli).toBe(this.cpu);
    expect(fleet.memoryTotalMib - fleet.memoryFreeTotalMib).toBe(this.memory);
    expect(1000 * fleet.gpuCount - fleet.gpuFreeTotalMilli).toBe(this.gpu);
    expect(
      Math.min(...fleet.cpuFreeMilli, ...fleet.memoryFreeMib, ...fleet.gpuFreeMilli),
    ).toBeGreaterThanOrEqual(0);
    expect(Math.max(...fleet.gpuFreeMilli)).toBeLessThanOrEqual(1000);
  }
}

describe('The books of a run balance, whatever the scenario', () => {
  test('every job is in one state, and what is allocated is what the live jobs hold', () => {
    fc.assert(
      fc.property(documents, (document) => {
        const scenario = scenarioOf(document);
        let auditor: Auditor | undefined;
        const run = unlessWithoutGpu(() =>
          replicate(scenario, {}, scenario.seed, {
            solver,
            observers: (fleet) => {
              auditor = new Auditor(fleet);
              return [auditor];
            },
          }),
        );
        if (run === undefined) return;
        const states = [...(auditor?.state.values() ?? [])];
        const inState = (state: string) => states.filter((s) => s === state).length;
        expect(reading(run, 'jobs.arrived')).toBe(states.length);
        expect(reading(run, 'jobs.rejected')).toBe(inState('rejected'));
        expect(reading(run, 'jobs.placed')).toBe(inState('placed') + inState('finished'));
        expect(reading(run, 'jobs.completed')).toBe(inState('finished'));
        if (scenario.experiment.kind === 'timed') {
          expect(reading(run, 'jobs.waiting')).toBe(inState('arrived'));
          expect(reading(run, 'jobs.running')).toBe(inState('placed'));
          if (scenario.experiment.horizonUs === null) {
            expect(inState('arrived') + inState('placed')).toBe(0);
            expect(auditor?.gpu).toBe(0);
          }
        } else {
          expect(reading(run, 'jobs.placed') + reading(run, 'jobs.rejected')).toBe(states.length);
        }
        const byReason = run.rejectedFor.reduce((sum, [, jobs]) => sum + jobs, 0);
        expect(byReason).toBe(inState('rejected'));
        for (const [name, { value, unit }] of run.readings) {
          if (unit === 'fraction' && value !== null) {
            expect(value, name).toBeGreaterThanOrEqual(-1e-9);
            expect(value, name).toBeLessThanOrEqual(1 + 1e-9);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test('the same scenario and seed give the same run', () => {
    fc.assert(
      fc.property(documents, (document) => {
        const scenario = scenarioOf(document);
        const once = unlessWithoutGpu(() => replicate(scenario, {}, 5, { solver }));
        expect(unlessWithoutGpu(() => replicate(scenario, {}, 5, { solver }))).toEqual(once);
      }),
      { numRuns: 25 },
    );
  });
});
