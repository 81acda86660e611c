import { QuantileSketch } from '../kernel/stats/quantile-sketch.ts';
import { Tally } from '../kernel/stats/tally.ts';
import { TimeWeighted } from '../kernel/stats/time-weighted.ts';
import type { Micros } from '../kernel/time.ts';
import type { Readings } from './metric.ts';

const US_PER_SECOND = 1e6;
const US_PER_HOUR = 3600e6;

interface OfGroup {
  readonly name: string;
  readonly hosts: TimeWeighted;
  /** Host-microseconds up to `sinceUs`. */
  hostUs: number;
  sinceUs: number;
  asked: number;
  released: number;
  interruptions: number;
  readonly boots: Tally;
  starts: number;
  readonly waits: Tally;
  readonly waitSketch: QuantileSketch;
  saved: number;
  lost: number;
  lostGpuUs: number;
  cappedUs: number | undefined;
  /** Null: the group has no price. */
  computeUsd: number | null;
  egressUsd: number;
}

interface OfBurst {
  readonly name: string;
  sent: number;
  returned: number;
  readonly waits: Tally;
}

/** Hosts that come and go: how long they were there, what became of the jobs, and what it cost. All of the whole run. */
export class ElasticMeter {
  readonly #groups: readonly OfGroup[];
  readonly #bursts: readonly OfBurst[];

  /** @param bursts pool from which and pool to which, as one name */
  constructor(groups: readonly string[], bursts: readonly string[]) {
    this.#groups = groups.map((name) => ({
      name,
      hosts: new TimeWeighted(0 as Micros),
      hostUs: 0,
      sinceUs: 0,
      asked: 0,
      released: 0,
      interruptions: 0,
      boots: new Tally(),
      starts: 0,
      waits: new Tally(),
      waitSketch: new QuantileSketch(),
      saved: 0,
      lost: 0,
      lostGpuUs: 0,
      cappedUs: undefined,
      computeUsd: null,
      egressUsd: 0,
    }));
    this.#bursts = bursts.map((name) => ({ name, sent: 0, returned: 0, waits: new Tally() }));
  }

  hosts(atUs: number, group: number, count: number): void {
    const of = this.#of(group);
    this.#settle(of, atUs);
    of.hosts.set(atUs as Micros, count);
  }

  asked(group: number, hosts: number): void {
    this.#of(group).asked += hosts;
  }

  booted(group: number, us: number): void {
    this.#of(group).boots.add(us / US_PER_SECOND);
  }

  released(group: number, hosts: number): void {
    this.#of(group).released += hosts;
  }

  interrupted(group: number): void {
    this.#of(group).interruptions += 1;
  }

  struck(group: number, fate: 'saved' | 'lost', lostGpuUs: number): void {
    const of = this.#of(group);
    if (fate === 'saved') of.saved += 1;
    else of.lost += 1;
    of.lostGpuUs += lostGpuUs;
  }

  ran(group: number, waitedUs: number, isFirstStart: boolean): void {
    const of = this.#of(group);
    of.starts += 1;
    if (!isFirstStart) return;
    of.waits.add(waitedUs / US_PER_SECOND);
    of.waitSketch.add(waitedUs / US_PER_SECOND);
  }

  burst(rule: number, waitedUs: number): void {
    const of = this.#bursts[rule] as OfBurst;
    of.sent += 1;
    of.waits.add(waitedUs / US_PER_SECOND);
  }

  returned(rule: number): void {
    (this.#bursts[rule] as OfBurst).returned += 1;
  }

  capped(atUs: number, group: number): void {
    this.#of(group).cappedUs = atUs;
  }

  cost(group: number, computeUsd: number, egressUsd: number): void {
    const of = this.#of(group);
    of.computeUsd = computeUsd;
    of.egressUsd = egressUsd;
  }

  /** Everything as `elastic.GROUP...` and `elastic.burst.FROM-TO...`; what it cost in all as `elastic.cost`. */
  read(into: Readings, endUs: Micros): void {
    let total: number | undefined;
    for (const of of this.#groups) {
      this.#settle(of, endUs);
      const name = `elastic.${of.name}`;
      const set = (suffix: string, value: number | null, unit: Parameters<Readings['set']>[1]['unit']) =>
        into.set(`${name}.${suffix}`, { value, unit });
      set('hostHours', of.hostUs / US_PER_HOUR, 'host-hours');
      set('hosts.mean', endUs > 0 ? of.hostUs / endUs : null, 'hosts');
      set('hosts.peak', of.hosts.summary(endUs).max ?? null, 'hosts');
      set('hosts.end', of.hosts.value, 'hosts');
      set('asked', of.asked, 'hosts');
      set('released', of.released, 'hosts');
      set('boot.mean', of.boots.count === 0 ? null : of.boots.mean, 'seconds');
      set('boot.max', of.boots.count === 0 ? null : of.boots.max, 'seconds');
      set('starts', of.starts, 'jobs');
      const isEmpty = of.waits.count === 0;
      set('wait.mean', isEmpty ? null : of.waits.mean, 'seconds');
      set('wait.p50', isEmpty ? null : of.waitSketch.quantile(0.5), 'seconds');
      set('wait.p95', isEmpty ? null : of.waitSketch.quantile(0.95), 'seconds');
      set('wait.max', isEmpty ? null : of.waits.max, 'seconds');
      set('interruptions', of.interruptions, 'hosts');
      set('interrupted.saved', of.saved, 'jobs');
      set('interrupted.lost', of.lost, 'jobs');
      set('interrupted.lostWork', of.lostGpuUs / US_PER_SECOND, 'GPU-seconds');
      if (of.cappedUs !== undefined) set('cappedAt', of.cappedUs / US_PER_SECOND, 'seconds');
      if (of.computeUsd === null) continue;
      set('cost.compute', of.computeUsd, 'USD');
      set('cost.egress', of.egressUsd, 'USD');
      total = (total ?? 0) + of.computeUsd + of.egressUsd;
    }
    for (const { name, sent, returned, waits } of this.#bursts) {
      into.set(`elastic.burst.${name}.sent`, { value: sent, unit: 'jobs' });
      into.set(`elastic.burst.${name}.returned`, { value: returned, unit: 'jobs' });
      into.set(`elastic.burst.${name}.after`, {
        value: waits.count === 0 ? null : waits.mean,
        unit: 'seconds',
      });
    }
    if (total !== undefined) into.set('elastic.cost', { value: total, unit: 'USD' });
  }

  #of(group: number): OfGroup {
    return this.#groups[group] as OfGroup;
  }

  /** Whole microseconds times whole hosts add up without rounding. */
  #settle(of: OfGroup, atUs: number): void {
    of.hostUs += of.hosts.value * (atUs - of.sinceUs);
    of.sinceUs = atUs;
  }
}
