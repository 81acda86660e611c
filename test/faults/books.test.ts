import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Fleet } from '../../sim/cluster/fleet.ts';
import { type ClusterObserver, type Job, type Part, replicate, type Scenario } from '../../sim/index.ts';
import { createDistribution } from '../../sim/kernel/distributions/index.ts';
import { EventDigest } from '../../sim/observe/digest.ts';
import type { QueueingPolicy } from '../../sim/policies/queueing/discipline.ts';
import { fifo } from '../../sim/policies/queueing/fifo.ts';
import type { Faults } from '../../sim/scenario/fault-types.ts';
import type { Slot } from '../../sim/sharing/index.ts';
import { sharedScenarios } from '../property/shared-scenarios.ts';
import { runSmall } from '../queueing/pool-run.ts';
import { constant, drawn, exponential, gpuUnit, hostUnit, NO_FAULTS } from './fault-setup.ts';

type State = 'waits' | 'placed' | 'stopping' | 'finished' | 'failed' | 'rejected';

/** Books of its own, compared with all of the fleet after every change. */
class Auditor implements ClusterObserver {
  readonly fleet: Fleet;
  readonly jobs = new Map<
    number,
    { readonly job: Job; state: State; parts: readonly Part[]; next: readonly Part[] }
  >();
  faultEnds = 0;

  constructor(fleet: Fleet) {
    this.fleet = fleet;
  }

  arrived: NonNullable<ClusterObserver['arrived']> = (_at, job) => {
    expect(this.jobs.has(job.number)).toBe(false);
    this.jobs.set(job.number, { job, state: 'waits', parts: [], next: [] });
  };

  placed: NonNullable<ClusterObserver['placed']> = (_at, job, parts) => {
    const held = this.#of(job, 'waits');
    held.state = 'placed';
    held.parts = parts;
    for (const { host, gpus } of parts) {
      // Room that a scheduler has claimed is closed to others only.
      expect((this.fleet.closedFor[host] as number) & ~2).toBe(0);
      for (const g of gpus)
        expect(this.fleet.gpuClosedFor[(this.fleet.gpuStart[host] as number) + g]).toBe(0);
    }
    this.#audit();
  };

  moved: NonNullable<ClusterObserver['moved']> = (_at, job, parts) => {
    const held = this.#of(job, 'placed');
    expect(held.next).toEqual([]);
    held.next = parts;
  };

  preempted: NonNullable<ClusterObserver['preempted']> = (_at, job, _parts, reason, lostUs) => {
    const held = this.#of(job, 'placed');
    expect(lostUs).toBeGreaterThanOrEqual(-1e-3);
    if (reason.startsWith('fault:')) this.faultEnds += 1;
    held.state = 'waits';
    held.parts = [];
    held.next = [];
    this.#audit(true);
  };

  finished: NonNullable<ClusterObserver['finished']> = (_at, job) => {
    const held = this.#of(job, 'placed');
    held.next = [];
    held.state = this.#isOnCards(held.parts) ? 'stopping' : 'finished';
    if (held.state === 'finished') held.parts = [];
    this.#audit();
  };

  failed: NonNullable<ClusterObserver['failed']> = (_at, job) => {
    const held = this.#of(job, 'placed');
    held.state = 'failed';
    held.parts = [];
    held.next = [];
    this.#audit(true);
  };

  freed: NonNullable<ClusterObserver['freed']> = (_at, job) => {
    const held = this.jobs.get(job.number)!;
    if (held.state === 'stopping') {
      held.state = 'finished';
      held.parts = [];
    } else {
      expect(held.state).toBe('placed');
      held.parts = held.next;
      held.next = [];
      // Of jobs that change places with each other at once this is told of one after another: looked at when they have.
      return;
    }
    this.#audit(true);
  };

  rejected: NonNullable<ClusterObserver['rejected']> = (_at, job) => {
    this.#of(job, 'waits').state = 'rejected';
  };

  ended: NonNullable<ClusterObserver['ended']> = () => this.#audit();

  #of(job: Job, state: State) {
    const held = this.jobs.get(job.number);
    expect(held?.state).toBe(state);
    return held!;
  }

  #isOnCards(parts: readonly Part[]): boolean {
    const first = parts[0];
    const gpu = first?.gpus[0];
    const slot = first?.grant[0];
    if (first === undefined || gpu === undefined || slot === undefined) return false;
    const card = this.fleet.cards[(this.fleet.gpuStart[first.host] as number) + gpu];
    return card?.slots.includes(slot) === true;
  }

  /** @param isEnding jobs on what is down are being ended one after another */
  #audit(isEnding = false): void {
    const { fleet } = this;
    const cpu = Array.from(fleet.cpuCapacityMilli);
    const gpu = Array.from(fleet.gpuFreeMilli, () => 1000);
    const residents = cpu.map(() => 0);
    const slots: Slot[][] = gpu.map(() => []);
    for (const { parts, next } of this.jobs.values()) {
      for (const { shape, host, gpus, grant } of [...parts, ...next]) {
        // What is down holds nobody.
        if (!isEnding) expect((fleet.closedFor[host] as number) & 4).toBe(0);
        cpu[host]! -= shape.cpuMilli;
        residents[host]! += 1;
        let nth = 0;
        for (const index of gpus) {
          const g = (fleet.gpuStart[host] as number) + index;
          if (!isEnding) expect((fleet.gpuClosedFor[g] as number) & 1).toBe(0);
          if (fleet.cards[g] === undefined) gpu[g]! -= shape.gpuMilli;
          else {
            for (let i = 0; i < (shape.ask?.count ?? 0); i++) {
              const slot = grant[nth++] as Slot;
              gpu[g]! -= slot.milli;
              slots[g]!.push(slot);
            }
          }
        }
      }
    }
    expect(Array.from(fleet.cpuFreeMilli)).toEqual(cpu);
    expect(Array.from(fleet.gpuFreeMilli)).toEqual(gpu);
    expect(Array.from(fleet.residents)).toEqual(residents);
    fleet.cards.forEach((card, g) => {
      if (card !== undefined) expect(new Set(card.slots)).toEqual(new Set(slots[g]));
    });
  }
}

const urgency: QueueingPolicy = {
  ...fifo,
  name: 'urgency',
  create: () => ({
    rank: ({ job }) => -job.claim.priority,
    mayEvict: (waiting, running) => waiting.job.claim.priority > running.job.claim.priority,
  }),
};

const jobs = fc.array(
  fc.record({
    at: fc.integer({ min: 0, max: 200 }),
    runs: fc.constantFrom(0, 1, 20, 90, 200),
    workers: fc.constantFrom<readonly number[]>([1], [1], [2], [1, 1], [2, 1, 1]),
    milli: fc.constantFrom(1000, 1000, 400),
    priority: fc.nat(2),
    interval: fc.constantFrom(0, 15, Number.POSITIVE_INFINITY),
    save: fc.constantFrom(0, 4),
    restore: fc.constantFrom(0, 3),
  }),
  { minLength: 1, maxLength: 25 },
);

const plans = fc.record({
  seed: fc.nat(1000),
  hosts: fc.constantFrom<readonly number[]>([2, 2], [1, 2, 3], [4, 1, 1, 2]),
  between: fc.constantFrom(20, 100, 700),
  repair: fc.constantFrom(0, 5, 60),
  crews: fc.constantFrom(1, 2, Number.POSITIVE_INFINITY),
  process: fc.constantFrom(0, 30, 300),
  standby: fc.nat(1),
  switchOver: fc.constantFrom(0, 7),
  fate: fc.constantFrom('restart', 'fail'),
  retries: fc.constantFrom(0, 2, Number.POSITIVE_INFINITY),
  window: fc.constantFrom('none', 'wait', 'stop'),
  preemption: fc.constantFrom('none', 'evict', 'refill'),
  way: fc.constantFrom('suspend', 'checkpoint', 'kill', 'migrate'),
  fill: fc.constantFrom('block', 'skip'),
});

describe('The books balance while things break down', () => {
  test('with preemption, gangs, crews, spares and windows: nothing lost, nothing doubled', () => {
    let ended = 0;
    fc.assert(
      fc.property(jobs, plans, (list, plan) => {
        const once = () => {
          const digest = new EventDigest();
          let auditor: Auditor | undefined;
          const relay = new Proxy({} as ClusterObserver, {
            get: (_target, name: keyof ClusterObserver) => {
              const own = auditor?.[name as keyof Auditor] as ((...args: unknown[]) => void) | undefined;
              const theirs = (digest as ClusterObserver)[name];
              if (typeof theirs !== 'function' && typeof own !== 'function') return undefined;
              return (...args: unknown[]) => {
                (theirs as ((...args: unknown[]) => void) | undefined)?.apply(digest, args);
                own?.apply(auditor, args);
              };
            },
          });
          const stories = runSmall({
            hosts: plan.hosts,
            jobs: list.map((job, i) => ({
              name: `j${i}`,
              at: job.at,
              runs: job.runs,
              workers: job.workers,
              milli: job.milli,
              claim: {
                priority: job.priority,
                checkpoint:
                  job.interval === 0
                    ? null
                    : {
                        intervalUs: job.interval * 1e6,
                        saveUs: job.save * 1e6,
                        restoreUs: job.restore * 1e6,
                      },
              },
            })),
            policy: urgency,
            rules: { preemption: plan.preemption, way: plan.way, fill: plan.fill },
            observer: relay,
            horizon: 3000,
            faults: (fleet) => {
              auditor = new Auditor(fleet);
              const all = Array.from({ length: fleet.hostCount }, (_, h) => h);
              return {
                ...NO_FAULTS,
                crews: plan.crews,
                jobs: plan.fate,
                retries: plan.retries,
                units: all.flatMap((h) => [
                  drawn(hostUnit(h), exponential(plan.between * 3), constant(plan.repair), plan.seed),
                  ...Array.from({ length: fleet.gpusOf(h) }, (_, g) =>
                    drawn(
                      gpuUnit(fleet, h, g),
                      exponential(plan.between * 5),
                      constant(plan.repair),
                      plan.seed,
                    ),
                  ),
                ]),
                process:
                  plan.process === 0
                    ? null
                    : {
                        between: createDistribution(constant(plan.process)),
                        streamOf: () => ({ nextOpen: () => 0.5 }),
                      },
                spares: [{ hosts: all, standby: plan.standby, switchOverUs: plan.switchOver * 1e6 }],
                windows:
                  plan.window === 'none'
                    ? []
                    : [
                        {
                          atUs: 90e6,
                          forUs: 40e6,
                          drainUs: 30e6,
                          hosts: [0],
                          running: plan.window,
                          migratePath: null,
                        },
                        {
                          atUs: 100e6,
                          forUs: 10e6,
                          drainUs: 10e6,
                          hosts: [0, 1],
                          running: 'wait',
                          migratePath: null,
                        },
                      ],
              };
            },
          });
          ended += auditor?.faultEnds ?? 0;
          expect(auditor?.jobs.size).toBe(list.length);
          return { digest: digest.hex(), stories: [...stories] };
        };
        expect(once()).toEqual(once());
      }),
      { numRuns: 80 },
    );
    expect(ended).toBeGreaterThan(100);
  });

  test('on shared cards, with services, sessions, moves and changes of hosts', () => {
    let met = 0;
    fc.assert(
      fc.property(
        sharedScenarios({ services: 'any', sessions: true, changes: 'moving' }),
        fc.constantFrom<Faults['jobs']>('restart', 'fail'),
        fc.constantFrom(120, 1200),
        (plain, fate, meanSec) => {
          const { experiment } = plain;
          if (experiment.kind !== 'timed' || experiment.horizonUs === null) return;
          const unit = (kind: 'gpu' | 'host' | 'nvlink' | 'uplink' | 'licence-server', factor: number) => ({
            kind,
            hosts: null,
            count: 1,
            betweenSec: exponential(meanSec * factor),
            repairSec: exponential(60),
            log: null,
            needsCrew: kind !== 'licence-server',
          });
          const scenario: Scenario = {
            ...plain,
            faults: {
              failures: [
                unit('gpu', 4),
                unit('host', 4),
                unit('nvlink', 2),
                unit('uplink', 5),
                unit('licence-server', 1),
              ],
              processSec: exponential(meanSec),
              racks: [],
              crews: 2,
              jobs: fate,
              retries: 3,
              graceUs: 20e6,
              windows: [],
              spares: [],
            },
          };
          let auditor: Auditor | undefined;
          const run = replicate(scenario, {}, scenario.seed, {
            observers: (fleet) => {
              auditor = new Auditor(fleet);
              return [auditor];
            },
          });
          met += run.readings.find(([name]) => name === 'faults.restarts')?.[1].value ?? 0;
          const states = [...(auditor?.jobs.values() ?? [])].map(({ state }) => state);
          const value = (name: string) => run.readings.find(([known]) => known === name)?.[1].value ?? 0;
          expect(value('jobs.arrived')).toBe(states.length);
          expect(value('jobs.waiting')).toBe(states.filter((state) => state === 'waits').length);
          expect(value('jobs.failed')).toBe(states.filter((state) => state === 'failed').length);
          expect(replicate(scenario, {}, scenario.seed).digest).toBe(run.digest);
        },
      ),
      { numRuns: 20 },
    );
    expect(met).toBeGreaterThan(10);
  });
});
