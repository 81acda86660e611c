import type { ReplayOutline } from '../../sim/observe/replay/index.ts';
import { BUCKETS, type Bucket } from '../../sim/observe/waterfall/buckets.ts';
import type { MarkedColumn, WaterfallMarks } from '../../sim/observe/waterfall/marks.ts';

/** What became of the capacity by the time; undefined where the replay does not say. */
export function marksOf({ tables }: Pick<ReplayOutline, 'tables'>): WaterfallMarks | undefined {
  const marks = tables?.waterfallMarks as WaterfallMarks | undefined;
  return marks === undefined || marks.atUs.length === 0 ? undefined : marks;
}

/** Millionths of a GPU times microseconds in an hour of one GPU. */
export const UNITS_PER_GPU_HOUR = 3_600_000_000_000_000;

/** In what the fleet is divided. */
const DIVISIONS = ['pool', 'mode', 'model'] as const;
type Division = (typeof DIVISIONS)[number];

/** A part of the fleet; undefined stands for all of it. */
export interface FleetPart {
  readonly by: Division;
  readonly name: string | number;
}

/** Parts of the fleet that there are, by division; those that are all of the fleet are left out. */
export function partsOf({ columns }: WaterfallMarks): readonly FleetPart[] {
  return DIVISIONS.flatMap((by) => {
    const names = [...new Set(columns.map((column) => column[by]))].filter((name) => name !== null);
    return names.length < 2 ? [] : names.map((name) => ({ by, name }));
  });
}

/** A span between marks: number of the edge where it begins and where it ends, the end of the warm-up being edge 0. */
export interface MarkedSpan {
  readonly first: number;
  readonly last: number;
  readonly fromUs: number;
  readonly toUs: number;
}

/** The span between the marks that are nearest to two moments. */
export function snapped({ startUs, atUs }: WaterfallMarks, fromUs: number, toUs: number): MarkedSpan {
  const edges = [startUs, ...atUs];
  const first = nearest(edges, fromUs);
  const last = Math.max(first, nearest(edges, toUs));
  return { first, last, fromUs: edges[first] as number, toUs: edges[last] as number };
}

function nearest(edges: readonly number[], at: number): number {
  let best = 0;
  for (const [i, edge] of edges.entries()) {
    if (Math.abs(edge - at) < Math.abs((edges[best] as number) - at)) best = i;
  }
  return best;
}

/** What went to one bucket. */
interface BucketSum {
  readonly bucket: Bucket;
  /** Negative where more of the work before the span was lost in it than was done. */
  readonly gpuHours: number;
  /** Of the capacity; null without any. */
  readonly share: number | null;
  /** Undefined where there are no prices. */
  readonly cost: number | undefined;
}

/** What became of the capacity of a part of the fleet within a span. */
export interface SpanSum {
  readonly capacityGpuHours: number;
  readonly cost: number | undefined;
  /** In the order of the waterfall, those of nothing left out. */
  readonly buckets: readonly BucketSum[];
}

/** @param priceOf an hour of a GPU of a model that is there; absent where there are no costs */
export function sumOver(
  { columns }: WaterfallMarks,
  { first, last }: MarkedSpan,
  part?: FleetPart,
  priceOf?: (model: string) => number | undefined,
): SpanSum {
  const units = new Map<Bucket, bigint>();
  const costs = new Map<Bucket, number>();
  let all = 0n;
  let bill = 0;
  let isPriced = priceOf !== undefined;
  for (const column of columns) {
    if (part !== undefined && column[part.by] !== part.name) continue;
    const sum = unitsIn(column, first, last);
    all += sum;
    units.set(column.bucket, (units.get(column.bucket) ?? 0n) + sum);
    const price = column.model === null ? undefined : priceOf?.(column.model);
    if (price === undefined) {
      if (sum !== 0n) isPriced = false;
      continue;
    }
    const cost = (Number(sum) / UNITS_PER_GPU_HOUR) * price;
    bill += cost;
    costs.set(column.bucket, (costs.get(column.bucket) ?? 0) + cost);
  }
  const buckets = BUCKETS.flatMap((bucket): readonly BucketSum[] => {
    const sum = units.get(bucket) ?? 0n;
    if (sum === 0n) return [];
    return [
      {
        bucket,
        gpuHours: Number(sum) / UNITS_PER_GPU_HOUR,
        share: all === 0n ? null : Number(sum) / Number(all),
        cost: isPriced ? (costs.get(bucket) ?? 0) : undefined,
      },
    ];
  });
  return { capacityGpuHours: Number(all) / UNITS_PER_GPU_HOUR, cost: isPriced ? bill : undefined, buckets };
}

function unitsIn({ amounts }: MarkedColumn, first: number, last: number): bigint {
  let sum = 0n;
  for (let i = first; i < last; i++) sum += BigInt(amounts[i] as string);
  return sum;
}
