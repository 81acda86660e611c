import type { ComparedVariant, Comparison } from '../experiment/compare/index.ts';
import type { ComparedMetric } from '../experiment/statistics/index.ts';
import { type Block, layOut, row, table } from './blocks.ts';
import { plural, printable } from './format.ts';
import { metricText, objectiveBlocks } from './objectives.ts';

const MOST_COLUMNS = 120;
const FEWEST_COLUMNS = 80;
const LISTED_CHANGES = 20;

/** Words of the verdicts of metrics. */
const METRIC_VERDICT: Readonly<Record<ComparedMetric['verdict'], string>> = {
  better: 'better',
  worse: 'worse',
  differs: 'differs',
  'no-difference-shown': 'no difference shown',
  'not-comparable': 'not comparable',
};

const isShown = ({ verdict }: ComparedMetric) =>
  verdict !== 'no-difference-shown' && verdict !== 'not-comparable';

/**
 * Metrics whose difference is shown, the one that stands out most first: by the distance of the difference from 0 in half
 * widths of its interval; those without spread come first, by their relative size.
 */
export function movedMost(metrics: readonly ComparedMetric[]): readonly ComparedMetric[] {
  const strength = ({ difference, ci95 }: ComparedMetric) => {
    const half = ci95 === null ? 0 : (ci95[1] - ci95[0]) / 2;
    return half > 0 ? Math.abs(difference ?? 0) / half : Number.POSITIVE_INFINITY;
  };
  const size = ({ relative }: ComparedMetric) => Math.abs(relative ?? Number.POSITIVE_INFINITY);
  return metrics
    .filter(isShown)
    .map((metric, at) => ({ metric, at }))
    .sort((a, b) => {
      const [x, y] = [strength(a.metric), strength(b.metric)];
      // Infinity less Infinity is no number.
      if (x !== y) return y > x ? 1 : -1;
      const [u, v] = [size(a.metric), size(b.metric)];
      return u === v ? a.at - b.at : v > u ? 1 : -1;
    })
    .map(({ metric }) => metric);
}

/** Cells of a line of the table of metrics, after the name. */
export function metricCells({
  base,
  candidate,
  difference,
  relative,
  ci95,
  unit,
  verdict,
  reason,
}: ComparedMetric): readonly string[] {
  const part = relative === null || difference === 0 ? '' : ` (${metricText(relative, 'fraction', true)})`;
  // Units that are no part of the number stand beside base and candidate alone.
  const own = unit === 'fraction' || unit === 'seconds' ? unit : 'ratio';
  const change = (value: number) => metricText(value, own, true);
  return [
    metricText(base, unit),
    metricText(candidate, unit),
    difference === null ? '-' : `${change(difference)}${part}`,
    ci95 === null ? '-' : `${change(ci95[0])} to ${change(ci95[1])}`,
    reason === undefined ? METRIC_VERDICT[verdict] : `${METRIC_VERDICT[verdict]}: ${printable(reason)}`,
  ];
}

export const METRIC_COLUMNS: readonly string[] = [
  'metric',
  'base',
  'candidate',
  'difference',
  '95 % interval',
  'verdict',
];

/** How many metrics have no difference that is shown, and how many could not be compared. */
export function restText(metrics: readonly ComparedMetric[]): string {
  const same = metrics.filter(({ verdict }) => verdict === 'no-difference-shown').length;
  const not = metrics.filter(({ verdict }) => verdict === 'not-comparable').length;
  const parts = [
    ...(same > 0 ? [`${plural(same, 'metric')} without a difference that is shown`] : []),
    ...(not > 0 ? [`${plural(not, 'metric')} not comparable`] : []),
  ];
  return parts.join(', ');
}

/** `10 pairs of equal seeds`, or how many there are on each side. */
export function pairingText({ isPaired, seeds }: ComparedVariant, base: Comparison['base']): string {
  if (!isPaired) return `${base.seeds.length} and ${seeds.length} replications without common seeds (Welch)`;
  const common = seeds.filter((seed) => base.seeds.includes(seed)).length;
  return `${plural(common, 'pair')} of equal seeds`;
}

/** A line of a diff for people: `policy.placement: "best-fit" -> "fgd"`. */
export function changeText({ path, from, to }: ComparedVariant['changes'][number]): string {
  return printable(`${path === '' ? 'the document' : path}: ${from ?? '(none)'} -> ${to ?? '(none)'}`);
}

/**
 * A comparison for a terminal.
 *
 * @param showsAll all metrics rather than those whose difference is shown
 */
export function comparisonText(comparison: Comparison, columns: number, showsAll = false): string {
  const width = Math.max(FEWEST_COLUMNS, Math.min(MOST_COLUMNS, columns));
  const { base, variants, pareto, isStrict } = comparison;
  const blocks: Block[] = [
    row('Base', `${printable(base.name)} (${printable(base.source)})`),
    ...noteBlocks(base.notes),
    ...variants.flatMap((variant) => variantBlocks(variant, base, showsAll, isStrict)),
    ...(pareto === undefined ? [] : paretoBlocks(pareto)),
  ];
  return `${layOut(blocks, width).join('\n')}\n`;
}

function variantBlocks(
  variant: ComparedVariant,
  base: Comparison['base'],
  showsAll: boolean,
  isStrict: boolean,
): Block[] {
  const { metrics, changes } = variant;
  const listed = showsAll ? metrics : metrics.filter(isShown);
  const rest = showsAll ? '' : restText(metrics);
  const more = changes.length - LISTED_CHANGES;
  return [
    '',
    row('Candidate', `${printable(variant.name)} (${printable(variant.source)})`),
    ...(variant.description === '' ? [] : [{ start: '  ', text: printable(variant.description) }]),
    row('Compared', pairingText(variant, base)),
    ...noteBlocks(variant.notes),
    ...(changes.length === 0 ? [row('Changed', 'nothing')] : []),
    ...changes.slice(0, LISTED_CHANGES).map((change, i) => row(i === 0 ? 'Changed' : '', changeText(change))),
    ...(more > 0 ? [row('', `and ${more} more`)] : []),
    '',
    ...(listed.length === 0
      ? [`No difference is shown: ${restText(metrics) || 'no metric'}.`]
      : [
          table([
            METRIC_COLUMNS,
            ...listed.map((metric) => [printable(metric.metric), ...metricCells(metric)]),
          ]),
        ]),
    ...(rest === '' || listed.length === 0 ? [] : [`  and ${rest} (--all lists them)`]),
    ...(variant.objectives.length === 0 ? [] : ['', ...objectiveBlocks(variant.objectives, isStrict)]),
  ];
}

function noteBlocks(notes: readonly string[]): Block[] {
  return notes.map((note) => ({ start: 'Note: ', text: printable(note) }));
}

function paretoBlocks({ criteria, points }: NonNullable<Comparison['pareto']>): Block[] {
  const state = ({ isComplete, dominatedBy }: (typeof points)[number]) =>
    !isComplete
      ? 'not measured'
      : dominatedBy === null
        ? 'on the front'
        : `dominated by ${printable(dominatedBy)}`;
  return [
    '',
    row(
      'Pareto',
      `by ${criteria.map(({ metric, better }) => `${printable(metric)} (${better})`).join(', ')}; means`,
    ),
    table([
      ['variant', ...criteria.map(({ metric }) => printable(metric)), ''],
      ...points.map((point) => [
        printable(point.name),
        ...point.values.map((value) => (value === null ? '-' : String(Number(value.toPrecision(5))))),
        state(point),
      ]),
    ]),
  ];
}
