import { expect } from 'vitest';
import type { Job } from '../../../sim/cluster/changes.ts';
import { Capacity } from '../../../sim/experiment/bound/capacity.ts';
import { fluidGrowth } from '../../../sim/experiment/bound/fluid.ts';
import { hostCounts, hostKinds } from '../../../sim/experiment/bound/host-kind.ts';
import { type Offered, offeredBy } from '../../../sim/experiment/bound/offered.ts';
import { mayRunOutOfMemory } from '../../../sim/experiment/bound/out-of-memory.ts';
import { lateInAll, startInTime, startsAreFinal } from '../../../sim/experiment/bound/peak.ts';
import { samplePath } from '../../../sim/experiment/bound/sample-path.ts';
import { type IntegerSolver, replicate, type Scenario } from '../../../sim/index.ts';

/** What a run did, by kind of job. */
export class Deeds {
  endUs = 0;
  readonly workSec = new Map<string, number>();
  readonly heldSec = new Map<string, number>();
  readonly requests: number[] = [];
  readonly placed = new Set<string>();
  readonly rejected = new Set<string>();
  /** Of jobs that came after the warm-up and wait at the end: how long they have. */
  readonly lastWaitUs: number[] = [];
  readonly #since = new Map<number, [string, number]>();
  readonly #waiting = new Map<number, number>();

  readonly #warmupUs: number;

  constructor(warmupUs: number) {
    this.#warmupUs = warmupUs;
  }

  arrived(atUs: number, job: Job): void {
    if (atUs >= this.#warmupUs) this.#waiting.set(job.number, atUs);
  }
  started(atUs: number, job: Job): void {
    this.placed.add(job.claim.label);
    this.#waiting.delete(job.number);
    this.#since.set(job.number, [job.claim.label, atUs]);
  }
  left(atUs: number, job: Job): void {
    const [label, sinceUs] = this.#since.get(job.number) ?? [job.claim.label, atUs];
    this.#since.delete(job.number);
    this.heldSec.set(label, (this.heldSec.get(label) ?? 0) + (atUs - sinceUs) / 1e6);
  }
  finished(atUs: number, job: Job): void {
    const { label } = job.claim;
    if (job.kind === 'batch') this.workSec.set(label, (this.workSec.get(label) ?? 0) + job.durationUs / 1e6);
    this.left(atUs, job);
  }
  turnedAway(job: Job): void {
    this.#waiting.delete(job.number);
    this.rejected.add(job.claim.label);
  }
  ended(atUs: number): void {
    this.endUs = atUs;
    for (const [label, sinceUs] of this.#since.values()) {
      this.heldSec.set(label, (this.heldSec.get(label) ?? 0) + (atUs - sinceUs) / 1e6);
    }
    for (const sinceUs of this.#waiting.values()) this.lastWaitUs.push(atUs - sinceUs);
  }
}

/** Runs a scenario once with its own seed. */
export function run(scenario: Scenario, solver: IntegerSolver) {
  const { experiment } = scenario;
  const deeds = new Deeds(experiment.kind === 'timed' ? experiment.warmupUs : 0);
  const { readings } = replicate(scenario, {}, scenario.seed, {
    detail: false,
    solver,
    observers: () => [
      {
        arrived: (atUs, job) => deeds.arrived(atUs, job),
        placed: (atUs, job) => deeds.started(atUs, job),
        finished: (atUs, job) => deeds.finished(atUs, job),
        failed: (atUs, job) => deeds.left(atUs, job),
        preempted: (atUs, job) => deeds.left(atUs, job),
        rejected: (_atUs, job) => deeds.turnedAway(job),
        answered: (_atUs, service) => {
          deeds.requests[service] = (deeds.requests[service] ?? 0) + 1;
        },
        ended: (atUs) => deeds.ended(atUs),
      },
    ],
  });
  return { deeds, readings: new Map(readings) };
}

/** What was done in a run, as if it had been offered. */
function asOffered(scenario: Scenario, deeds: Deeds): readonly Offered[] {
  const seconds = deeds.endUs / 1e6;
  const { services } = scenario.workload;
  return offeredBy(scenario, 1).map((offered) => {
    const { name, label } = offered.kind;
    const held = label.startsWith('class') ? 0 : (deeds.heldSec.get(name) ?? 0) / seconds;
    const s = services.findIndex((each) => label === `service "${each.name}"`);
    const service = services[s];
    // Requests that are answered have been in a batch that took no less than the cheapest one; random lengths are left out.
    const least =
      service === undefined || service.variability !== null
        ? 0
        : Math.min(
            ...Array.from(
              { length: service.maxBatch },
              (_, i) => service.batchSec[Math.min(i, service.batchSec.length - 1)]! / (i + 1),
            ),
          );
    const work =
      service === undefined
        ? (deeds.workSec.get(name) ?? 0) / seconds
        : ((deeds.requests[s] ?? 0) * least) / seconds;
    return { ...offered, held, work };
  });
}

/** By how much all that was done in a run could grow by the bound; undefined where nothing was done. */
export function growthOf(scenario: Scenario, deeds: Deeds, solver: IntegerSolver): number | undefined {
  if (deeds.endUs === 0) return undefined;
  const offered = asOffered(scenario, deeds);
  const capacity = new Capacity(
    hostKinds(scenario, {}),
    offered.map(({ kind }) => kind),
  );
  return fluidGrowth(capacity, hostCounts(scenario, {}), offered, solver)?.growth;
}

const QUANTILES = [
  [0.5, 'p50'],
  [0.95, 'p95'],
  [0.99, 'p99'],
  [1, 'max'],
] as const;

/** Limits that the bound says no run can keep, each of which the run of the scenario must not keep. */
export function ruledOutLimits(scenario: Scenario, solver: IntegerSolver): number {
  let ruledOut = 0;
  if (!startsAreFinal(scenario)) return 0;
  const path = samplePath(scenario, {}, scenario.seed);
  if (path === undefined) return 0;
  const capacity = new Capacity(hostKinds(scenario, {}), path.kinds);
  const counts = hostCounts(scenario, {});
  if (mayRunOutOfMemory(capacity, counts)) return 0;
  let done: ReturnType<typeof run> | undefined;
  for (const [quantile, name] of QUANTILES) {
    for (const limitSec of [0, 60, 600]) {
      const limit = { quantile, limitSec };
      const late = lateInAll([() => startInTime(scenario, capacity, counts, path, limit, solver)], limit);
      if (late === undefined) continue;
      ruledOut += 1;
      expect(late.factor).toBeGreaterThan(1);
      done ??= run(scenario, solver);
      const waited = done.readings.get(`wait.${name}`)?.value ?? null;
      const isLate = done.deeds.lastWaitUs.some((us) => us > limitSec * 1e6);
      expect(isLate || waited === null || waited > limitSec).toBe(true);
    }
  }
  return ruledOut;
}
