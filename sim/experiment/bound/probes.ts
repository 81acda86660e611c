import type { SamplePath } from './sample-path.ts';

/**
 * A job that starts in time: it holds its places for `lengthUs`, from `earliestUs` on or later, but no later than from
 * `fromUs` on. So it surely holds them from `fromUs` to `toUs`, if that is not before.
 */
export interface SureHold {
  readonly type: number;
  readonly earliestUs: number;
  readonly fromUs: number;
  readonly toUs: number;
}

/** How much of a probe a job holds: 1 at an instant, the part of its length in a spell. */
export interface Hold {
  readonly probe: number;
  readonly part: number;
}

/** Where a path is looked at: instants first, then spells. */
interface Probes {
  readonly count: number;
  /** Ascending. */
  readonly instants: readonly number[];
  readonly spells: readonly Spell[];
  /** What a job holds, never more than it does. */
  holdsOf(job: SureHold): readonly Hold[];
}

/** From one time to another. */
interface Spell {
  readonly beginUs: number;
  readonly endUs: number;
}

/** Steps of each doubling to which parts of spells are rounded down, so that jobs that are nearly alike count as one. */
const STEPS: readonly number[] = [
  1,
  0.9170040432046712,
  0.8408964152537145,
  0.7711054127039704,
  Math.SQRT1_2,
  0.6484197773255048,
  0.5946035575013605,
  0.5452538663326288,
];
/** Up to so many jobs parts are what they are. */
const MOST_EXACT = 400;
/** Parts of a spell that are too small to count. */
const LEAST_PART = 1e-6;

/**
 * Half of the probes are the instants at which most is held, for sharp peaks; the other half are spells, short ones that cover the
 * path and longer ones over them, for loads that last: what fits at every instant fits in the mean.
 */
export function probesOf(
  jobs: readonly SureHold[],
  path: Pick<SamplePath, 'types' | 'kinds'>,
  count: number,
): Probes {
  const byStart = jobs.toSorted((a, b) => a.fromUs - b.fromUs);
  const instants = busiest(
    byStart.filter(({ fromUs, toUs }) => toUs > fromUs),
    path,
    Math.ceil(count / 2),
  );
  const spells = spellsOver(byStart, Math.max(1, Math.floor(count / 4)));
  const within = jobs.length > MOST_EXACT ? roundedDown : (part: number) => part;
  return {
    count: instants.length + spells.length,
    instants,
    spells,
    holdsOf(job) {
      const { fromUs, toUs } = job;
      const holds: Hold[] = [];
      const end = firstAtLeast(instants, toUs);
      for (let i = firstAtLeast(instants, fromUs); i < end; i++) holds.push({ probe: i, part: 1 });
      spells.forEach((spell, i) => {
        const part = leastWithin(job, spell) / (spell.endUs - spell.beginUs);
        if (part >= LEAST_PART) holds.push({ probe: instants.length + i, part: within(part) });
      });
      return holds;
    },
  };
}

/** How long a job holds its places within a spell at least: the later or the earlier it starts, the more lies outside. */
function leastWithin({ earliestUs, fromUs, toUs }: SureHold, { beginUs, endUs }: Spell): number {
  const lengthUs = toUs - earliestUs;
  const within = (startUs: number) =>
    Math.max(0, Math.min(startUs + lengthUs, endUs) - Math.max(startUs, beginUs));
  return Math.min(within(earliestUs), within(fromUs));
}

/** Spells in which equally many jobs start at the latest, one after the other, then twice and four times as long ones, all together, and the time of all jobs. */
function spellsOver(byStart: readonly SureHold[], count: number): readonly Spell[] {
  const bounds: number[] = [];
  for (let i = 0; i <= count && byStart.length > 0; i++) {
    const at = Math.min(byStart.length - 1, Math.floor((i * byStart.length) / count));
    const { fromUs } = byStart[at] as SureHold;
    if (bounds.at(-1) !== fromUs) bounds.push(fromUs);
  }
  const spells: Spell[] = [];
  for (const step of [1, 2, 4, bounds.length - 1]) {
    for (let i = 0; step > 0 && i + step < bounds.length; i += step)
      spells.push({ beginUs: bounds[i] as number, endUs: bounds[i + step] as number });
  }
  const whole = wholeTime(byStart);
  if (whole.endUs > whole.beginUs && Number.isFinite(whole.endUs)) spells.push(whole);
  return spells;
}

/** From the first arrival until the last job ends that starts as late as it may: all of all jobs lies within. */
function wholeTime(jobs: readonly SureHold[]): Spell {
  let [beginUs, endUs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { earliestUs, fromUs, toUs } of jobs) {
    beginUs = Math.min(beginUs, earliestUs);
    endUs = Math.max(endUs, fromUs + toUs - earliestUs);
  }
  return { beginUs, endUs };
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
