import { CURRENCIES } from '../hardware/prices/currencies.ts';

/** Powers of base units: seconds, `GPU-hour`, `job`, `USD` and so on; empty for a plain number. */
export type Dimension = Readonly<Record<string, number>>;

/** A unit: what it measures, and how many base units it is. */
export interface Unit {
  readonly dimension: Dimension;
  readonly factor: number;
}

const NONE: Dimension = {};

/** Stands for a currency that is only known once a run has been made. */
const ANY_CURRENCY = 'CUR';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** Base units with the names that they and their multiples have. Times of GPUs, hosts and users are in hours. */
const NAMED: readonly (readonly [base: string, names: Readonly<Record<string, number>>])[] = [
  [
    's',
    {
      ...{ us: 1e-6, ms: 1e-3, s: 1, sec: 1, second: 1, seconds: 1 },
      ...{ min: minute, minute, minutes: minute, h: hour, hour, hours: hour, d: day, day, days: day },
    },
  ],
  [
    'GPU-hour',
    {
      ...{ 'GPU-hour': 1, 'GPU-hours': 1, 'GPU-h': 1, 'GPU-days': 24 },
      ...{ 'GPU-minute': 1 / 60, 'GPU-minutes': 1 / 60, 'GPU-second': 1 / 3600, 'GPU-seconds': 1 / 3600 },
    },
  ],
  ['host-hour', { 'host-hour': 1, 'host-hours': 1 }],
  ['user-hour', { 'user-hour': 1, 'user-hours': 1 }],
  ['licence-hour', { 'licence-hour': 1, 'licence-hours': 1 }],
  ['licence', { licence: 1, licences: 1 }],
  ['GPU', { GPU: 1, GPUs: 1, milliGPU: 1e-3 }],
  ['job', { job: 1, jobs: 1 }],
  ['request', { request: 1, requests: 1 }],
  ['session', { session: 1, sessions: 1 }],
  ['host', { host: 1, hosts: 1 }],
  ['event', { event: 1, events: 1 }],
  ['frame', { frame: 1, frames: 1 }],
  ['month', { month: 1, months: 1 }],
  ['year', { year: 1, years: 1 }],
  ['kWh', { kWh: 1, MWh: 1000 }],
  ['kg', { kg: 1, t: 1000 }],
  ...[ANY_CURRENCY, ...CURRENCIES].map((code) => [code, { [code]: 1 }] as const),
];

const UNITS: ReadonlyMap<string, Unit> = new Map([
  ...['fraction', 'ratio'].map((name) => [name, { dimension: NONE, factor: 1 }] as const),
  ['%', { dimension: NONE, factor: 0.01 }],
  ['percent', { dimension: NONE, factor: 0.01 }],
  ...NAMED.flatMap(([base, names]) =>
    Object.entries(names).map(([name, factor]) => [name, { dimension: { [base]: 1 }, factor }] as const),
  ),
]);

/** Names that may stand behind a number. */
export const UNIT_NAMES: readonly string[] = [...UNITS.keys()].filter((name) => name !== ANY_CURRENCY);

/** A unit by a name without `/`; undefined where there is none. */
export function namedUnit(name: string): Unit | undefined {
  return UNITS.get(name);
}

/** A unit as metrics write it, such as `seconds`, `requests/s`, `EUR/GPU-hour`; undefined where a part of it is not known. */
export function unitOf(text: string): Unit | undefined {
  const [first, ...rest] = text.split('/').map(namedUnit);
  return rest.reduce(
    (unit, next) => (unit === undefined || next === undefined ? undefined : per(unit, next)),
    first,
  );
}

export function per(unit: Unit, other: Unit): Unit {
  return { dimension: joined(unit.dimension, other.dimension, -1), factor: unit.factor / other.factor };
}

/** The product of two dimensions, or with -1 their quotient. */
export function joined(a: Dimension, b: Dimension, sign: 1 | -1): Dimension {
  const powers = new Map(Object.entries(a));
  for (const [base, power] of Object.entries(b)) powers.set(base, (powers.get(base) ?? 0) + sign * power);
  return Object.fromEntries(
    [...powers].filter(([, power]) => power !== 0).sort(([x], [y]) => (x < y ? -1 : x > y ? 1 : 0)),
  );
}

/** Whether two dimensions are the same, or may be once the currency is known. */
export function sameDimension(a: Dimension, b: Dimension): boolean {
  const [x, y] = [settled(a, b), settled(b, a)];
  const bases = Object.keys(x);
  return bases.length === Object.keys(y).length && bases.every((base) => x[base] === y[base]);
}

/** `a` with the currency of `b` where its own is open. */
function settled(a: Dimension, b: Dimension): Dimension {
  const power = a[ANY_CURRENCY];
  const code = Object.keys(b).find((base) => CURRENCIES.includes(base));
  if (power === undefined || code === undefined) return a;
  const { [ANY_CURRENCY]: _, ...rest } = a;
  return { ...rest, [code]: power };
}

/** Whether every base unit counts things, so that a bare number is a number of them. */
export function isCount(dimension: Dimension): boolean {
  const entries = Object.entries(dimension);
  return entries.length > 0 && entries.every(([base, power]) => power === 1 && COUNTED.has(base));
}

const COUNTED: ReadonlySet<string> = new Set([
  'GPU',
  'job',
  'request',
  'session',
  'host',
  'event',
  'licence',
]);

/** The dimension without what it is counted by: USD of USD/month; undefined where it is counted by nothing. */
export function amountOf(dimension: Dimension): Dimension | undefined {
  const above = Object.entries(dimension).filter(([, power]) => power > 0);
  const below = Object.keys(dimension).filter((base) => (dimension[base] as number) < 0);
  const isAmount = above.length === 1 && AMOUNTS.test(above[0]?.[0] ?? '');
  return isAmount && below.length > 0 ? Object.fromEntries(above) : undefined;
}

/** Money, energy and mass: metrics say in their names what they are counted by (`cost.perMonth`). */
const AMOUNTS = /^([A-Z]{3}|kWh|kg)$/;

/** A dimension for a person: `seconds`, `USD/month`, `a plain number`. */
export function dimensionText(dimension: Dimension): string {
  const word = (base: string, power: number) => {
    const size = Math.abs(power);
    const name = base === 's' && power > 0 ? 'seconds' : base === ANY_CURRENCY ? 'money' : base;
    return size === 1 ? name : `${name}^${size}`;
  };
  const entries = Object.entries(dimension);
  const above = entries.filter(([, power]) => power > 0).map(([base, power]) => word(base, power));
  const below = entries.filter(([, power]) => power < 0).map(([base, power]) => word(base, power));
  if (above.length + below.length === 0) return 'a plain number';
  return [above.join(' ') || '1', ...below].join('/');
}
