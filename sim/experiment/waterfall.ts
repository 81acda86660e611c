import { studentInterval } from '../kernel/stats/confidence.ts';
import { Tally } from '../kernel/stats/tally.ts';
import { BUCKET_TEXT, BUCKETS, type Bucket } from '../observe/waterfall/buckets.ts';
import { GPU_UNITS, type Waterfall } from '../observe/waterfall/waterfall.ts';
import { reasonText } from './reason-text.ts';

/** Causes listed for a bucket; what is beyond is one line. */
const MOST_CAUSES = 10;
const OTHERS = 'others';
const UNITS_PER_GPU_HOUR = BigInt(GPU_UNITS) * 3_600_000_000n;

/** What became of the capacity in one run: whole numbers in decimal digits, millionths of a GPU times microseconds. */
export interface WaterfallRun {
  /** GPUs of hosts that are there, over the time after the warm-up; counted by itself. */
  readonly capacity: string;
  /** They add up to the capacity. */
  readonly lines: readonly {
    readonly pool: string;
    readonly model: string;
    readonly mode: string;
    readonly bucket: Bucket;
    readonly cause: string;
    readonly amount: string;
  }[];
  /** Of what was free and wanted: who asked for it; of each bucket the largest, the rest as `others`. */
  readonly askers: readonly (Asked & { readonly bucket: Bucket; readonly amount: string })[];
}

/** Who waits for what. */
interface Asked {
  /** Empty where nobody is named. */
  readonly tenant: string;
  /** Class of tasks, service or session group; empty where there is none. */
  readonly class: string;
  /** What each asks for; `others` for the rest. */
  readonly demand: string;
  /** The reason for which they wait. */
  readonly cause: string;
}

/** One kind of who waits for what is free, mean over replications. */
interface WaterfallAsker extends Asked {
  readonly text: string;
  readonly gpuHours: number;
}

/** One cause of a bucket, mean over replications. */
interface WaterfallCause {
  /** A reason for which jobs waited, why work was done again, or what GPUs or jobs were at; `others` for the rest. */
  readonly cause: string;
  readonly text: string;
  readonly gpuHours: number;
}

/** One bucket, mean over replications. */
interface WaterfallBucket {
  readonly bucket: Bucket;
  readonly text: string;
  readonly gpuHours: number;
  /** Part of the capacity; null without capacity. */
  readonly share: number | null;
  /** 95 % confidence interval of the mean share (Student); absent with fewer than two replications. */
  readonly ci95?: readonly [number, number];
  /**
   * Its part of what the fleet costs a month, each GPU-hour at what one of its model costs; absent where the scenario
   * states no cost.
   */
  readonly costPerMonth?: number;
  /** The largest first; they add up to the bucket. */
  readonly causes: readonly WaterfallCause[];
  /** Of free capacity that somebody waits for: who, the largest first; they add up to that part of the bucket. */
  readonly askers?: readonly WaterfallAsker[];
}

/** GPU-hours of a part of the fleet, and how they divide over the buckets. */
interface WaterfallPart {
  readonly capacityGpuHours: number;
  readonly buckets: readonly Pick<WaterfallBucket, 'bucket' | 'gpuHours' | 'share'>[];
  /** Of a GPU model: what an hour in which a GPU is there costs; absent where the scenario states no cost. */
  readonly costPerGpuHour?: number;
}

/** What the fleet costs a month. */
interface FleetCost {
  readonly perMonth: number;
  readonly currency: string;
  /** Parts of that, and what an hour of a GPU that is there costs; absent: all GPU-hours cost the same. */
  readonly byGpuModel?: readonly {
    readonly model: string;
    readonly amount: string;
    readonly perGpuHourPresent: number | null;
  }[];
}

/** What became of all GPU-hours of capacity. */
export interface WaterfallReport {
  readonly capacityGpuHours: number;
  /** In the order of the waterfall, those of nothing among them. */
  readonly buckets: readonly WaterfallBucket[];
  readonly byPool: Readonly<Record<string, WaterfallPart>>;
  readonly byMode: Readonly<Record<string, WaterfallPart>>;
  readonly byModel: Readonly<Record<string, WaterfallPart>>;
  /** Of `costPerMonth`. */
  readonly currency?: string;
}

/** What the waterfall says at the end of a run. */
export function readWaterfall(waterfall: Waterfall, poolNames: readonly string[]): WaterfallRun {
  const lines = [...waterfall.lines()].map(({ pool, amount, ...line }) => ({
    ...line,
    pool: poolNames[pool] as string,
    amount: `${amount}`,
  }));
  return { capacity: `${waterfall.capacity()}`, lines, askers: askersOf(waterfall) };
}

/** Kinds of askers that are kept of a run for each bucket. */
const KEPT_ASKERS = 200;

function askersOf(waterfall: Waterfall): WaterfallRun['askers'] {
  const all = [...waterfall.askers()].map(({ label, reason, ...rest }) => ({
    ...rest,
    class: label,
    cause: reason,
  }));
  const sums = [...groupBy(all, (each) => JSON.stringify([each.bucket, ...keyOf(each)])).values()].map(
    (same) => {
      const [first] = same as [(typeof all)[number]];
      return { ...first, amount: same.reduce((sum, { amount }) => sum + amount, 0n) };
    },
  );
  return [...groupBy(sums, ({ bucket }) => bucket)].flatMap(([bucket, own]) => {
    const sorted = [...own].sort(bySize);
    const rest = sorted.slice(KEPT_ASKERS).reduce((sum, { amount }) => sum + amount, 0n);
    const kept = sorted.slice(0, KEPT_ASKERS).map((each) => ({ ...each, amount: `${each.amount}` }));
    return rest === 0n ? kept : [...kept, { bucket, ...OTHER_ASKERS, amount: `${rest}` }];
  });
}

const OTHER_ASKERS: Asked = { tenant: '', class: '', demand: OTHERS, cause: OTHERS };

const keyOf = ({ tenant, class: label, demand, cause }: Asked) => [tenant, label, demand, cause];

function bySize(a: Asked & { readonly amount: bigint }, b: typeof a): number {
  if (a.amount !== b.amount) return a.amount > b.amount ? -1 : 1;
  return JSON.stringify(keyOf(a)) < JSON.stringify(keyOf(b)) ? -1 : 1;
}

/** Joins askers of replications: the largest, the rest as one. */
function joinAskers(
  own: WaterfallRun['askers'],
  hours: (units: bigint) => number,
): readonly WaterfallAsker[] {
  const sums = [...groupBy(own, (each) => JSON.stringify(keyOf(each))).values()]
    .map((same) => {
      const [{ tenant, class: label, demand, cause }] = same as [(typeof own)[number]];
      return { tenant, class: label, demand, cause, amount: sumOf(same) };
    })
    .sort(bySize);
  const isOthers = ({ cause, demand }: Asked) => cause === OTHERS && demand === OTHERS;
  const named = sums.filter((each) => !isOthers(each));
  const listed = named.slice(0, MOST_CAUSES).map(({ amount, ...asked }) => ({
    ...asked,
    text: `${askerText(asked)}: ${reasonText(asked.cause)}`,
    gpuHours: hours(amount),
  }));
  const left = [...named.slice(MOST_CAUSES), ...sums.filter(isOthers)];
  if (left.length === 0) return listed;
  const amount = left.reduce((sum, each) => sum + each.amount, 0n);
  return [...listed, { ...OTHER_ASKERS, text: 'others', gpuHours: hours(amount) }];
}

/** `vision, training: 2 GPUs`. */
function askerText({ tenant, class: label, demand }: Asked): string {
  const who = [tenant, label].filter((name) => name !== '').join(', ');
  return who === '' ? demand : `${who}: ${demand}`;
}

/**
 * Joins replications: means, and with two or more intervals of the shares. Undefined without any.
 *
 * @param cost what the fleet costs a month
 */
export function waterfallReport(
  runs: readonly WaterfallRun[],
  cost?: FleetCost,
): WaterfallReport | undefined {
  if (runs.length === 0) return undefined;
  const lines = runs.flatMap((run) => run.lines);
  const askers = runs.flatMap((run) => run.askers);
  const n = runs.length;
  const hours = (units: bigint) => gpuHours(units, n);
  const buckets = BUCKETS.map((bucket): WaterfallBucket => {
    const own = lines.filter((line) => line.bucket === bucket);
    const asked = askers.filter((each) => each.bucket === bucket);
    const shares = runs.flatMap(({ capacity, lines: ofRun }) => {
      const whole = BigInt(capacity);
      if (whole === 0n) return [];
      return [ratio(sumOf(ofRun.filter((line) => line.bucket === bucket)), whole)];
    });
    const tally = new Tally();
    for (const share of shares) tally.add(share);
    const interval = shares.length < 2 ? undefined : studentInterval(tally);
    const share = shares.length === 0 ? null : tally.mean;
    return {
      bucket,
      text: BUCKET_TEXT[bucket],
      gpuHours: hours(sumOf(own)),
      share,
      ...(interval === undefined ? {} : { ci95: [interval.lo, interval.hi] as const }),
      ...(cost === undefined || share === null ? {} : { costPerMonth: costOf(own, lines, share, cost) }),
      causes: causesOf(own, hours),
      ...(asked.length === 0 ? {} : { askers: joinAskers(asked, hours) }),
    };
  });
  const by = (keyOf: (line: WaterfallRun['lines'][number]) => string) => {
    const parts = groupBy(lines, keyOf);
    return Object.fromEntries(
      [...parts].map(([key, ofPart]): [string, WaterfallPart] => {
        const whole = sumOf(ofPart);
        const ofBucket = groupBy(ofPart, ({ bucket }) => bucket);
        const buckets = BUCKETS.map((bucket) => {
          const sum = sumOf(ofBucket.get(bucket) ?? []);
          return { bucket, gpuHours: hours(sum), share: ratio(sum, whole) };
        });
        return [key, { capacityGpuHours: hours(whole), buckets }];
      }),
    );
  };
  return {
    capacityGpuHours: hours(runs.reduce((sum, { capacity }) => sum + BigInt(capacity), 0n)),
    buckets,
    byPool: by(({ pool }) => pool),
    byMode: by(({ mode }) => mode),
    byModel: Object.fromEntries(
      Object.entries(by(({ model }) => model)).map(([model, part]) => {
        const priced = cost?.byGpuModel?.find((each) => each.model === model)?.perGpuHourPresent;
        return [model, priced == null ? part : { ...part, costPerGpuHour: priced }];
      }),
    ),
    ...(cost === undefined ? {} : { currency: cost.currency }),
  };
}

type Line = WaterfallRun['lines'][number];

/** What the GPU-hours of some lines cost a month: of each model its part of the model's bill, of the rest by share. */
function costOf(
  own: readonly Line[],
  all: readonly Line[],
  share: number,
  { perMonth, byGpuModel = [] }: FleetCost,
): number {
  let cost = 0;
  let left = perMonth;
  for (const { model, amount } of byGpuModel) {
    const whole = sumOf(all.filter((line) => line.model === model));
    if (whole === 0n) continue;
    cost += Number(amount) * ratio(sumOf(own.filter((line) => line.model === model)), whole);
    left -= Number(amount);
  }
  return cost + share * (Math.abs(left) < perMonth * 1e-12 ? 0 : left);
}

function causesOf(lines: readonly Line[], hours: (units: bigint) => number): readonly WaterfallCause[] {
  const sums = [...groupBy(lines, ({ cause }) => cause)]
    .map(([cause, own]) => ({ cause, sum: sumOf(own), bucket: (own[0] as Line).bucket }))
    .sort((a, b) => (a.sum === b.sum ? (a.cause < b.cause ? -1 : 1) : a.sum > b.sum ? -1 : 1));
  const listed = sums.slice(0, MOST_CAUSES).map(({ cause, sum, bucket }) => ({
    cause,
    text: causeText(bucket, cause),
    gpuHours: hours(sum),
  }));
  const rest = sums.slice(MOST_CAUSES);
  if (rest.length === 0) return listed;
  const left = rest.reduce((sum, each) => sum + each.sum, 0n);
  return [...listed, { cause: OTHERS, text: `${rest.length} others`, gpuHours: hours(left) }];
}

const CAUSE_TEXT: Readonly<Record<string, string>> = {
  work: 'work of jobs',
  mode: 'what sharing the card costs: turns, virtual machines, neighbours',
  gang: 'GPUs that wait for slower ones of their job, or for data',
  checkpoints: 'writing checkpoints',
  restricted: 'slowed down for want of a licence',
  idle: 'held by tenants that give the GPU no work, or less than they hold',
  starting: 'booting, attaching, reading state back',
  saving: 'saving state before giving way',
  stopping: 'shutting down, detaching',
  moving: 'moving to another place: both places are held',
  repartition: 'cards that are cut anew',
  'closed:maintenance': 'maintenance to come or under way',
  'closed:failure': 'hosts that are down',
  'closed:uplink': 'hosts that lost their uplink',
  'closed:standby': 'hosts that stand by as spares',
  'closed:gpu-failure': 'GPUs that have failed',
  'closed:licence': 'the licence server is down',
  'closed:leaving': 'hosts that are to leave',
  'closed:change': 'a planned change of the host',
  none: 'nobody waits for it',
};

function causeText(bucket: Bucket, cause: string): string {
  if (bucket === 'redone') {
    if (cause === 'preemption') return 'lost when jobs gave way to others';
    return cause.startsWith('fault:') ? `lost to faults: ${cause.slice('fault:'.length)}` : `lost: ${cause}`;
  }
  return CAUSE_TEXT[cause] ?? reasonText(cause);
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

function sumOf(lines: readonly { readonly amount: string }[]): bigint {
  return lines.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
}

/** GPU-hours of one of so many runs, to the precision of a double. */
function gpuHours(units: bigint, runs: number): number {
  return ratio(units, UNITS_PER_GPU_HOUR * BigInt(runs));
}

/** A quotient of whole numbers of any size. */
function ratio(part: bigint, whole: bigint): number {
  const scaled = (part << 64n) / whole;
  return Number(scaled) / 2 ** 64;
}
