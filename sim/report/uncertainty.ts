import type { Driver, UncertainMetric, Uncertainty } from '../experiment/uncertainty/index.ts';
import { groupDigits, plural, printable, wrapText } from './format.ts';

const COLUMNS = 100;
/** Bars have their ends on one of these columns. */
const BAR = 27;
const LISTED_METRICS = 10;
const LISTED_CHARTS = 3;
const LISTED_DRIVERS = 12;

/** Metrics that people ask for first, in this order; then the others as the result lists them. */
const HEADLINES: readonly RegExp[] = [
  /(^|\.)latency\.p9\d/,
  /(^|\.)frames?\./,
  /^completion\.(mean|p95)$/,
  /slowdown\.(mean|p95)/,
  /^wait\.(mean|p95)$/,
  /utili[sz]/,
  /^time\.end$/,
];

/**
 * Intervals and tornado charts for a terminal. Lines of up to 100 columns.
 *
 * @param asked metrics whose charts are wanted; empty: the first few that move
 */
export function uncertaintyText(uncertainty: Uncertainty, asked: readonly string[] = []): string {
  const { metrics, parameters, samples, runs, stated } = uncertainty;
  const moved = Object.keys(metrics)
    .filter((name) => (metrics[name]?.drivers.length ?? 0) > 0)
    .map((name, at) => ({ name, at, rank: headline(name) }))
    .sort((a, b) => a.rank - b.rank || a.at - b.at)
    .map(({ name }) => name);
  const charts = asked.length > 0 ? asked : moved.slice(0, LISTED_CHARTS);
  const listed = [...new Set([...asked, ...moved])].slice(0, Math.max(LISTED_METRICS, asked.length));
  const lines = [
    ...wrapped(
      `Uncertainty of ${plural(parameters.length, 'overhead')}: ${plural(samples, 'sample')} (Latin hypercube), ${plural(runs, 'run')} in all, the same seeds in each`,
    ),
    ...(moved.length === 0
      ? ['No metric depends on any of them.']
      : ['', ...intervalLines(metrics, listed, moved.length)]),
    ...charts.flatMap((name) => {
      const metric = metrics[name];
      return metric === undefined ? [] : ['', ...chartLines(name, metric, uncertainty)];
    }),
  ];
  const footnotes = [
    ...(uncertainty.withoutEffect.length === 0
      ? []
      : wrapped(`Without effect on any metric: ${uncertainty.withoutEffect.join(', ')}`)),
    ...(stated.length === 0 ? [] : wrapped(`Stated by the scenario, so not varied: ${stated.join(', ')}`)),
    ...(lines.some((line) => / \*( |$)/.test(line))
      ? ['* assumed: no published measurement stands behind the range']
      : []),
  ];
  return `${[...lines, ...(footnotes.length === 0 ? [] : ['', ...footnotes])].join('\n')}\n`;
}

function headline(name: string): number {
  const at = HEADLINES.findIndex((pattern) => pattern.test(name));
  return at < 0 ? HEADLINES.length : at;
}

function intervalLines(metrics: Uncertainty['metrics'], names: readonly string[], moved: number): string[] {
  const rows = names.flatMap((name) => {
    const metric = metrics[name];
    if (metric === undefined) return [];
    const show = writer(metric.unit, [metric.typical, metric.p5, metric.p95]);
    return [[printable(name), ...[metric.typical, metric.p5, metric.p50, metric.p95].map(show)]];
  });
  const header = ['metric', 'typical', 'p5', 'p50', 'p95'];
  const columns = header.map((title, c) =>
    padded([title, ...rows.map((row) => row[c] ?? '')], c === 0 ? 'left' : 'right'),
  );
  const lines = [header, ...rows].map((_, row) => columns.map((cells) => cells[row]).join('   '));
  const more = moved - names.length;
  return more > 0 ? [...lines, `and ${plural(more, 'more metric')} in result.json`] : lines;
}

function chartLines(
  name: string,
  metric: UncertainMetric,
  { parameters, withoutEffect }: Uncertainty,
): string[] {
  const { drivers, unit, typical } = metric;
  const ends = drivers.flatMap(({ atLow, atHigh }) => [atLow, atHigh]);
  const show = writer(unit, [typical, ...ends]);
  const explained =
    metric.explained === null
      ? ''
      : `; a straight line through the drivers explains ${(metric.explained * 100).toFixed(0)} % of the variance`;
  const title = wrapped(`What moves ${printable(name)}: ${show(typical)} at typical overheads${explained}`);
  if (drivers.length === 0) return [...title, '  none of them'];
  const shown = drivers.slice(0, LISTED_DRIVERS);
  const known = [typical, ...ends].filter((value) => value !== null);
  const scale = { from: Math.min(...known), to: Math.max(...known) };
  const columns = [
    ['L at low, H at high', ...shown.map((driver) => bar(driver, typical, scale))],
    ['low -> high', ...shown.map(({ atLow, atHigh }) => `${show(atLow)} -> ${show(atHigh)}`)],
    ['rank', ...shown.map(({ rankCorrelation: r }) => r?.toFixed(2) ?? '-')],
    ['share', ...shown.map(({ regression: b }) => (b === null ? '-' : `${(b * b * 100).toFixed(0)} %`))],
  ].map((cells, c) => padded(cells, c === 0 ? 'left' : 'right'));
  const taken = columns.reduce((sum, cells) => sum + 2 + (cells[0]?.length ?? 0), 2);
  const ids = padded(
    ['', ...shown.map(({ id, assumed }) => cut(id, COLUMNS - taken - 2) + (assumed ? ' *' : ''))],
    'left',
  );
  const lines = ids.map((id, row) => `  ${[id, ...columns.map((cells) => cells[row])].join('  ')}`.trimEnd());
  const rest = drivers.length - shown.length;
  const named = new Set([...drivers.map(({ id }) => id), ...withoutEffect]);
  const still = parameters.map(({ id }) => id).filter((id) => !named.has(id));
  return [
    ...title,
    ...lines,
    ...(rest > 0 ? [`  and ${rest} more with smaller swings`] : []),
    ...(still.length === 0 ? [] : wrapped(`No effect on this one: ${still.join(', ')}`, '  ')),
  ];
}

/** `H====|==L`: where the metric goes from its typical place (`|`) as the parameter goes to its low and high value. */
function bar(
  { atLow, atHigh }: Driver,
  typical: number | null,
  { from, to }: { readonly from: number; readonly to: number },
): string {
  const column = (value: number) =>
    to === from ? Math.floor(BAR / 2) : Math.round(((value - from) / (to - from)) * (BAR - 1));
  const cells = new Array<string>(BAR).fill(' ');
  const places = [atLow, typical, atHigh].filter((value) => value !== null).map(column);
  if (places.length === 0) return '';
  for (let at = Math.min(...places); at <= Math.max(...places); at++) cells[at] = '=';
  if (typical !== null) cells[column(typical)] = '|';
  // An end that stays where the typical value is leaves its mark.
  if (atLow !== null && atLow !== typical) cells[column(atLow)] = 'L';
  if (atHigh !== null && atHigh !== typical) cells[column(atHigh)] = 'H';
  return cells.join('').trimEnd();
}

const SECONDS: readonly (readonly [from: number, unit: string, seconds: number])[] = [
  [172_800, 'd', 86_400],
  [7200, 'h', 3600],
  [120, 'min', 60],
  [1, 's', 1],
  [1e-3, 'ms', 1e-3],
  [0, 'us', 1e-6],
];

/** Writes values of one metric in one unit, with four digits, so that they can be compared. */
export function writer(unit: string, values: readonly (number | null)[]): (value: number | null) => string {
  const largest = Math.max(0, ...values.map((value) => Math.abs(value ?? 0)));
  const [, name, size] =
    unit === 'fraction'
      ? [0, '%', 0.01]
      : unit === 'seconds'
        ? (SECONDS.find(([from]) => largest >= from) ?? [0, 's', 1])
        : [0, unit === 'ratio' ? '' : unit, 1];
  return (value) => (value === null ? '-' : `${fourDigits(value / size)} ${name}`.trimEnd());
}

function fourDigits(value: number): string {
  if (Number.isInteger(value)) return groupDigits(value);
  return groupDigits(Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(4)));
}

/** All as wide as the widest. */
function padded(cells: readonly string[], align: 'left' | 'right'): string[] {
  const width = Math.max(...cells.map((cell) => cell.length));
  return cells.map((cell) => (align === 'left' ? cell.padEnd(width) : cell.padStart(width)));
}

function cut(id: string, width: number): string {
  return id.length <= width ? id : `${id.slice(0, width - 1)}…`;
}

function wrapped(text: string, lead = ''): string[] {
  return wrapText(text, COLUMNS - lead.length - 2).map((line, i) => `${lead}${i === 0 ? '' : '  '}${line}`);
}
