import type { Pair, PairedJob, Side } from './pair.ts';

/** A job and how long it waited for its first place in each run. */
export interface WaitPair {
  readonly job: PairedJob;
  readonly waitUs: Pair<number>;
  /** By run: it has no place yet when the run ends, so that it waits at least that long. */
  readonly isOpen: Pair<boolean>;
}

/** Jobs listed of those that waited longer, and of those that waited shorter. */
export const MOST_WAITS = 50;

/** Parts of the run for which mean waits are kept. */
const BUCKETS = 4096;

/** `waitUs` while a job waits, and where it left without a place. */
const WAITS = -1;
const NO_PLACE = -2;

/** What is told of a job; kept by whoever tells. */
interface Waiter extends PairedJob {
  readonly waitUs: [number, number];
}

/** Waits until the first place of jobs in two runs: what became longer or shorter, and the mean as time goes on. */
export class WaitPairs {
  /** Longer in the second run, by most first; the first `MOST_WAITS`. */
  readonly longer: WaitPair[] = [];
  readonly shorter: WaitPair[] = [];
  longerCount = 0;
  shorterCount = 0;
  sameCount = 0;
  /** By run: jobs that the other run gave a place and this one sent away. */
  readonly withoutPlace: [number, number] = [0, 0];
  /** Sum of second less first over the jobs counted above, microseconds. */
  differenceUs = 0;
  readonly #endsUs: Pair<number>;
  readonly #widthUs: number;
  readonly #counts: Pair<Float64Array> = [new Float64Array(BUCKETS), new Float64Array(BUCKETS)];
  readonly #sums: Pair<Float64Array> = [new Float64Array(BUCKETS), new Float64Array(BUCKETS)];

  constructor(endsUs: Pair<number>) {
    this.#endsUs = endsUs;
    this.#widthUs = Math.max(1, Math.ceil((Math.max(...endsUs) + 1) / BUCKETS));
  }

  /** It got a place: the first one counts. */
  placed(job: Waiter, side: Side, atUs: number): void {
    if (job.waitUs[side] !== WAITS) return;
    const waitUs = atUs - job.arrivalUs;
    job.waitUs[side] = waitUs;
    const bucket = Math.min(BUCKETS - 1, Math.floor(atUs / this.#widthUs));
    this.#counts[side][bucket]! += 1;
    this.#sums[side][bucket]! += waitUs;
    this.#settle(job);
  }

  /** It is not in the system any more. */
  left(job: Waiter, side: Side): void {
    if (job.waitUs[side] !== WAITS) return;
    job.waitUs[side] = NO_PLACE;
    this.#settle(job);
  }

  /** The runs are over, and it is still in the system of one. */
  end(job: Waiter): void {
    const isOpen: Pair<boolean> = [job.waitUs[0] === WAITS, job.waitUs[1] === WAITS];
    if (!isOpen[0] && !isOpen[1]) return;
    if (isOpen[0]) job.waitUs[0] = this.#endsUs[0] - job.arrivalUs;
    if (isOpen[1]) job.waitUs[1] = this.#endsUs[1] - job.arrivalUs;
    // Two that wait to the end of runs of one length are the same; of others nothing is known.
    if (isOpen[0] && isOpen[1] && this.#endsUs[0] !== this.#endsUs[1]) return;
    this.#settle(job, isOpen);
  }

  /** Mean wait of those that had a place by then, as of the end of the last whole bucket; undefined of none. */
  meanUs(side: Side, atUs: number): number | undefined {
    const until = atUs >= this.#endsUs[side] ? BUCKETS : Math.floor(atUs / this.#widthUs);
    let [count, sum] = [0, 0];
    for (let i = 0; i < until; i++) {
      count += this.#counts[side][i] as number;
      sum += this.#sums[side][i] as number;
    }
    return count === 0 ? undefined : sum / count;
  }

  #settle(job: Waiter, isOpen: Pair<boolean> = [false, false]): void {
    const [first, second] = job.waitUs;
    if (job.numbers.includes(-1) || first === WAITS || second === WAITS) return;
    if (first === NO_PLACE || second === NO_PLACE) {
      if (first !== second) this.withoutPlace[first === NO_PLACE ? 0 : 1] += 1;
      return;
    }
    const differenceUs = second - first;
    this.differenceUs += differenceUs;
    if (differenceUs === 0) {
      this.sameCount += 1;
      return;
    }
    const { name, arrivalUs, numbers } = job;
    const pair = { job: { name, arrivalUs, numbers }, waitUs: [first, second] as const, isOpen };
    if (differenceUs > 0) {
      this.longerCount += 1;
      keepLargest(this.longer, pair);
    } else {
      this.shorterCount += 1;
      keepLargest(this.shorter, pair);
    }
  }
}

/** How much longer or shorter. */
export function differenceUs({ waitUs: [first, second] }: WaitPair): number {
  return second - first;
}

/** By size of the difference, then by arrival, then by number. */
function compareWaits(a: WaitPair, b: WaitPair): number {
  return (
    Math.abs(differenceUs(b)) - Math.abs(differenceUs(a)) ||
    a.job.arrivalUs - b.job.arrivalUs ||
    a.job.numbers[0] - b.job.numbers[0]
  );
}

function keepLargest(list: WaitPair[], pair: WaitPair): void {
  const last = list.at(-1);
  if (list.length >= MOST_WAITS && last !== undefined && compareWaits(pair, last) >= 0) return;
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareWaits(list[middle] as WaitPair, pair) <= 0) low = middle + 1;
    else high = middle;
  }
  list.splice(low, 0, pair);
  if (list.length > MOST_WAITS) list.pop();
}
