import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ClusterObserver,
  type Fleet,
  type Job,
  type Part,
  type Replication,
  replicate,
} from '../../sim/index.ts';
import type { Slot } from '../../sim/sharing/index.ts';
import { sharedScenarios } from './shared-scenarios.ts';

interface Place {
  readonly host: number;
  readonly gpus: readonly number[];
  readonly grant: readonly Slot[];
}

type State = 'arrived' | 'placed' | 'stopping' | 'finished' | 'failed' | 'rejected';

interface Held {
  readonly job: Job;
  state: State;
  /** Its own place, and the one that it moves to. */
  place: Place | undefined;
  next: Place | undefined;
}

/** Keeps books of its own of what it is told, and compares all of the fleet with them after every change. */
class Auditor implements ClusterObserver {
  readonly #fleet: Fleet;
  readonly jobs = new Map<number, Held>();
  #lastUs = 0;

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  arrived: NonNullable<ClusterObserver['arrived']> = (atUs, job) => {
    expect(this.jobs.has(job.number)).toBe(false);
    this.jobs.set(job.number, { job, state: 'arrived', place: undefined, next: undefined });
    this.#audit(atUs);
  };

  placed: NonNullable<ClusterObserver['placed']> = (atUs, job, parts) => {
    const { host, gpus, grant } = parts[0] as Part;
    const held = this.#in(job, 'arrived');
    held.state = 'placed';
    held.place = { host, gpus, grant };
    expect(gpus).toHaveLength(job.shape.gpuCount);
    expect(this.#fleet.closedFor[host]).toBe(0);
    this.#audit(atUs);
  };

  ready: NonNullable<ClusterObserver['ready']> = (atUs, job) => {
    this.#in(job, 'placed');
    this.#audit(atUs);
  };

  moved: NonNullable<ClusterObserver['moved']> = (atUs, job, parts) => {
    const { host, gpus, grant } = parts[0] as Part;
    const held = this.#in(job, 'placed');
    expect(held.next).toBeUndefined();
    expect(host).not.toBe(held.place?.host);
    expect(this.#fleet.closedFor[host]).toBe(0);
    expect(this.#fleet.closedFor[held.place?.host as number]).toBe(1);
    held.next = { host, gpus, grant };
    this.#audit(atUs);
  };

  finished: NonNullable<ClusterObserver['finished']> = (atUs, job, parts, startedUs) => {
    const { host, gpus } = parts[0] as Part;
    const held = this.#in(job, 'placed');
    expect({ host, gpus }).toEqual({ host: held.place?.host, gpus: held.place?.gpus });
    expect(atUs).toBeGreaterThanOrEqual(startedUs);
    held.next = undefined;
    // Where stopping takes time its place is free when that is told.
    held.state = this.#isOnCards(held, host) ? 'stopping' : 'finished';
    if (held.state === 'finished') held.place = undefined;
    this.#audit(atUs);
  };

  failed: NonNullable<ClusterObserver['failed']> = (atUs, job) => {
    const held = this.#in(job, 'placed');
    held.state = 'failed';
    held.place = undefined;
    held.next = undefined;
    this.#audit(atUs);
  };

  freed: NonNullable<ClusterObserver['freed']> = (atUs, job, [part]) => {
    const host = part?.host;
    const held = this.jobs.get(job.number) as Held;
    expect(held.place?.host).toBe(host);
    if (held.state === 'stopping') {
      held.state = 'finished';
      held.place = undefined;
    } else {
      expect(held.state).toBe('placed');
      expect(held.next).toBeDefined();
      held.place = held.next;
      held.next = undefined;
    }
    this.#audit(atUs);
  };

  rejected: NonNullable<ClusterObserver['rejected']> = (atUs, job, reason) => {
    this.#in(job, 'arrived').state = 'rejected';
    expect(reason).toMatch(/^never-fits:[a-z-]+(:[a-z-]+)?(\+[a-z-]+)*$/);
    this.#audit(atUs);
  };

  ended: NonNullable<ClusterObserver['ended']> = (atUs) => this.#audit(atUs);

  #in(job: Job, state: State): Held {
    const held = this.jobs.get(job.number);
    expect(held?.state).toBe(state);
    return held as Held;
  }

  /** Whether its slots are still taken. */
  #isOnCards({ place }: Held, host: number): boolean {
    const first = place?.gpus[0];
    if (first === undefined || place?.grant.length === 0) return false;
    const card = this.#fleet.cards[(this.#fleet.gpuStart[host] as number) + first];
    return card?.slots.includes(place?.grant[0] as Slot) === true;
  }

  #audit(atUs: number): void {
    expect(atUs).toBeGreaterThanOrEqual(this.#lastUs);
    this.#lastUs = atUs;
    const fleet = this.#fleet;
    const cpu = Array.from(fleet.cpuCapacityMilli);
    const memory = Array.from(fleet.memoryCapacityMib);
    const gpu = Array.from(fleet.gpuFreeMilli, () => 1000);
    const residents = cpu.map(() => 0);
    const slots: Slot[][] = gpu.map(() => []);
    for (const { job, place, next } of this.jobs.values()) {
      for (const each of [place, next]) {
        if (each === undefined) continue;
        cpu[each.host]! -= job.shape.cpuMilli;
        memory[each.host]! -= job.shape.memoryMib;
        residents[each.host]! += 1;
        let nth = 0;
        for (const index of each.gpus) {
          const g = (fleet.gpuStart[each.host] as number) + index;
          if (fleet.cards[g] === undefined) {
            gpu[g]! -= job.shape.gpuMilli;
            continue;
          }
          for (let i = 0; i < (job.shape.ask?.count ?? 0); i++) {
            const slot = each.grant[nth++] as Slot;
            gpu[g]! -= slot.milli;
            slots[g]!.push(slot);
          }
        }
        expect(nth).toBe(each.grant.length);
      }
    }
    expectSame(fleet.cpuFreeMilli, cpu);
    expectSame(fleet.memoryFreeMib, memory);
    expectSame(fleet.gpuFreeMilli, gpu);
    expectSame(fleet.residents, residents);
    const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
    expect(Math.min(...gpu, ...cpu, ...memory)).toBeGreaterThanOrEqual(0);
    expectSame(
      [fleet.gpuFreeTotalMilli, fleet.cpuFreeTotalMilli, total(Array.from(fleet.modelGpuFreeMilli))],
      [total(gpu), total(cpu), total(gpu)],
    );
    fleet.cards.forEach((card, g) => {
      if (card !== undefined) expectSameSlots(card.slots, slots[g]!);
    });
  }
}

// The books are compared after every event. Where they agree, a plain comparison says so at a small part of what
// `expect` costs; where it does not, `expect` judges and tells.

function expectSame(actual: ArrayLike<number>, wanted: readonly number[]): void {
  if (actual.length === wanted.length && wanted.every((value, i) => Object.is(actual[i], value))) return;
  expect(Array.from(actual)).toEqual(wanted);
}

function expectSameSlots(actual: readonly Slot[], wanted: readonly Slot[]): void {
  const found = new Set(actual);
  if (actual.length === wanted.length && found.size === actual.length) {
    if (new Set(wanted).size === found.size && wanted.every((slot) => found.has(slot))) return;
  }
  expect(actual).toHaveLength(wanted.length);
  expect(found).toEqual(new Set(wanted));
}

function reading(run: Replication, name: string): number {
  return run.readings.find(([known]) => known === name)?.[1].value ?? 0;
}

describe('The books of a run on shared cards balance, whatever the scenario', () => {
  test.each([
    ['batches, gangs, services and sessions', { services: 'any', sessions: true, changes: 'none' }, 60],
    ['the same while hosts are changed', { services: 'any', sessions: true, changes: 'any' }, 80],
    ['the same while jobs move', { services: 'any', sessions: true, changes: 'moving' }, 120],
    ['batches alone while hosts are changed', { services: 'none', sessions: false, changes: 'any' }, 40],
  ] as const)('%s', (_title, ingredients, numRuns) => {
    fc.assert(
      fc.property(sharedScenarios(ingredients), (scenario) => {
        let auditor: Auditor | undefined;
        const run = replicate(scenario, {}, scenario.seed, {
          observers: (fleet) => {
            auditor = new Auditor(fleet);
            return [auditor];
          },
        });
        const jobs = [...(auditor?.jobs.values() ?? [])];
        const inState = (...states: State[]) => jobs.filter((job) => states.includes(job.state)).length;
        expect(reading(run, 'jobs.arrived')).toBe(jobs.length);
        expect(reading(run, 'jobs.rejected')).toBe(inState('rejected'));
        expect(reading(run, 'jobs.completed')).toBe(inState('finished', 'stopping'));
        expect(reading(run, 'jobs.failed')).toBe(inState('failed'));
        expect(reading(run, 'jobs.running')).toBe(inState('placed'));
        expect(reading(run, 'jobs.waiting')).toBe(inState('arrived'));
        const { experiment, changes } = scenario;
        if (experiment.kind === 'timed' && experiment.horizonUs === null && changes.length === 0) {
          expect(inState('arrived', 'placed', 'stopping')).toBe(0);
        }
        const impossible = run.readings.filter(
          ([, { value, unit }]) =>
            value !== null &&
            (!Number.isFinite(value) || (unit === 'fraction' && (value < -1e-9 || value > 1 + 1e-9))),
        );
        expect(impossible).toEqual([]);
        expect(JSON.parse(JSON.stringify(run))).toEqual(run);
        expect(JSON.stringify(replicate(scenario, {}, scenario.seed))).toBe(JSON.stringify(run));
      }),
      { numRuns },
    );
  });
});
