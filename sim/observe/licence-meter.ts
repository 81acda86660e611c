import { TimeWeighted } from '../kernel/stats/time-weighted.ts';
import type { Micros } from '../kernel/time.ts';
import type { Readings } from './metric.ts';

const US_PER_HOUR = 3600e6;

/** Licences that are followed: what they are, and why somebody may lack one. */
export interface MeteredLicences {
  readonly name: string;
  readonly edition: string;
  readonly metric: string;
  readonly entitled: number;
  /** In the order of reports; none where nobody asks for them. */
  readonly causes: readonly string[];
  /** Needed all the time, where nobody asks for them. */
  readonly counted?: number;
}

/** What one run found of one set of licences, after the warm-up. Plain data. */
export interface LicenceTally {
  readonly name: string;
  readonly edition: string;
  readonly metric: string;
  readonly entitled: number;
  /** Most that were needed for a positive time, and since when that was for the first time; null: nothing was measured. */
  readonly peak: number | null;
  readonly peakAtSec: number | null;
  /** By cause: licence-hours in which somebody ran without. */
  readonly lackingHours: Readonly<Record<string, number>>;
  /** Licence-hours that were needed beyond those entitled to. */
  readonly overHours: number;
}

/** The largest value that was held for a positive time, and since when. */
class Peak {
  #value: number;
  #sinceUs = 0;
  #max: number | null = null;
  #atUs: number | null = null;

  constructor(value: number) {
    this.#value = value;
  }

  set(atUs: number, value: number): void {
    if (value === this.#value) return;
    this.#settle(atUs);
    this.#value = value;
    this.#sinceUs = atUs;
  }

  reset(atUs: number): void {
    this.#sinceUs = atUs;
    this.#max = null;
    this.#atUs = null;
  }

  read(endUs: number): { readonly max: number | null; readonly atUs: number | null } {
    this.#settle(endUs);
    return { max: this.#max, atUs: this.#atUs };
  }

  #settle(atUs: number): void {
    if (atUs <= this.#sinceUs || this.#value <= (this.#max ?? -1)) return;
    this.#max = this.#value;
    this.#atUs = this.#sinceUs;
  }
}

interface Followed {
  readonly of: MeteredLicences;
  readonly inUse: TimeWeighted;
  readonly needed: TimeWeighted;
  readonly over: TimeWeighted;
  readonly peak: Peak;
  /** By cause. */
  readonly lacking: ReadonlyMap<string, TimeWeighted>;
  /** Without those that wait for nothing. */
  readonly waiting: TimeWeighted;
  asked: number;
  denied: number;
  expired: number;
}

/** Levels over time leave the warm-up out, counts of events are of the whole run. */
export class LicenceMeter {
  readonly #warmupUs: Micros;
  readonly #all: readonly Followed[];
  #isWarm = false;

  constructor(warmupUs: Micros, licences: readonly MeteredLicences[]) {
    this.#warmupUs = warmupUs;
    const level = (value = 0) => new TimeWeighted(0 as Micros, value);
    this.#all = licences.map((of) => {
      const counted = of.counted ?? 0;
      return {
        of,
        inUse: level(),
        needed: level(counted),
        over: level(Math.max(0, counted - of.entitled)),
        peak: new Peak(counted),
        lacking: new Map(of.causes.map((cause) => [cause, level()])),
        waiting: level(),
        asked: 0,
        denied: 0,
        expired: 0,
      };
    });
  }

  /** How many are out, are needed and are lacked (by cause; who lacks one for `region` waits for nothing) from now on. */
  levels(
    atUs: Micros,
    number: number,
    levels: {
      readonly inUse: number;
      readonly needed: number;
      readonly lacking: Readonly<Record<string, number>>;
    },
  ): void {
    this.#warmUp(atUs);
    const { of, inUse, needed, over, peak, lacking, waiting } = this.#all[number] as Followed;
    inUse.set(atUs, levels.inUse);
    needed.set(atUs, levels.needed);
    over.set(atUs, Math.max(0, levels.needed - of.entitled));
    peak.set(atUs, levels.needed);
    let queued = 0;
    for (const [cause, level] of lacking) {
      const count = levels.lacking[cause] ?? 0;
      level.set(atUs, count);
      if (cause !== 'region') queued += count;
    }
    waiting.set(atUs, queued);
  }

  asked(number: number, isGranted: boolean): void {
    const followed = this.#all[number] as Followed;
    followed.asked += 1;
    if (!isGranted) followed.denied += 1;
  }

  expired(number: number): void {
    (this.#all[number] as Followed).expired += 1;
  }

  /** Everything as `licences.NAME...`. */
  read(into: Readings, endUs: Micros): void {
    this.#warmUp(endUs);
    const isObserved = this.#isWarm && endUs > this.#warmupUs;
    for (const { of, inUse, needed, over, lacking, waiting, asked, denied, expired } of this.#all) {
      const name = `licences.${of.name}`;
      const levelsOf = (suffix: string, level: TimeWeighted) => {
        const mean = isObserved ? level.mean(endUs) : null;
        const peak = isObserved ? (level.summary(endUs).max ?? null) : null;
        into.set(`${name}.${suffix}.mean`, { value: mean, unit: 'licences' });
        into.set(`${name}.${suffix}.peak`, { value: peak, unit: 'licences' });
      };
      const hours = (suffix: string, level: TimeWeighted) =>
        into.set(`${name}.${suffix}`, {
          value: isObserved ? level.integral(endUs) / US_PER_HOUR : null,
          unit: 'licence-hours',
        });
      into.set(`${name}.entitled`, { value: of.entitled, unit: 'licences' });
      levelsOf('needed', needed);
      hours('overUse', over);
      if (of.counted !== undefined) continue;
      levelsOf('inUse', inUse);
      levelsOf('waiting', waiting);
      for (const [cause, level] of lacking) hours(`unlicensed.${cause}`, level);
      into.set(`${name}.asked`, { value: asked, unit: 'events' });
      into.set(`${name}.denied`, { value: denied, unit: 'events' });
      into.set(`${name}.expired`, { value: expired, unit: 'events' });
    }
  }

  tallies(endUs: Micros): readonly LicenceTally[] {
    this.#warmUp(endUs);
    const isObserved = this.#isWarm && endUs > this.#warmupUs;
    return this.#all.map(({ of, peak, lacking, over }) => {
      const { name, edition, metric, entitled } = of;
      const { max, atUs } = peak.read(endUs);
      return {
        name,
        edition,
        metric,
        entitled,
        peak: isObserved ? max : null,
        peakAtSec: isObserved && atUs !== null ? atUs / 1e6 : null,
        lackingHours: Object.fromEntries(
          [...lacking].map(([cause, level]) => [cause, isObserved ? level.integral(endUs) / US_PER_HOUR : 0]),
        ),
        overHours: isObserved ? over.integral(endUs) / US_PER_HOUR : 0,
      };
    });
  }

  #warmUp(atUs: Micros): void {
    if (this.#isWarm || atUs < this.#warmupUs) return;
    this.#isWarm = true;
    for (const { inUse, needed, over, peak, lacking, waiting } of this.#all) {
      for (const level of [inUse, needed, over, waiting, ...lacking.values()]) level.reset(this.#warmupUs);
      peak.reset(this.#warmupUs);
    }
  }
}
