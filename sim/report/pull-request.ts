import type { ComparedVariant, Comparison } from '../experiment/compare/index.ts';
import { changeText, METRIC_COLUMNS, metricCells, movedMost, pairingText, restText } from './compare.ts';
import { plural, printable } from './format.ts';
import { outcomeText, VERDICT_WORD } from './objectives.ts';
import { wellFormed } from './well-formed.ts';

/** Longest comment that GitHub takes, in characters. */
export const LONGEST_COMMENT = 65_536;
/** Numbers that are told at once. */
const MOVED = 5;
/** Longest name or value in a cell. */
const LONGEST_CELL = 200;

/**
 * A comparison as GitHub-flavoured Markdown for a pull request: the verdict, what was asked, the five numbers that stand
 * out most, and the rest folded. What would make it longer than a comment may be is left out, and that is said.
 */
export function pullRequestMarkdown(comparison: Comparison, most: number = LONGEST_COMMENT - 1): string {
  const parts = [
    headline(comparison),
    ...comparison.variants.map((variant) => variantSummary(variant, comparison)),
  ];
  const folded = [
    ...comparison.variants.flatMap((variant) => foldedParts(variant)),
    ...(comparison.pareto === undefined ? [] : [paretoTable(comparison.pareto)]),
    notesPart(comparison),
  ].filter((part) => part !== '');
  const closing = `\n<sub>slicewise ${text(comparison.version)}</sub>\n`;
  const omission = '\n_More than a comment may hold: the rest is in `compare.json`._\n';
  let comment = '';
  const room = most - closing.length - omission.length;
  let isCut = false;
  for (const part of [...parts, ...folded]) {
    if (comment.length + part.length > room) isCut = true;
    else comment += part;
  }
  return `${comment}${isCut ? omission : ''}${closing}`;
}

const HEADLINE: Readonly<Record<Comparison['verdict'], string>> = {
  pass: '✅ Passed',
  fail: '❌ Failed',
  undecided: '⚠️ Undecided',
};

function headline({ verdict, variants, base }: Comparison): string {
  const objectives = variants.flatMap((variant) => variant.objectives);
  if (objectives.length === 0) {
    const worse = variants.flatMap(({ metrics }) =>
      metrics.filter((metric) => metric.verdict === 'worse'),
    ).length;
    const better = variants.flatMap(({ metrics }) =>
      metrics.filter((metric) => metric.verdict === 'better'),
    ).length;
    return `## Slicewise: ${plural(better, 'metric')} better, ${worse} worse\n\nNothing was asked of ${variants.map(({ name }) => text(name)).join(', ')}: no objective, no gate. Base: ${text(base.name)}.\n`;
  }
  const passed = objectives.filter((each) => each.verdict === 'pass').length;
  return `## Slicewise: ${HEADLINE[verdict]}\n\n${passed} of ${plural(objectives.length, 'objective')} met. Base: ${text(base.name)}.\n`;
}

function variantSummary(variant: ComparedVariant, { base }: Comparison): string {
  const { name, objectives, metrics } = variant;
  const moved = movedMost(metrics).slice(0, MOVED);
  const lines = [`\n### ${text(name)}\n`, `${sentence(pairingText(variant, base))}.\n`];
  if (objectives.length > 0) {
    lines.push('| objective | verdict | what was found |', '| --- | --- | --- |');
    // What did not pass comes first: the table may be long.
    const sorted = [...objectives].sort((a, b) => rank(a.verdict) - rank(b.verdict));
    for (const each of sorted) {
      lines.push(`| ${text(each.name)} | ${VERDICT_WORD[each.verdict]} | ${text(outcomeText(each), 600)} |`);
    }
    lines.push('');
  }
  if (moved.length === 0) lines.push('No difference is shown in any metric.');
  else {
    lines.push(
      moved.length === 1 ? 'What moved:' : `The ${moved.length} that moved most:`,
      '',
      ...metricTable(moved),
    );
  }
  const rest = restText(metrics);
  if (rest !== '') lines.push('', `${sentence(rest)}.`);
  return `${lines.join('\n')}\n`;
}

const rank = (verdict: ComparedVariant['objectives'][number]['verdict']) =>
  ['fail', 'not-measured', 'undecided', 'pass'].indexOf(verdict);

const sentence = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);

/** Parts of their own, so that a long one can be left out without the others. */
function foldedParts({ name, changes, metrics }: ComparedVariant): readonly string[] {
  const most = 100;
  const more = changes.length > most ? [`- and ${changes.length - most} more`] : [];
  return [
    fold(
      `What is changed in ${name}`,
      changes.length === 0
        ? ''
        : [...changes.slice(0, most).map((each) => `- ${text(changeText(each))}`), ...more].join('\n'),
    ),
    fold(`All ${plural(metrics.length, 'metric')} of ${name}`, metricTable(metrics).join('\n')),
  ];
}

function metricTable(metrics: readonly ComparedVariant['metrics'][number][]): readonly string[] {
  if (metrics.length === 0) return [];
  return [
    `| ${METRIC_COLUMNS.join(' | ')} |`,
    `| ${METRIC_COLUMNS.map((_, i) => (i === 0 || i === METRIC_COLUMNS.length - 1 ? '---' : '---:')).join(' | ')} |`,
    ...metrics.map(
      (each) => `| ${[each.metric, ...metricCells(each)].map((cell) => text(cell)).join(' | ')} |`,
    ),
  ];
}

function paretoTable({ criteria, points }: NonNullable<Comparison['pareto']>): string {
  const state = ({ isComplete, dominatedBy }: (typeof points)[number]) =>
    !isComplete ? 'not measured' : dominatedBy === null ? 'on the front' : `dominated by ${dominatedBy}`;
  return fold(
    'Pareto front',
    [
      `| variant | ${criteria.map(({ metric, better }) => text(`${metric} (${better})`)).join(' | ')} | |`,
      `| --- | ${criteria.map(() => '---:').join(' | ')} | --- |`,
      ...points.map(
        (point) =>
          `| ${text(point.name)} | ${point.values.map((value) => (value === null ? '-' : String(Number(value.toPrecision(5))))).join(' | ')} | ${text(state(point))} |`,
      ),
    ].join('\n'),
  );
}

function notesPart({ base, variants }: Comparison): string {
  const notes = [base, ...variants].flatMap(({ name, notes: own }) =>
    own.map((note) => `- ${text(`${name}: ${note}`, 600)}`),
  );
  return fold('Notes', notes.join('\n'));
}

function fold(summary: string, body: string): string {
  return body === '' ? '' : `\n<details><summary>${text(summary)}</summary>\n\n${body}\n\n</details>\n`;
}

/** Text as it is, whatever it says: marks of Markdown and HTML are written as entities, names of people and issues do not link. */
function text(value: string, most = LONGEST_CELL): string {
  const line = printable(wellFormed(value));
  const characters = [...line];
  const short = characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : line;
  return short
    .replace(/[&<>`*_~[\]|\\#@:]/g, (mark) => `&#${mark.charCodeAt(0)};`)
    .replace(/\bwww\./gi, (start) => start.replace('.', '&#46;'));
}
