import { Moments, type Pause, type SegmentSource, type Step } from './divergence-moments.ts';
import { WaitPairs } from './divergence-waits.ts';
import type { Pair, PairedJob, Side } from './pair.ts';

const SIDES = [0, 1] as const satisfies readonly Side[];

/** Two runs did something different about one job at one moment, or only one of them did something. */
export interface Divergence {
  readonly atUs: number;
  readonly job: PairedJob;
  /** By run, what it did about the job then, in order; empty: nothing. */
  readonly did: Pair<readonly string[]>;
}

/** A job while it is in the system in one of the runs at least. */
interface Known {
  readonly name: string;
  readonly arrivalUs: number;
  /** -1: not in that run. */
  readonly numbers: [number, number];
  isDiverged: boolean;
  /** What each run decided at the moment that is looked at. */
  did: [string[], string[]] | undefined;
  /** What is known of its wait; see `WaitPairs`. */
  readonly waitUs: [number, number];
}

/** Divergences that are listed; the others are counted. */
export const MOST_DIVERGENCES = 200;

/**
 * Goes through two runs on one clock and finds where they part: of each job the first moment at which the runs decided
 * differently about it, and how long each made it wait. Memory: one segment of each run, the jobs that are in the system in
 * one of them, and the lists.
 *
 * Moments of both runs are compared to the microsecond. Within one, the order of decisions about one job counts, that about
 * different jobs does not. Jobs of one run alone are counted and not compared.
 */
export class PairScan {
  /** First differences of jobs, in order of time; the first `MOST_DIVERGENCES`. */
  readonly divergences: Divergence[] = [];
  /** Jobs about which the runs decided differently at some moment. */
  divergedJobs = 0;
  /** Moments of one job in which they differ. */
  differences = 0;
  /** By run. */
  readonly decisions: [number, number] = [0, 0];
  /** Jobs of both runs. */
  pairedJobs = 0;
  /** By run: jobs that the other does not have at that moment. */
  readonly unpaired: [number, number] = [0, 0];
  /** The first of those. */
  firstUnpaired: { readonly atUs: number; readonly name: string; readonly side: Side } | undefined;
  /** Everything before this has been compared. */
  reachedUs = 0;
  isWhole = false;
  readonly waits: WaitPairs;
  readonly endUs: number;
  readonly #moments: Pair<Moments>;
  readonly #jobs: Pair<Map<number, Known>> = [new Map(), new Map()];
  /** Jobs about which something was decided at the moment that is looked at. */
  readonly #touched: Known[] = [];

  /** @param endsUs when each run ends */
  constructor(
    sources: Pair<SegmentSource>,
    endsUs: Pair<number>,
    pause: Pause = () => Promise.resolve(true),
  ) {
    this.#moments = [new Moments(sources[0], pause), new Moments(sources[1], pause)];
    this.waits = new WaitPairs(endsUs);
    this.endUs = Math.max(...endsUs);
  }

  /**
   * Goes on to the end, or until a pause says stop (`isWhole` tells).
   *
   * @throws {ReplayFileError} if a file is damaged somewhere
   */
  async run(): Promise<void> {
    const [first, second] = this.#moments;
    await Promise.all([first.next(), second.next()]);
    while (!first.isStopped && !second.isStopped) {
      const atUs = Math.min(first.atUs, second.atUs);
      if (atUs === Number.POSITIVE_INFINITY) {
        this.#end();
        return;
      }
      const [isInFirst, isInSecond] = [first.atUs === atUs, second.atUs === atUs];
      this.#compare(atUs, [isInFirst ? first.steps : NO_STEPS, isInSecond ? second.steps : NO_STEPS]);
      this.reachedUs = atUs;
      for (const moments of [isInFirst ? first : undefined, isInSecond ? second : undefined]) {
        const coming = moments?.next();
        if (coming !== undefined) await coming;
      }
    }
  }

  #compare(atUs: number, here: Pair<readonly Step[]>): void {
    this.#enter(atUs, here);
    const touched = this.#touched;
    touched.length = 0;
    for (const side of SIDES) {
      for (const { kind, number, did } of here[side]) {
        const known = this.#jobs[side].get(number);
        if (known === undefined || kind === 'arrived') continue;
        if (kind === 'left') this.#jobs[side].delete(number);
        else {
          this.decisions[side] += 1;
          if (known.did === undefined) {
            known.did = [[], []];
            touched.push(known);
          }
          known.did[side].push(did);
        }
        if (kind === 'placed') this.waits.placed(known, side, atUs);
        else if (kind === 'left') this.waits.left(known, side);
      }
    }
    for (const known of touched) this.#judge(atUs, known);
  }

  /** Pairs those who come at this moment. */
  #enter(atUs: number, here: Pair<readonly Step[]>): void {
    if (!here[0].some(isArrival) && !here[1].some(isArrival)) return;
    const waiting = new Map<string, Known[]>();
    for (const { kind, number, name } of here[0]) {
      if (kind !== 'arrived') continue;
      const known = newcomer(name, atUs, [number, -1]);
      this.#jobs[0].set(number, known);
      const alike = waiting.get(name);
      if (alike === undefined) waiting.set(name, [known]);
      else alike.push(known);
    }
    for (const { kind, number, name } of here[1]) {
      if (kind !== 'arrived') continue;
      const twin = waiting.get(name)?.shift();
      if (twin !== undefined) {
        twin.numbers[1] = number;
        this.pairedJobs += 1;
      } else this.#lonely(1, atUs, name);
      this.#jobs[1].set(number, twin ?? newcomer(name, atUs, [-1, number]));
    }
    for (const alike of waiting.values()) for (const { name } of alike) this.#lonely(0, atUs, name);
  }

  #lonely(side: Side, atUs: number, name: string): void {
    this.unpaired[side] += 1;
    this.firstUnpaired ??= { atUs, name, side };
  }

  #judge(atUs: number, known: Known): void {
    const { did } = known;
    known.did = undefined;
    if (did === undefined || known.numbers.includes(-1)) return;
    const [one, other] = did;
    if (one.length === other.length && one.every((each, i) => each === other[i])) return;
    this.differences += 1;
    if (known.isDiverged) return;
    known.isDiverged = true;
    this.divergedJobs += 1;
    if (this.divergences.length < MOST_DIVERGENCES) this.divergences.push({ atUs, job: known, did });
  }

  #end(): void {
    const left = new Set([...this.#jobs[0].values(), ...this.#jobs[1].values()]);
    for (const known of left) this.waits.end(known);
    for (const jobs of this.#jobs) jobs.clear();
    this.reachedUs = this.endUs;
    this.isWhole = true;
  }
}

const NO_STEPS: readonly Step[] = [];

function isArrival({ kind }: Step): boolean {
  return kind === 'arrived';
}

function newcomer(name: string, arrivalUs: number, numbers: [number, number]): Known {
  return { name, arrivalUs, numbers, isDiverged: false, did: undefined, waitUs: [-1, -1] };
}
