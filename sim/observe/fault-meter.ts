import { Tally } from '../kernel/stats/tally.ts';
import { TimeWeighted } from '../kernel/stats/time-weighted.ts';
import type { Micros } from '../kernel/time.ts';
import type { Readings } from './metric.ts';

const US_PER_SECOND = 1e6;

interface OfKind {
  readonly units: number;
  failures: number;
  readonly down: TimeWeighted;
  readonly waits: Tally;
  readonly downSec: Tally;
}

/**
 * Failures by kind and what they cost. Counts and times to repair are of the whole run; availability and the time between
 * failures leave the warm-up out.
 */
export class FaultMeter {
  readonly #warmupUs: Micros;
  readonly #gpus: number;
  readonly #kinds = new Map<string, OfKind>();
  readonly #up: TimeWeighted;
  readonly #byCause = new Map<string, number>();
  #failuresBefore = new Map<string, number>();
  #isWarm = false;
  #restarts = 0;
  #failed = 0;
  #moved = 0;
  #saved = 0;
  #lostGpuUs = 0;
  #joined = 0;

  /**
   * @param gpus GPUs that are meant to be in service: all without those of hosts that stand by
   * @param unitsByKind how many there are of each kind, in the order of the report
   */
  constructor(warmupUs: Micros, gpus: number, unitsByKind: ReadonlyMap<string, number>) {
    this.#warmupUs = warmupUs;
    this.#gpus = gpus;
    this.#up = new TimeWeighted(0 as Micros, gpus);
    for (const [kind, units] of unitsByKind) {
      this.#kinds.set(kind, {
        units,
        failures: 0,
        down: new TimeWeighted(0 as Micros),
        waits: new Tally(),
        downSec: new Tally(),
      });
    }
  }

  capacity(atUs: Micros, gpusUp: number): void {
    this.#warmUp(atUs);
    this.#up.set(atUs, gpusUp);
  }

  unitFailed(atUs: Micros, kind: string): void {
    this.#warmUp(atUs);
    const of = this.#of(kind);
    of.failures += 1;
    of.down.add(atUs, 1);
  }

  repairBegan(kind: string, waitedUs: number): void {
    this.#of(kind).waits.add(waitedUs / US_PER_SECOND);
  }

  unitWorks(atUs: Micros, kind: string, downUs: number): void {
    this.#warmUp(atUs);
    const of = this.#of(kind);
    of.down.add(atUs, -1);
    of.downSec.add(downUs / US_PER_SECOND);
  }

  jobMet(cause: string, fate: 'restarted' | 'failed' | 'moved' | 'saved', lostGpuUs: number): void {
    this.#lostGpuUs += lostGpuUs;
    if (fate === 'moved') this.#moved += 1;
    else if (fate === 'saved') this.#saved += 1;
    else {
      this.#byCause.set(cause, (this.#byCause.get(cause) ?? 0) + 1);
      if (fate === 'restarted') this.#restarts += 1;
      else this.#failed += 1;
    }
  }

  spareJoined(): void {
    this.#joined += 1;
  }

  /** Everything as `faults...`; `faults.KIND.mtbf` is the time that units of the kind work for each failure. */
  read(into: Readings, endUs: Micros): void {
    this.#warmUp(endUs);
    const observed = this.#isWarm && endUs > this.#warmupUs;
    into.set('faults.availability', {
      value: observed && this.#gpus > 0 ? this.#up.mean(endUs) / this.#gpus : null,
      unit: 'fraction',
    });
    into.set('faults.leastGpus', {
      value: observed ? (this.#up.summary(endUs).min ?? null) : null,
      unit: 'GPU',
    });
    for (const [kind, { units, failures, down, waits, downSec }] of this.#kinds) {
      const name = `faults.${kind}`;
      const seconds = (suffix: string, value: number | null) =>
        into.set(`${name}.${suffix}`, { value, unit: 'seconds' });
      into.set(`${name}.failures`, { value: failures, unit: 'events' });
      const lasted = (endUs - this.#warmupUs) / US_PER_SECOND;
      const upSec = observed ? (units - down.mean(endUs)) * lasted : 0;
      const counted = failures - (this.#failuresBefore.get(kind) ?? 0);
      seconds('mtbf', observed && counted > 0 ? upSec / counted : null);
      seconds('mttr', downSec.count === 0 ? null : downSec.mean);
      seconds('repairWait.mean', waits.count === 0 ? null : waits.mean);
      seconds('repairWait.max', waits.count === 0 ? null : waits.max);
      into.set(`${name}.availability`, {
        value: observed && units > 0 ? 1 - down.mean(endUs) / units : null,
        unit: 'fraction',
      });
    }
    const jobs = (name: string, value: number) => into.set(`faults.${name}`, { value, unit: 'jobs' });
    jobs('restarts', this.#restarts);
    jobs('failed', this.#failed);
    jobs('moved', this.#moved);
    jobs('saved', this.#saved);
    for (const [cause, count] of [...this.#byCause].sort()) jobs(`ended.${cause}`, count);
    into.set('faults.lostWork', { value: this.#lostGpuUs / US_PER_SECOND, unit: 'GPU-seconds' });
    into.set('faults.sparesJoined', { value: this.#joined, unit: 'hosts' });
  }

  #of(kind: string): OfKind {
    const of = this.#kinds.get(kind);
    if (of === undefined) throw new RangeError(`Cannot count a failure of kind "${kind}": no unit is of it`);
    return of;
  }

  #warmUp(atUs: Micros): void {
    if (this.#isWarm || atUs < this.#warmupUs) return;
    this.#isWarm = true;
    this.#up.reset(this.#warmupUs);
    for (const [kind, { down, failures }] of this.#kinds) {
      down.reset(this.#warmupUs);
      this.#failuresBefore.set(kind, failures);
    }
  }
}
