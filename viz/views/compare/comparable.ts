import type { ReplayHeader } from '../../../sim/observe/replay/index.ts';
import { Moments, type SegmentSource } from '../../replay/divergence-moments.ts';

/** What must be known to compare two runs. */
export interface Comparability {
  /** Jobs differ from the first ones on: what differs further on says little about the decisions. */
  readonly hasSameArrivals: boolean;
  /** Why they cannot be compared job by job; empty where they can. */
  readonly problems: readonly string[];
  /** What differs besides, which the comparison is about or must be read with. */
  readonly notes: readonly string[];
}

/** The first jobs that arrived: name and moment. */
export interface FirstArrivals {
  readonly jobs: readonly { readonly name: string; readonly atUs: number }[];
  /** There are no more. */
  readonly isAll: boolean;
}

/** Arrivals that are compared at once, before anything is gone through. */
const MOST_ARRIVALS = 200;

/** Parts of a document that are named one by one. */
const MOST_PLACES = 8;
/** Letters of a value that is told. */
const MOST_LETTERS = 40;

export async function firstArrivals(source: SegmentSource, most = MOST_ARRIVALS): Promise<FirstArrivals> {
  const moments = new Moments(source);
  const jobs: { name: string; atUs: number }[] = [];
  for (;;) {
    await moments.next();
    const { atUs, steps } = moments;
    if (steps.length === 0) return { jobs, isAll: true };
    for (const { kind, name } of steps) if (kind === 'arrived') jobs.push({ name, atUs });
    if (jobs.length >= most) return { jobs, isAll: false };
  }
}

/** Whether two runs had the same to do, as their headers and first arrivals tell. */
export function comparability(
  headers: readonly [Pick<ReplayHeader, 'seed' | 'scenario'>, Pick<ReplayHeader, 'seed' | 'scenario'>],
  arrivals: readonly [FirstArrivals, FirstArrivals],
): Comparability {
  const [a, b] = headers;
  const other = differentArrival(arrivals);
  const changed = changedPlaces(a.scenario, b.scenario).filter(({ path }) => !IS_ABOUT.test(path));
  const ofWorkload = changed.filter(({ path }) => path.startsWith('workload'));
  const problems: string[] = [];
  const notes: string[] = [];
  const seeds = `The seeds differ: ${a.seed} and ${b.seed}.`;
  const workload = `The workload differs: ${listed(ofWorkload)}.`;
  (other === undefined ? notes : problems).push(
    ...(a.seed === b.seed ? [] : [seeds]),
    ...(ofWorkload.length === 0 ? [] : [workload]),
  );
  if (other !== undefined) problems.push(other);
  const rest = changed.filter(({ path }) => !path.startsWith('workload'));
  if (rest.length > 0) notes.push(`The scenarios differ in ${listed(rest)}.`);
  else if (ofWorkload.length === 0 && a.seed === b.seed) notes.push('The scenarios are the same.');
  return { hasSameArrivals: other === undefined, problems, notes };
}

/** Parts of the document that change nothing about a run. */
const IS_ABOUT = /^(name|description|sources|whatIf|seed)\b/;

function differentArrival([a, b]: readonly [FirstArrivals, FirstArrivals]): string | undefined {
  // Up to there, both lists have every job.
  const untilUs = Math.min(...[a, b].map(({ jobs, isAll }) => (isAll ? Infinity : (jobs.at(-1)?.atUs ?? 0))));
  const [first, second] = [a, b].map(({ jobs }) =>
    jobs
      .filter(({ atUs }) => atUs <= untilUs)
      .map(({ name, atUs }) => JSON.stringify([atUs, name]))
      .sort(),
  ) as [string[], string[]];
  if (first.length === second.length && first.every((each, i) => each === second[i])) return undefined;
  const others = new Set(second);
  const same = first.filter((each) => others.has(each)).length;
  return `The first jobs that arrive are not the same: of ${first.length} and ${second.length}, ${same} have the same name and moment.`;
}

function listed(places: readonly ChangedPlace[]): string {
  const shown = places.slice(0, MOST_PLACES).map(({ path, first, second }) => {
    const [a, b] = [plainText(first), plainText(second)];
    return a === undefined || b === undefined ? path : `${path} (A ${a}, B ${b})`;
  });
  const more = places.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}

/** A value as it stands in a document; undefined of what is not said on a line. */
function plainText(value: unknown): string | undefined {
  if (value === undefined) return 'none';
  if (isObject(value)) return undefined;
  const text = String(value);
  return text.length > MOST_LETTERS ? undefined : text;
}

/** A place at which two documents differ, and what each has there. */
export interface ChangedPlace {
  readonly path: string;
  readonly first: unknown;
  readonly second: unknown;
}

/** Where two documents differ, deepest names: `policy.scheduling.preemption`, `fleet.hosts[0].count`. */
export function changedPlaces(a: unknown, b: unknown, path = ''): readonly ChangedPlace[] {
  if (Object.is(a, b)) return [];
  if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b))
    return [{ path, first: a, second: b }];
  const isList = Array.isArray(a);
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return keys.flatMap((key) => {
    const own = isList ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    return changedPlaces(a[key], b[key], own);
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
