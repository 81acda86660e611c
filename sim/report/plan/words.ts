import type { Metric } from '../../experiment/metric.ts';
import type { Against, ChosenCount, PlanResult } from '../../experiment/plan/index.ts';
import { metricWords } from '../document/metric-words.ts';
import { quantity } from '../document/quantity.ts';
import { count, groupDigits, halfWidth, percent, plural } from '../format.ts';
import { outcomeText } from '../objectives.ts';

/** Words for what a plan has and costs, the same at the terminal and on paper. */

const MONTHLY = /^([A-Z]{3})\/month$/;
const HOSTS_OF = /^fleet\.hosts\.(.+)\.count$/;
/** `desks`, `gpu-hosts`: a noun of many, which has a singular. */
const PLURAL = /[^siu]s$/;

/** `2,200.51 USD a month`, `8 GPUs`, `1 host`; `-` where there is no such number. */
export function amountWords(value: number | null, unit: string): string {
  if (value === null || !Number.isFinite(value)) return '-';
  const currency = MONTHLY.exec(unit)?.[1];
  if (currency !== undefined) return `${quantity(value, currency)} a\u00a0month`;
  return counted(value, unit);
}

/** The same without the time: `2,200.51 USD`. */
export function shortAmount(value: number | null, unit: string): string {
  if (value === null || !Number.isFinite(value)) return '-';
  const currency = MONTHLY.exec(unit)?.[1];
  return currency === undefined ? counted(value, unit) : quantity(value, currency);
}

function counted(value: number, unit: string): string {
  if (unit === 'GPU') return plural(value, 'GPU');
  if (unit === 'hosts') return plural(value, 'host');
  return quantity(value, unit);
}

/**
 * `(2,193.66 to 2,207.37 USD at 95 %)`; empty where all runs gave the same, or one was made.
 *
 * @param least that is proven: however wide the interval of a few runs is, it is not below
 */
export function intervalWords({ value, unit, ci95 }: Metric, least = 0): string {
  if (value === null || ci95 === undefined || halfWidth(value, ci95) === undefined) return '';
  const currency = MONTHLY.exec(unit)?.[1];
  const [low, high] = ci95.map((each) => quantity(Math.max(least, each), currency ?? unit));
  // Both have the same unit where it is money.
  const from = currency === undefined ? low : low?.replace(`\u00a0${currency}`, '');
  return `(${from} to ${high} at 95\u00a0%)`;
}

/** `+5,099.39 USD a month (+51.5 %)`. */
export function differenceWords(from: number | null, to: number | null, unit: string): string {
  if (from === null || to === null || !Number.isFinite(from) || !Number.isFinite(to)) return '-';
  const sign = to < from ? '-' : '+';
  const part = from > 0 ? ` (${sign}${percent(Math.abs(to - from) / from).replace(' ', '\u00a0')})` : '';
  return `${sign}${amountWords(Math.abs(to - from), unit)}${part}`;
}

/** So many of an axis: `6 hosts of gpu`, of an axis with a name `6 desks`, `6 × gpu`. */
export function countWords({ name, path, count: many }: ChosenCount): string {
  if (name === path) {
    const group = HOSTS_OF.exec(path)?.[1];
    return group === undefined ? `${name} ${count(many)}` : `${plural(many, 'host')} of ${group}`;
  }
  if (!PLURAL.test(name)) return `${count(many)} × ${name}`;
  return `${count(many)} ${many === 1 ? name.slice(0, -1) : name}`;
}

/** So many more or less of an axis: `one more host of gpu`, `2 fewer desks`. */
export function stepWords(
  { name, path }: Pick<ChosenCount, 'name' | 'path'>,
  size: number,
  direction: 'more' | 'fewer',
): string {
  const many = size === 1 ? 'one' : count(size);
  const group = name === path ? HOSTS_OF.exec(path)?.[1] : undefined;
  if (group !== undefined) return `${many} ${direction} ${size === 1 ? 'host' : 'hosts'} of ${group}`;
  if (name === path || !PLURAL.test(name)) return `${many} ${direction} of ${name}`;
  return `${many} ${direction} ${size === 1 ? name.slice(0, -1) : name}`;
}

/** What an axis counts: `hosts of gpu`, or its name. */
export function axisWords({ name, path }: Pick<ChosenCount, 'name' | 'path'>): string {
  const group = name === path ? HOSTS_OF.exec(path)?.[1] : undefined;
  return group === undefined ? name : `hosts of ${group}`;
}

export const countsWords = (counts: readonly ChosenCount[]): string => counts.map(countWords).join(', ');

/** A plan among others. */
export interface NamedPlan {
  readonly name: string;
  readonly counts: readonly ChosenCount[];
}

/** Of a plan where nothing is chosen but counts. */
const AS_STATED = 'as stated';

/** `L40S, vgpu: 6 hosts of gpu`, as the row of a table is named. */
export function planWords({ name, counts }: NamedPlan): string {
  if (counts.length === 0) return name;
  return name === AS_STATED ? countsWords(counts) : `${name}: ${countsWords(counts)}`;
}

/** `6 hosts of gpu (L40S, vgpu)`, as sentences name a plan. */
export function planPhrase({ name, counts }: NamedPlan): string {
  if (counts.length === 0) return name;
  return name === AS_STATED ? countsWords(counts) : `${countsWords(counts)} (${name})`;
}

/** What stands against a plan, a sentence each, without its end. */
export function againstWords({ broken, objectives }: Against): readonly string[] {
  return [
    ...broken,
    ...objectives.map((each) => {
      const how =
        each.verdict === 'fail'
          ? 'is not kept'
          : each.verdict === 'undecided'
            ? 'is not kept for sure'
            : each.verdict === 'not-measured'
              ? 'was not measured'
              : 'is kept';
      return `"${each.name}" ${how}: ${outcomeText({ ...each, needed: null, verdict: each.verdict === 'undecided' ? 'fail' : each.verdict })}`;
    }),
  ];
}

/** What is minimised, in words. */
export const MINIMISED_WORDS: Readonly<Record<PlanResult['minimise'], string>> = {
  cost: 'the cost of a month',
  gpus: 'the number of GPUs',
  hosts: 'the number of hosts',
};

/** What plans are weighed by besides metrics, in words that are short. */
export const CRITERIA: Readonly<Record<string, string>> = {
  'plan.headroom': 'room to spare',
  'cost.perMonth': 'cost of a month',
  gpus: 'GPUs',
  hosts: 'hosts',
};

/** What plans are weighed by, in words. */
export const criterionWords = (metric: string): string => CRITERIA[metric] ?? metricWords(metric);

/** `1.25 times`. */
export const timesWords = (factor: number): string => `${groupDigits(Number(factor.toFixed(2)))} times`;

const MONTHS_PER_YEAR = 12;

/** A time from now, rounded down so that nobody comes too late: `within a month`, `in 1 year and 4 months`. */
export function monthsWords(months: number | null): string {
  if (months === null || !Number.isFinite(months) || months < 0) return '-';
  const whole = Math.floor(months);
  if (whole === 0) return 'within a month';
  const years = Math.floor(whole / MONTHS_PER_YEAR);
  const rest = whole % MONTHS_PER_YEAR;
  const parts = [
    ...(years === 0 ? [] : [plural(years, 'year')]),
    ...(rest === 0 ? [] : [plural(rest, 'month')]),
  ];
  return `in ${parts.join(' and ')}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function andList(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** With a capital letter, as sentences begin, unless the word is a name such as `p95(wait)`. */
export const sentence = (text: string): string => (/^[a-z]+[ ,]/.test(text) ? capital(text) : text);

/** With a capital letter. */
export const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
