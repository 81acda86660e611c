import { expect } from 'vitest';
import { CLOSED_FOR, GPU_CLOSED_FOR } from '../../sim/cluster/fleet.ts';
import type { Intervention } from '../../sim/engine/interventions.ts';
import {
  type ClusterObserver,
  type Fleet,
  type Job,
  type Part,
  type Replication,
  replicate,
  type Scenario,
} from '../../sim/index.ts';
import type { Slot } from '../../sim/sharing/index.ts';
import { scenarioOf } from '../engine/scenario-for-tests.ts';

type State = 'waiting' | 'placed' | 'stopping' | 'finished' | 'failed' | 'rejected';

interface Held {
  readonly job: Job;
  state: State;
  /** Its own place, and the one that it moves to. */
  parts: readonly Part[];
  next: readonly Part[];
  /** Whether all that it ever held was on GPUs that no mode shares. */
  isUnshared: boolean;
  placedUs: number;
  /** When it began to work after it was placed last; until it is told otherwise, at once. */
  beganUs: number;
  stints: number;
  workedUs: number;
  lostUs: number;
}

const { failure, absence, standby, claim } = CLOSED_FOR;
/** Where nobody may be, not even who was there before. */
const EMPTY_FOR = failure | absence | standby;
/** Work is kept in whole microseconds, give or take what speeds round off. */
const ROUNDING_US = 0.5;

/** As `expect`, which is too slow for what is asked millions of times. */
function holds(isTrue: boolean, words: () => unknown): void {
  if (!isTrue) throw new Error(`The books do not balance: ${JSON.stringify(words())}`);
}

function same(actual: ArrayLike<number>, expected: readonly number[], words: string): void {
  for (let i = 0; i < expected.length; i++) {
    holds(actual[i] === expected[i], () => [words, i, { is: actual[i], booked: expected[i] }]);
  }
}

/** Keeps books of its own of what it is told, and compares all of the fleet with them when an instant is over. */
class Auditor implements ClusterObserver {
  readonly fleet: Fleet;
  readonly jobs = new Map<number, Held>();
  readonly instants = new Set<number>();
  readonly #scenario: Scenario;
  readonly #poolOf: readonly number[];
  /** By pool: where its jobs may go when they have waited. */
  readonly #burstsTo: readonly ReadonlySet<number>[];
  #lastUs = 0;
  /** Units that are down: without its NVLink an open host may be no place for a job. */
  #broken = 0;
  /** How often what befell the run. */
  readonly seen = {
    preempted: 0,
    faults: 0,
    moved: 0,
    relaid: 0,
    hosts: 0,
    gangs: 0,
    sessions: 0,
    failed: 0,
  };

  constructor(fleet: Fleet, scenario: Scenario) {
    this.fleet = fleet;
    this.#scenario = scenario;
    const pools = scenario.policy.pools;
    this.#poolOf = fleet.hostNames.map(
      (name) =>
        1 +
        pools.findIndex(({ hosts }) => hosts.some((each) => name === each || name.startsWith(`${each}-`))),
    );
    const number = (name: string) => 1 + pools.findIndex((pool) => pool.name === name);
    this.#burstsTo = [0, ...pools.map((_, i) => i + 1)].map(
      (pool) =>
        new Set([
          pool,
          ...(scenario.elastic?.bursts ?? [])
            .filter(({ from }) => number(from) === pool)
            .map(({ to }) => number(to)),
        ]),
    );
  }

  arrived: NonNullable<ClusterObserver['arrived']> = (atUs, job) => {
    this.#at(atUs);
    expect(this.jobs.has(job.number)).toBe(false);
    expect(job.arrivalUs).toBe(atUs);
    if (job.shapes.length > 1) this.seen.gangs += 1;
    if (job.kind !== 'batch') this.seen.sessions += 1;
    this.jobs.set(job.number, {
      job,
      state: 'waiting',
      parts: [],
      next: [],
      isUnshared: true,
      placedUs: 0,
      beganUs: 0,
      stints: 0,
      workedUs: 0,
      lostUs: 0,
    });
  };

  placed: NonNullable<ClusterObserver['placed']> = (atUs, job, parts) => {
    const held = this.#in(atUs, job, 'waiting');
    held.state = 'placed';
    held.placedUs = atUs;
    held.beganUs = atUs;
    held.stints += 1;
    this.#takes(held, parts);
    held.parts = parts;
  };

  ready: NonNullable<ClusterObserver['ready']> = (atUs, job) => {
    this.#in(atUs, job, 'placed').beganUs = atUs;
  };

  moved: NonNullable<ClusterObserver['moved']> = (atUs, job, parts) => {
    const held = this.#in(atUs, job, 'placed');
    expect(held.next).toEqual([]);
    this.seen.moved += 1;
    this.#takes(held, parts);
    held.next = parts;
  };

  preempted: NonNullable<ClusterObserver['preempted']> = (atUs, job, parts, reason, lostUs) => {
    const held = this.#in(atUs, job, 'placed');
    holds(isSameParts(parts, held.parts), () => [job.name, parts, held.parts]);
    expect(lostUs).toBeGreaterThanOrEqual(-ROUNDING_US);
    const isFault = reason.startsWith('fault:');
    if (isFault) this.seen.faults += 1;
    else {
      this.seen.preempted += 1;
      expect(job.claim.isPreemptible, reason).toBe(true);
    }
    this.#books(held, atUs);
    held.lostUs += lostUs;
    held.state = 'waiting';
  };

  finished: NonNullable<ClusterObserver['finished']> = (atUs, job, parts, startedUs) => {
    const held = this.#in(atUs, job, 'placed');
    holds(isSameParts(parts, held.parts), () => [job.name, parts, held.parts]);
    expect(startedUs).toBe(held.placedUs);
    const { isUnshared, stints } = held;
    const isOnCards = this.#isOnCards(parts);
    this.#books(held, atUs);
    if (isOnCards) {
      held.parts = parts;
      held.state = 'stopping';
    } else held.state = 'finished';
    if (!isUnshared) return;
    // It worked for just as long as its work takes and what was lost of it, and may have saved and read back its state.
    const mostUs = stints * costUs(job);
    const workUs = held.workedUs - held.lostUs;
    expect(workUs).toBeGreaterThanOrEqual(job.durationUs - 2 * stints);
    expect(workUs).toBeLessThanOrEqual(
      job.durationUs + mostUs + (job.durationUs + held.lostUs + mostUs) * dragOf(job),
    );
  };

  failed: NonNullable<ClusterObserver['failed']> = (atUs, job, parts) => {
    const held = this.#in(atUs, job, 'placed');
    holds(isSameParts(parts, held.parts), () => [job.name, parts, held.parts]);
    this.seen.failed += 1;
    this.#books(held, atUs);
    held.state = 'failed';
  };

  freed: NonNullable<ClusterObserver['freed']> = (atUs, job, parts) => {
    this.#at(atUs);
    const held = this.jobs.get(job.number) as Held;
    holds(isSameParts(parts, held.parts), () => [job.name, parts, held.parts]);
    if (held.state === 'stopping') {
      held.state = 'finished';
      held.parts = [];
    } else {
      expect(held.state).toBe('placed');
      expect(held.next).not.toEqual([]);
      held.parts = held.next;
      held.next = [];
    }
  };

  rejected: NonNullable<ClusterObserver['rejected']> = (atUs, job, reason) => {
    this.#in(atUs, job, 'waiting').state = 'rejected';
    expect(reason).toMatch(/^never-fits:/);
  };

  hostChanged: NonNullable<ClusterObserver['hostChanged']> = (atUs) => {
    this.#at(atUs);
    this.seen.hosts += 1;
  };

  relaid: NonNullable<ClusterObserver['relaid']> = (atUs) => {
    this.#at(atUs);
    this.seen.relaid += 1;
  };

  unitChanged: NonNullable<ClusterObserver['unitChanged']> = (atUs, _kind, _unit, isUp) => {
    this.#at(atUs);
    this.#broken += isUp ? -1 : 1;
  };

  ended: NonNullable<ClusterObserver['ended']> = (atUs) => {
    this.#at(atUs);
    this.audit();
    // Whoever works at a known speed and is not done has not had the time yet.
    for (const { job, state, isUnshared, placedUs } of this.jobs.values()) {
      if (state !== 'placed' || !isUnshared) continue;
      const longestUs = job.durationUs * (1 + dragOf(job)) + costUs(job);
      holds(atUs - placedUs <= longestUs, () => [job.name, 'never ends', atUs, placedUs, longestUs]);
    }
  };

  #at(atUs: number): void {
    holds(atUs >= this.#lastUs, () => ['time goes back to', atUs]);
    this.#lastUs = atUs;
    this.instants.add(atUs);
  }

  #in(atUs: number, job: Job, state: State): Held {
    this.#at(atUs);
    const held = this.jobs.get(job.number);
    holds(held?.state === state, () => [job.name, 'is', held?.state, 'not', state]);
    return held as Held;
  }

  /** It may be there: nobody is taken in where a host or GPU is closed, and pools keep to their hosts. */
  #takes(held: Held, parts: readonly Part[]): void {
    const { fleet } = this;
    const { job } = held;
    holds(
      parts.length === job.shapes.length && parts.every(({ shape }) => job.shapes.includes(shape)),
      () => [job.name, 'has other parts than it asked for'],
    );
    for (const { host, gpus, shape } of parts) {
      holds(new Set(gpus).size === shape.gpuCount, () => [job.name, 'GPUs', gpus]);
      const closedFor = fleet.closedFor[host] as number;
      holds((closedFor & ~claim) === 0, () => [job.name, 'goes to', fleet.hostNames[host], { closedFor }]);
      const isItsOwn = this.#burstsTo[job.claim.pool]?.has(this.#poolOf[host] as number) === true;
      holds(isItsOwn, () => [job.name, 'goes to another pool', fleet.hostNames[host]]);
      for (const g of gpus) {
        const gpu = (fleet.gpuStart[host] as number) + g;
        const gpuClosedFor = fleet.gpuClosedFor[gpu] as number;
        holds((gpuClosedFor & ~GPU_CLOSED_FOR.claim) === 0, () => [
          job.name,
          'goes to',
          gpu,
          { gpuClosedFor },
        ]);
        if (fleet.cards[gpu] !== undefined) held.isUnshared = false;
      }
    }
    holds(new Set(parts.map(({ host }) => this.#poolOf[host])).size === 1, () => [
      job.name,
      'is in two pools',
    ]);
  }

  /** What it did since it was placed is done, and what it held is given back. */
  #books(held: Held, atUs: number): void {
    held.workedUs += atUs - held.beganUs;
    held.parts = [];
    held.next = [];
  }

  #isOnCards(parts: readonly Part[]): boolean {
    return parts.some(({ host, gpus, grant }) => {
      const card = this.fleet.cards[(this.fleet.gpuStart[host] as number) + (gpus[0] ?? 0)];
      return grant[0] !== undefined && card?.slots.includes(grant[0]) === true;
    });
  }

  /** What is left on the fleet is what was bought less what the jobs hold by these books, and rules hold. */
  audit(): void {
    const { fleet } = this;
    const cpu = Array.from(fleet.cpuCapacityMilli);
    const memory = Array.from(fleet.memoryCapacityMib);
    const gpu = Array.from(fleet.gpuFreeMilli, () => 1000);
    const residents = cpu.map(() => 0);
    const slots: Slot[][] = gpu.map(() => []);
    for (const { job, parts, next } of this.jobs.values()) {
      for (const { shape, host, gpus, grant } of [...parts, ...next]) {
        const closedFor = fleet.closedFor[host] as number;
        holds((closedFor & EMPTY_FOR) === 0, () => [job.name, 'is on', fleet.hostNames[host], { closedFor }]);
        cpu[host]! -= shape.cpuMilli;
        memory[host]! -= shape.memoryMib;
        residents[host]! += 1;
        let nth = 0;
        for (const index of gpus) {
          const g = (fleet.gpuStart[host] as number) + index;
          holds(((fleet.gpuClosedFor[g] as number) & GPU_CLOSED_FOR.failure) === 0, () => [
            job.name,
            'on broken',
            g,
          ]);
          if (fleet.cards[g] === undefined) {
            gpu[g]! -= shape.gpuMilli;
            continue;
          }
          for (let i = 0; i < (shape.ask?.count ?? 0); i++) {
            const slot = grant[nth++] as Slot;
            gpu[g]! -= slot.milli;
            slots[g]!.push(slot);
          }
        }
        holds(nth === grant.length, () => [job.name, 'slots', nth, grant.length]);
      }
    }
    same(fleet.cpuFreeMilli, cpu, 'cpuFreeMilli');
    same(fleet.memoryFreeMib, memory, 'memoryFreeMib');
    same(fleet.gpuFreeMilli, gpu, 'gpuFreeMilli');
    same(fleet.residents, residents, 'residents');
    holds(Math.min(...gpu, ...cpu, ...memory) >= 0, () => 'more than all is taken');
    fleet.cards.forEach((card, g) => {
      if (card === undefined) return;
      const booked = slots[g] as Slot[];
      const isSame = card.slots.length === booked.length && booked.every((slot) => card.slots.includes(slot));
      holds(isSame && new Set(booked).size === booked.length, () => ['slots of GPU', g, card.slots, booked]);
    });
    this.#auditLimits();
    this.#auditIdleness();
  }

  /** Nobody holds more than a limit or a quota allows, those who are stopping included. */
  #auditLimits(): void {
    const jobsOf = new Map<string, number>();
    const gpusOf = new Map<string, number>();
    const add = (to: Map<string, number>, key: string, amount: number) =>
      to.set(key, (to.get(key) ?? 0) + amount);
    for (const { job, parts } of this.jobs.values()) {
      if (parts.length === 0) continue;
      const pool = this.#poolOf[(parts[0] as Part).host] as number;
      const gpus = job.shapes.reduce((sum, shape) => sum + shape.totalGpuMilli, 0) / 1000;
      const { tenant, queue } = job.claim;
      if (tenant !== '') {
        add(jobsOf, `${pool} ${tenant}`, 1);
        add(gpusOf, `${pool} ${tenant}`, gpus);
      }
      queue.split('/').forEach((_, i, names) => {
        add(gpusOf, `${pool} /${names.slice(0, i + 1).join('/')}`, gpus);
      });
    }
    const { policy } = this.#scenario;
    [policy, ...policy.pools].forEach(({ queueing, scheduling }, pool) => {
      for (const tenant of ['x', 'y', 'z']) {
        const key = `${pool} ${tenant}`;
        const jobs = jobsOf.get(key) ?? 0;
        const gpus = gpusOf.get(key) ?? 0;
        holds(jobs <= scheduling.maxJobsPerUser, () => ['jobs of user', key, jobs]);
        holds(gpus <= scheduling.maxGpusPerUser + 1e-9, () => ['GPUs of user', key, gpus]);
      }
      if (queueing !== 'quotas') return;
      for (const { path, maxGpus } of scheduling.quotas) {
        const gpus = gpusOf.get(`${pool} /${path}`) ?? 0;
        holds(gpus <= maxGpus + 1e-9, () => ['GPUs of queue', pool, path, gpus]);
      }
    });
  }

  /** On a fleet that is open and empty nobody waits, unless for the next round. */
  #auditIdleness(): void {
    const { fleet } = this;
    const { policy, elastic, changes } = this.#scenario;
    if ([policy, ...policy.pools].some(({ scheduling }) => scheduling.roundUs !== null)) return;
    if ((elastic?.bursts.length ?? 0) > 0 || changes.length > 0 || this.#scenario.repartition.length > 0)
      return;
    if (this.#broken > 0) return;
    if (fleet.closedFor.some((why) => why !== 0) || fleet.gpuClosedFor.some((why) => why !== 0)) return;
    const all = [...this.jobs.values()];
    if (all.some(({ parts }) => parts.length > 0)) return;
    const idle = all.filter(({ state }) => state === 'waiting').map(({ job }) => job.name);
    holds(idle.length === 0, () => ['an empty fleet and', idle]);
  }
}

/** Part by which a job is slower for the checkpoints that it takes by itself. */
function dragOf({ claim: { checkpoint }, kind }: Job): number {
  return checkpoint === null || kind !== 'batch' ? 0 : checkpoint.saveUs / checkpoint.intervalUs;
}

/** Most that one placement costs besides: reading its state, saving it, and roundings. */
function costUs({ claim: { checkpoint } }: Job): number {
  return (checkpoint?.saveUs ?? 0) + (checkpoint?.restoreUs ?? 0) + 2;
}

function isSameParts(a: readonly Part[], b: readonly Part[]): boolean {
  return a.length === b.length && a.every((part, i) => part === b[i]);
}

function reading(run: Replication, name: string): number {
  return run.readings.find(([known]) => known === name)?.[1].value ?? 0;
}

/** Runs a document three times: as it is, to learn when anything happens, and with the books compared at each of these times. */
export function audited(document: unknown): Auditor['seen'] {
  const scenario = scenarioOf(document);
  const plain = replicate(scenario, {}, scenario.seed);
  let scout: Auditor | undefined;
  const scouted = replicate(scenario, {}, scenario.seed, {
    observers: (fleet) => {
      scout = new Auditor(fleet, scenario);
      return [scout];
    },
  });
  expect(scouted).toEqual(plain);

  // Nothing is shared with the runs before.
  const again = scenarioOf(JSON.parse(JSON.stringify(document)));
  let auditor: Auditor | undefined;
  const interventions = [...(scout as Auditor).instants].map(
    (atUs): Intervention => ({
      atUs,
      act: () => {
        auditor?.audit();
        return undefined;
      },
    }),
  );
  const run = replicate(again, {}, again.seed, {
    observers: (fleet) => {
      auditor = new Auditor(fleet, again);
      return [auditor];
    },
    interventions,
  });
  expect(run).toEqual(plain);
  const { jobs, seen } = auditor as unknown as Auditor;
  const inState = (...states: State[]) =>
    [...jobs.values()].filter(({ state }) => states.includes(state)).length;
  expect(reading(run, 'jobs.arrived')).toBe(jobs.size);
  expect(reading(run, 'jobs.rejected')).toBe(inState('rejected'));
  expect(reading(run, 'jobs.completed')).toBe(inState('finished', 'stopping'));
  expect(reading(run, 'jobs.failed')).toBe(inState('failed'));
  expect(reading(run, 'jobs.running')).toBe(inState('placed'));
  expect(reading(run, 'jobs.waiting')).toBe(inState('waiting'));
  expect(reading(run, 'jobs.preemptions')).toBe(seen.preempted);
  for (const [name, { value, unit }] of run.readings) {
    if (value === null) continue;
    expect(Number.isFinite(value), name).toBe(true);
    if (unit !== 'fraction') continue;
    expect(value, name).toBeGreaterThanOrEqual(-1e-9);
    expect(value, name).toBeLessThanOrEqual(1 + 1e-9);
  }
  return seen;
}
