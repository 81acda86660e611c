import type { Claim } from '../cluster/claim.ts';
import { TimeWeighted } from '../kernel/stats/time-weighted.ts';
import type { Micros } from '../kernel/time.ts';
import type { Readings } from './metric.ts';
import { LevelRecorder } from './series/level-recorder.ts';
import type { RunSeries } from './series/time-series.ts';

const US_PER_HOUR = 3600e6;

/** Licences that are followed: what they are, and why somebody may lack one. */
export interface MeteredLicences {
  readonly name: string;
  readonly edition: string;
  readonly metric: string;
  readonly entitled: number;
  /** How many there are over time: the first at 0. */
  readonly steps: readonly { readonly atUs: number; readonly entitled: number }[];
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
  /** When more were needed than there were: the longest such times, in their order. */
  readonly overTimes: readonly OverUse[];
}

/** A time in which more licences were needed than there were. */
interface OverUse {
  readonly fromSec: number;
  readonly untilSec: number;
  /** Most that were needed beyond those there were. */
  readonly most: number;
}

/** Licences whose course is kept: the first so many. */
const MOST_COURSES = 16;

/** Times of over-use that are told one by one. */
const MOST_TIMES = 20;

/** The longest times in which a level was above 0. Bounded memory. */
class OverUses {
  #sinceUs = -1;
  #value = 0;
  #most = 0;
  #longest: OverUse[] = [];

  set(atUs: number, value: number): void {
    if (value > 0 && this.#value === 0) {
      this.#sinceUs = atUs;
      this.#most = 0;
    }
    if (value === 0 && this.#value > 0) this.#close(atUs);
    this.#value = value;
    this.#most = Math.max(this.#most, value);
  }

  reset(atUs: number): void {
    this.#longest = [];
    this.#sinceUs = atUs;
    this.#most = this.#value;
  }

  /** To be called once, at the end. */
  read(endUs: number): readonly OverUse[] {
    if (this.#value > 0) this.#close(endUs);
    return this.#longest.toSorted((a, b) => a.fromSec - b.fromSec);
  }

  #close(atUs: number): void {
    if (atUs <= this.#sinceUs) return;
    this.#longest.push({ fromSec: this.#sinceUs / 1e6, untilSec: atUs / 1e6, most: this.#most });
    if (this.#longest.length <= MOST_TIMES) return;
    const lengthOf = ({ fromSec, untilSec }: OverUse) => untilSec - fromSec;
    // Of equal ones the earlier stays.
    let shortest = 0;
    this.#longest.forEach((each, i) => {
      if (lengthOf(each) <= lengthOf(this.#longest[shortest] as OverUse)) shortest = i;
    });
    this.#longest.splice(shortest, 1);
  }
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
  readonly entitled: TimeWeighted;
  readonly overTimes: OverUses;
  /** Index of the next step of what there is. */
  nextStep: number;
  entitledNow: number;
  neededNow: number;
  readonly over: TimeWeighted;
  readonly peak: Peak;
  /** By cause. */
  readonly lacking: ReadonlyMap<string, TimeWeighted>;
  /** Without those that wait for nothing. */
  readonly waiting: TimeWeighted;
  /** By claim: those that are out for it. Of users alone: a GPU may have tenants of several. */
  readonly heldBy: Map<Claim, TimeWeighted>;
  /** Absent where there are too many. */
  readonly courses: Readonly<Record<'entitled' | 'needed' | 'inUse', LevelRecorder>> | undefined;
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
    this.#all = licences.map((of, number) => {
      const counted = of.counted ?? 0;
      const entitled = of.steps[0]?.entitled ?? of.entitled;
      const overTimes = new OverUses();
      overTimes.set(0, Math.max(0, counted - entitled));
      return {
        of,
        inUse: level(),
        needed: level(counted),
        over: level(Math.max(0, counted - entitled)),
        entitled: level(entitled),
        overTimes,
        nextStep: 1,
        entitledNow: entitled,
        neededNow: counted,
        peak: new Peak(counted),
        lacking: new Map(of.causes.map((cause) => [cause, level()])),
        waiting: level(),
        heldBy: new Map(),
        courses:
          number < MOST_COURSES
            ? {
                entitled: new LevelRecorder(entitled),
                needed: new LevelRecorder(counted),
                inUse: new LevelRecorder(0),
              }
            : undefined,
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
    const followed = this.#all[number] as Followed;
    const { inUse, needed, peak, lacking, waiting } = followed;
    this.#step(followed, atUs);
    followed.neededNow = levels.needed;
    inUse.set(atUs, levels.inUse);
    needed.set(atUs, levels.needed);
    followed.courses?.inUse.set(atUs, levels.inUse);
    followed.courses?.needed.set(atUs, levels.needed);
    this.#over(followed, atUs);
    peak.set(atUs, levels.needed);
    let queued = 0;
    for (const [cause, level] of lacking) {
      const count = levels.lacking[cause] ?? 0;
      level.set(atUs, count);
      if (cause !== 'region') queued += count;
    }
    waiting.set(atUs, queued);
  }

  /** One more or one less is out for a claim. */
  held(atUs: Micros, number: number, claim: Claim, by: 1 | -1): void {
    this.#warmUp(atUs);
    const { heldBy } = this.#all[number] as Followed;
    let level = heldBy.get(claim);
    if (level === undefined) {
      level = new TimeWeighted((this.#isWarm ? this.#warmupUs : 0) as Micros);
      heldBy.set(claim, level);
    }
    level.add(atUs, by);
  }

  /** Licences out by claim, mean over time, as far as anybody's; once the run has ended. */
  heldByClaim(
    endUs: Micros,
  ): readonly { readonly name: string; readonly claim: Claim; readonly mean: number }[] {
    this.#warmUp(endUs);
    if (!this.#isWarm || endUs <= this.#warmupUs) return [];
    return this.#all.flatMap(({ of, heldBy }) =>
      [...heldBy].map(([claim, level]) => ({ name: of.name, claim, mean: level.mean(endUs) })),
    );
  }

  asked(number: number, isGranted: boolean): void {
    const followed = this.#all[number] as Followed;
    followed.asked += 1;
    if (!isGranted) followed.denied += 1;
  }

  expired(number: number): void {
    (this.#all[number] as Followed).expired += 1;
  }

  /** Brings what there is up to a time. */
  #step(followed: Followed, atUs: number): void {
    const { of, entitled } = followed;
    for (;;) {
      const step = of.steps[followed.nextStep];
      if (step === undefined || step.atUs > atUs) return;
      followed.nextStep += 1;
      followed.entitledNow = step.entitled;
      entitled.set(step.atUs as Micros, step.entitled);
      followed.courses?.entitled.set(step.atUs, step.entitled);
      this.#over(followed, step.atUs as Micros);
    }
  }

  #over({ over, overTimes, neededNow, entitledNow }: Followed, atUs: Micros): void {
    const value = Math.max(0, neededNow - entitledNow);
    over.set(atUs, value);
    overTimes.set(atUs, value);
  }

  /** Everything as `licences.NAME...`. */
  read(into: Readings, endUs: Micros): void {
    this.#warmUp(endUs);
    const isObserved = this.#isWarm && endUs > this.#warmupUs;
    for (const followed of this.#all) {
      this.#step(followed, endUs);
      const { of, inUse, needed, over, entitled, lacking, waiting, asked, denied, expired } = followed;
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
      const present = of.steps.length <= 1 ? of.entitled : isObserved ? entitled.mean(endUs) : null;
      into.set(`${name}.entitled`, { value: present, unit: 'licences' });
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

  /** What there is, is needed and is out over time, as `licences.NAME...`; once the run has ended. */
  series(endUs: number): RunSeries {
    this.#warmUp(endUs as Micros);
    return this.#all.flatMap((followed) => {
      this.#step(followed, endUs);
      const { of, courses } = followed;
      if (courses === undefined) return [];
      const names =
        of.counted === undefined
          ? (['entitled', 'needed', 'inUse'] as const)
          : (['entitled', 'needed'] as const);
      return names.map((name) => ({
        name: `licences.${of.name}.${name}`,
        unit: 'licences' as const,
        series: courses[name].read(endUs),
      }));
    });
  }

  tallies(endUs: Micros): readonly LicenceTally[] {
    this.#warmUp(endUs);
    const isObserved = this.#isWarm && endUs > this.#warmupUs;
    return this.#all.map((followed) => {
      this.#step(followed, endUs);
      const { of, peak, lacking, over, overTimes } = followed;
      const { name, edition, metric } = of;
      const present = of.steps.filter((step) => step.atUs <= endUs).map((step) => step.entitled);
      const entitled = present.length === 0 ? of.entitled : Math.max(...present);
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
        overTimes: isObserved ? overTimes.read(endUs) : [],
      };
    });
  }

  #warmUp(atUs: Micros): void {
    if (this.#isWarm || atUs < this.#warmupUs) return;
    this.#isWarm = true;
    for (const followed of this.#all) {
      this.#step(followed, this.#warmupUs);
      const { inUse, needed, over, entitled, overTimes, peak, lacking, waiting, heldBy } = followed;
      for (const level of [inUse, needed, over, entitled, waiting, ...lacking.values(), ...heldBy.values()])
        level.reset(this.#warmupUs);
      peak.reset(this.#warmupUs);
      for (const course of Object.values(followed.courses ?? {})) course.reset(this.#warmupUs);
      overTimes.reset(this.#warmupUs);
    }
  }
}
