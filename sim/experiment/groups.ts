import type { Claim } from '../cluster/claim.ts';
import type { FleetView } from '../cluster/fleet.ts';
import type { Micros } from '../kernel/time.ts';
import { PLACE_SIGNALS } from '../observe/groups/columns.ts';
import type { FleetCourse } from '../observe/groups/fleet-course.ts';
import { JobBook, type JobGroups, type TenantShare } from '../observe/groups/job-groups.ts';
import type { PlaceKind } from '../observe/groups/places.ts';
import type { LicenceMeter } from '../observe/licence-meter.ts';
import type { Reading, Readings } from '../observe/metric.ts';
import type { Scenario } from '../scenario/types.ts';
import { poolNumbers } from './claims.ts';

/** Ways to divide what is measured: by where it is, and by whose it is. Pools are both. */
export const GROUP_KINDS = ['gpuModel', 'pool', 'hostGroup', 'mode', 'host', 'tenant', 'class'] as const;
export type GroupKind = (typeof GROUP_KINDS)[number];

/** Readings of the groups of a kind by name, in order of the fleet or, of jobs, of first arrival. */
export type GroupReadings = Readonly<
  Record<
    GroupKind,
    readonly { readonly name: string; readonly readings: readonly (readonly [string, Reading])[] }[]
  >
>;

/** What was followed of a run. */
interface Measured {
  readonly course: FleetCourse;
  readonly jobs: JobGroups;
  readonly licences?: LicenceMeter | undefined;
}

/** Name of all groups that are not told one by one. */
export const OTHERS = '(others)';
/** Name of the group of jobs of nobody. */
const NOBODY = '(none)';

const MILLI_US_PER_HOUR = 1000 * 3600e6;
const WATT_US_PER_KWH = 3600e6 * 1000;

/** Sets the metrics of one part of the fleet. What is null had nothing to measure. */
function readPlace(into: Readings, course: FleetCourse, kind: PlaceKind, row: number): void {
  const { tracks } = course;
  for (const [name, { value, whole, isOfCards, isOfHosts }] of Object.entries(PLACE_SIGNALS)) {
    if (isOfHosts && (kind === 'gpuModel' || kind === 'mode')) continue;
    const possible = tracks.integral(row, whole);
    if (possible === 0 && (isOfCards || name === 'communication.share')) continue;
    const mean = possible > 0 ? tracks.integral(row, value) / possible : null;
    into.set(`${name}.mean`, { value: mean, unit: 'fraction' });
    if (name === 'gpu.allocated')
      into.set('gpu.allocated.peak', { value: course.isWarm ? tracks.peak(row) : null, unit: 'fraction' });
  }
  const milliUs = tracks.integral(row, 'gpuHeld');
  into.set('gpu.hours', { value: milliUs / MILLI_US_PER_HOUR, unit: 'GPU-hours' });
  const wattUs = tracks.integral(row, 'watts');
  if (wattUs > 0) into.set('energy.gpu', { value: wattUs / WATT_US_PER_KWH, unit: 'kWh' });
}

/** Metrics of the whole fleet that only parts had before: shared GPUs, energy, exchange, fairness, slowdown. */
export function readFleet(into: Readings, { course, jobs }: Measured, scenario: Scenario): void {
  const ofFleet: Readings = new Map();
  readPlace(ofFleet, course, 'fleet', course.rowOf('fleet', '') as number);
  // Measured by others, to the last digit the same for years.
  for (const [name, reading] of ofFleet) if (!into.has(name) && !isKnown(name)) into.set(name, reading);
  const cardUs = course.tracks.integral(course.rowOf('fleet', '') as number, 'cardsThere');
  if (cardUs > 0) {
    for (const [largest, us] of course.fitTimes()) {
      const name = largest === '' ? 'none' : largest;
      into.set(`gpu.largestFit.of.${name}`, { value: us / cardUs, unit: 'fraction' });
    }
  }
  const all = merged(jobs.books.values());
  if (all.slowdown.count > 0) all.slowdown.read(into, 'slowdown', 'ratio');
  const jain = fairness(jobs, scenario);
  if (jain !== undefined) into.set('fairness.jain', { value: jain, unit: 'fraction' });
}

const isKnown = (name: string) =>
  name.startsWith('gpu.allocated.') ||
  name.startsWith('cpu.allocated.') ||
  name.startsWith('memory.allocated.') ||
  name === 'gpu.utilized.mean' ||
  name === 'gpu.busy.mean';

/**
 * Jain's index of the GPU-time that tenants had over their weights, of those who asked for GPUs: 1 where all had the same
 * for their weight, 1/n where one of n had everything. Undefined below two tenants, and where nobody had any.
 *
 * @see Jain, Chiu and Hawe, A quantitative measure of fairness and discrimination, DEC TR-301 (1984)
 */
function fairness({ books }: JobGroups, scenario: Scenario): number | undefined {
  const had = new Map<string, number>();
  for (const [{ tenant }, book] of books) {
    if (tenant === '' || !book.asksForGpus) continue;
    had.set(tenant, (had.get(tenant) ?? 0) + book.gpuMilliUs);
  }
  const shares = [...had].map(([tenant, us]) => us / weightOf(scenario, tenant));
  return jainIndex(shares);
}

/** Undefined below two shares, or where all are 0. */
export function jainIndex(shares: readonly number[]): number | undefined {
  // Over the greatest, so that squares neither overflow nor vanish.
  const greatest = Math.max(0, ...shares);
  if (shares.length < 2 || greatest === 0) return undefined;
  let sum = 0;
  let squares = 0;
  for (const share of shares) {
    sum += share / greatest;
    squares += (share / greatest) * (share / greatest);
  }
  return (sum * sum) / (shares.length * squares);
}

function weightOf({ policy }: Scenario, tenant: string): number {
  for (const { scheduling } of [policy, ...policy.pools]) {
    const weight = scheduling.weights[tenant];
    if (weight !== undefined && weight > 0) return weight;
  }
  return 1;
}

/** Metrics of every group of every kind, of at most so many a kind. */
export function readGroups(
  { course, jobs, licences }: Measured,
  scenario: Scenario,
  fleet: FleetView,
  most: number,
): GroupReadings {
  const places = (kind: PlaceKind): Map<string, Readings> => {
    const rows = course.places.rows.get(kind) ?? new Map<string, number>();
    const found = new Map<string, Readings>();
    for (const [name, row] of rows) {
      const readings: Readings = new Map();
      readPlace(readings, course, kind, row);
      found.set(name, readings);
    }
    return found;
  };
  const pools = places('pool');
  const poolNames = [...poolNumbers(scenario).keys()];
  for (const [name, book] of booksBy(jobs, (claim) => poolNames[claim.pool] as string)) {
    readBook(pools.get(name) as Readings, book);
  }
  const tenants = tenantsOf(jobs, course.measuredUs);
  for (const { name, claim, mean } of licences?.heldByClaim(course.endUs as Micros) ?? []) {
    for (const readings of [
      tenants.get(claim.tenant || NOBODY),
      pools.get(poolNames[claim.pool] as string),
    ]) {
      const metric = `licences.${name}.inUse.mean`;
      readings?.set(metric, { value: (readings.get(metric)?.value ?? 0) + mean, unit: 'licences' });
    }
  }
  const isPerHost = scenario.metrics?.perHost === true;
  return {
    gpuModel: bounded(places('gpuModel'), most),
    pool: bounded(pools, most),
    hostGroup: bounded(places('hostGroup'), most),
    mode: bounded(fleet.hasCards ? places('mode') : new Map(), most),
    host: bounded(isPerHost ? places('host') : new Map(), most),
    tenant: bounded(tenants, most),
    class: bounded(
      namedBooks(jobs, (claim) => claim.label, course.measuredUs),
      most,
    ),
  };
}

function tenantsOf(jobs: JobGroups, measuredUs: number): Map<string, Readings> {
  const found = namedBooks(jobs, (claim) => claim.tenant, measuredUs);
  for (const [name, readings] of found) {
    const share = jobs.tenants.get(name === NOBODY ? '' : name);
    if (share !== undefined) readShare(readings, share, measuredUs);
  }
  return found;
}

function readShare(into: Readings, share: TenantShare, measuredUs: number): void {
  const set = (name: string, us: number) =>
    into.set(`share.${name}.mean`, { value: measuredUs > 0 ? us / measuredUs : null, unit: 'fraction' });
  set('gpu', share.gpuUs);
  set('cpu', share.cpuUs);
  set('memory', share.memoryUs);
  set('dominant', share.dominantUs);
}

/** Books by a name; none where nobody has one. */
function namedBooks(
  jobs: JobGroups,
  nameOf: (claim: Claim) => string,
  measuredUs: number,
): Map<string, Readings> {
  const books = booksBy(jobs, nameOf);
  if (![...books.keys()].some((name) => name !== '')) return new Map();
  const found = new Map<string, Readings>();
  for (const [name, book] of books) {
    const readings: Readings = new Map();
    readBook(readings, book);
    readings.set('gpu.hours', { value: book.gpuMilliUs / MILLI_US_PER_HOUR, unit: 'GPU-hours' });
    readings.set('gpu.held.mean', {
      value: measuredUs > 0 ? book.gpuMilliUs / 1000 / measuredUs : null,
      unit: 'GPU',
    });
    found.set(name === '' ? NOBODY : name, readings);
  }
  return found;
}

function booksBy({ books }: JobGroups, nameOf: (claim: Claim) => string): Map<string, JobBook> {
  const found = new Map<string, JobBook[]>();
  for (const [claim, book] of books) {
    const name = nameOf(claim);
    found.set(name, [...(found.get(name) ?? []), book]);
  }
  return new Map([...found].map(([name, own]) => [name, merged(own)]));
}

function merged(books: Iterable<JobBook>): JobBook {
  const all = new JobBook();
  for (const book of books) all.merge(book);
  return all;
}

function readBook(into: Readings, book: JobBook): void {
  const count = (name: string, value: number) => into.set(`jobs.${name}`, { value, unit: 'jobs' });
  count('arrived', book.arrived);
  count('placed', book.placed);
  count('completed', book.completed);
  count('rejected', book.rejected);
  if (book.failed > 0) count('failed', book.failed);
  if (book.preemptions > 0) count('preemptions', book.preemptions);
  book.wait.read(into, 'wait');
  book.completion.read(into, 'completion');
  if (book.slowdown.count > 0) book.slowdown.read(into, 'slowdown', 'ratio');
  book.deadlines?.read(into);
}

/** Those with the most GPU-hours, in their order; of the others what can be summed up. */
function bounded(groups: ReadonlyMap<string, Readings>, most: number): GroupReadings[GroupKind] {
  const all = [...groups];
  const hours = (readings: Readings) => readings.get('gpu.hours')?.value ?? 0;
  const kept = new Set(
    all.length <= most
      ? all
      : all
          .map((each, order) => ({ each, order }))
          .sort((a, b) => hours(b.each[1]) - hours(a.each[1]) || a.order - b.order)
          .slice(0, most)
          .map(({ each }) => each),
  );
  const told = all.filter((each) => kept.has(each)).map(([name, of]) => ({ name, readings: [...of] }));
  if (kept.size === all.length) return told;
  return [...told, { name: OTHERS, readings: sumOf(all.filter((each) => !kept.has(each))) }];
}

const SUMMABLE: ReadonlySet<string> = new Set(['jobs', 'GPU-hours', 'kWh', 'licences']);

/** What can be added up of groups. */
export function sumOf(
  groups: readonly (readonly [string, Readings])[],
): readonly (readonly [string, Reading])[] {
  // Some may be sums of others already.
  const number = groups.reduce((sum, [, readings]) => sum + (readings.get('groups')?.value ?? 1), 0);
  const sums: Readings = new Map([['groups', { value: number, unit: 'events' }]]);
  for (const [, readings] of groups) {
    for (const [name, { value, unit }] of readings) {
      if (!SUMMABLE.has(unit)) continue;
      sums.set(name, { value: (sums.get(name)?.value ?? 0) + (value ?? 0), unit });
    }
  }
  return [...sums];
}
