import type { SamplePath } from './sample-path.ts';

/** A job that holds its places for certain in this time if it starts in time; nothing where the end is not after the begin. */
export interface SureHold {
  readonly type: number;
  readonly fromUs: number;
  readonly toUs: number;
}

/** How much of a probe a job holds: 1 at an instant, the part of its length in a spell. */
export interface Hold {
  readonly probe: number;
  readonly part: number;
}

/** Where a path is looked at: instants first, then spells that follow each other. */
interface Probes {
  readonly count: number;
  /** Ascending. */
  readonly instants: readonly number[];
  /** Ends of the spells, ascending: one more than there are spells, or none. */
  readonly bounds: readonly number[];
  /** What is held from one time to another, never more than it is. */
  holdsOf(fromUs: number, toUs: number): readonly Hold[];
}

/** Steps of each doubling to which parts of spells are rounded down, so that jobs that are nearly alike count as one. */
const STEPS: readonly number[] = [1, 0.8408964152537145, Math.SQRT1_2, 0.5946035575013605];
/** Parts of a spell that are too small to count. */
const LEAST_PART = 1e-6;

/**
 * Half of the probes are the instants at which most is held, for sharp peaks; the other half are spells that cover the
 * path, for loads that last: what fits at every instant fits in the mean.
 */
export function probesOf(
  jobs: readonly SureHold[],
  path: Pick<SamplePath, 'types' | 'kinds'>,
  count: number,
): Probes {
  const lasting = jobs.filter(({ fromUs, toUs }) => toUs > fromUs).toSorted((a, b) => a.fromUs - b.fromUs);
  const instants = busiest(lasting, path, Math.ceil(count / 2));
  const bounds = spellBounds(lasting, Math.floor(count / 2));
  return {
    count: instants.length + Math.max(0, bounds.length - 1),
    instants,
    bounds,
    holdsOf(fromUs, toUs) {
      if (toUs <= fromUs) return [];
      const holds: Hold[] = [];
      const end = firstAtLeast(instants, toUs);
      for (let i = firstAtLeast(instants, fromUs); i < end; i++) holds.push({ probe: i, part: 1 });
      for (let i = Math.max(1, firstAtLeast(bounds, fromUs)); i < bounds.length; i++) {
        const begin = bounds[i - 1] as number;
        if (begin >= toUs) break;
        const until = bounds[i] as number;
        const part = (Math.min(toUs, until) - Math.max(fromUs, begin)) / (until - begin);
        if (part >= LEAST_PART) holds.push({ probe: instants.length + i - 1, part: roundedDown(part) });
      }
      return holds;
    },
  };
}

/** Ends of spells in which equally many jobs begin to hold, ascending and distinct. */
function spellBounds(byStart: readonly SureHold[], count: number): readonly number[] {
  const bounds: number[] = [];
  for (let i = 0; i <= count && byStart.length > 0; i++) {
    const at = Math.min(byStart.length - 1, Math.floor((i * byStart.length) / count));
    const { fromUs } = byStart[at] as SureHold;
    if (bounds.at(-1) !== fromUs) bounds.push(fromUs);
  }
  return bounds;
}

function roundedDown(part: number): number {
  let octave = 1;
  while (octave > part) octave /= 2;
  // `octave <= part < 2 octave`.
  const step = STEPS.find((each) => 2 * octave * each <= part) ?? 0.5;
  return 2 * octave * step;
}

/** Instants at which most is held for certain: the busiest of as many spells with equal numbers of starts. */
function busiest(
  byStart: readonly SureHold[],
  { types, kinds }: Pick<SamplePath, 'types' | 'kinds'>,
  count: number,
): readonly number[] {
  const weights = types.map(({ workers }) =>
    workers.reduce((sum, { kind, count: n }) => {
      const request = kinds[kind]?.request;
      if (request === undefined) return sum;
      return sum + n * (request.gpuCount * Math.max(1, request.gpuMilli) + request.cpuMilli * 1e-3);
    }, 0),
  );
  const byEnd = byStart.toSorted((a, b) => a.toUs - b.toUs);
  const instants: number[] = [];
  let load = 0;
  let ended = 0;
  let best = -1;
  let bestUs = 0;
  byStart.forEach(({ type, fromUs }, i) => {
    for (; ended < byEnd.length && (byEnd[ended]?.toUs as number) <= fromUs; ended++) {
      load -= weights[byEnd[ended]?.type as number] as number;
    }
    load += weights[type] as number;
    // Of those that begin at one instant the last one sees them all.
    if (load >= best) {
      best = load;
      bestUs = fromUs;
    }
    if (Math.floor(((i + 1) * count) / byStart.length) > Math.floor((i * count) / byStart.length)) {
      if (instants.at(-1) !== bestUs) instants.push(bestUs);
      best = -1;
    }
  });
  return instants;
}

/** Index of the first that is not below. */
function firstAtLeast(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] as number) >= value) high = middle;
    else low = middle + 1;
  }
  return low;
}
