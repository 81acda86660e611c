import { type ComparedVariant, type Comparison, gateVerdict } from '../experiment/compare/index.ts';
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

/** More variants than this are told in a table first, and in full only where they did not pass. */
const FEW_VARIANTS = 3;
/** Longest tables that are not folded. */
const MOST_ROWS = 30;
const LISTED_OBJECTIVES = 20;

/** A piece of the comment, and what stands for it where there is no room. */
interface Piece {
  readonly full: string;
  readonly short?: string;
}

/**
 * A comparison as GitHub-flavoured Markdown for a pull request: the verdict, what was asked, the five numbers that stand
 * out most, and the rest folded. Of several variants those that did not pass come first. What would make it longer than a
 * comment may be is left out, and that is said.
 */
export function pullRequestMarkdown(comparison: Comparison, most: number = LONGEST_COMMENT - 1): string {
  const { variants, isStrict } = comparison;
  const isLong = variants.length > FEW_VARIANTS;
  const verdictOf = ({ objectives }: ComparedVariant) => gateVerdict(objectives, isStrict);
  const sorted = isLong
    ? [...variants].sort((a, b) => WORST_FIRST.indexOf(verdictOf(a)) - WORST_FIRST.indexOf(verdictOf(b)))
    : variants;
  const isOpen = (variant: ComparedVariant) => !isLong || verdictOf(variant) !== 'pass';
  const pieces: readonly Piece[] = [
    { full: headline(comparison) },
    ...(isLong ? [{ full: overview(sorted, isStrict) }] : []),
    ...sorted.filter(isOpen).map((variant) => ({
      full: variantSummary(variant, comparison, LISTED_OBJECTIVES),
      short: variantSummary(variant, comparison, 0),
    })),
    ...sorted
      .filter((variant) => !isOpen(variant))
      .map((variant) => ({
        full: fold(variant.name, variantSummary(variant, comparison, LISTED_OBJECTIVES).trim()),
      })),
    ...[
      ...sorted.flatMap((variant) => foldedParts(variant)),
      ...(comparison.pareto === undefined ? [] : [paretoTable(comparison.pareto)]),
      notesPart(comparison),
    ]
      .filter((part) => part !== '')
      .map((full) => ({ full })),
  ];
  const closing = `\n<sub>slicewise ${text(comparison.version)}</sub>\n`;
  const omission = '\n_More than a comment may hold: the rest is in `compare.json`._\n';
  let comment = '';
  const room = most - closing.length - omission.length;
  let isCut = false;
  for (const { full, short = '' } of pieces) {
    const isWhole = comment.length + full.length <= room;
    const part = isWhole ? full : comment.length + short.length <= room ? short : '';
    comment += part;
    isCut ||= !isWhole;
  }
  return `${comment}${isCut ? omission : ''}${closing}`;
}

const WORST_FIRST: readonly ReturnType<typeof gateVerdict>[] = ['fail', 'undecided', 'pass'];

/** All variants in a line each. */
function overview(variants: readonly ComparedVariant[], isStrict: boolean): string {
  const lines = variants.slice(0, MOST_ROWS).map(({ name, objectives, metrics }) => {
    const met = objectives.filter(({ verdict }) => verdict === 'pass').length;
    const asked = objectives.length === 0 ? 'nothing asked' : HEADLINE[gateVerdict(objectives, isStrict)];
    const count = (verdict: ComparedVariant['metrics'][number]['verdict']) =>
      metrics.filter((metric) => metric.verdict === verdict).length;
    return `| ${text(name)} | ${asked} | ${met} of ${objectives.length} | ${count('better')} | ${count('worse')} |`;
  });
  const more = variants.length - lines.length;
  return [
    '',
    '| variant | verdict | objectives met | metrics better | worse |',
    '| --- | --- | ---: | ---: | ---: |',
    ...lines,
    ...(more > 0 ? ['', `And ${plural(more, 'variant')} more.`] : []),
    '',
  ].join('\n');
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

/** @param listed objectives that have a line of their own; the others are in a fold of their own */
function variantSummary(variant: ComparedVariant, { base }: Comparison, listed: number): string {
  const { name, objectives, metrics } = variant;
  const moved = movedMost(metrics).slice(0, MOVED);
  const lines = [`\n### ${text(name)}\n`, `${sentence(pairingText(variant, base))}.\n`];
  const shown = worstFirst(objectives).slice(0, listed);
  if (shown.length > 0) lines.push(...objectiveTable(shown), '');
  if (objectives.length > shown.length) {
    const met = objectives.filter(({ verdict }) => verdict === 'pass').length;
    lines.push(
      `${met} of ${plural(objectives.length, 'objective')} met; ${shown.length === 0 ? 'they are' : 'the others are'} below or in \`compare.json\`.`,
      '',
    );
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

type Objectives = ComparedVariant['objectives'];

/** What did not pass comes first: the table may be long. */
function worstFirst(objectives: Objectives): Objectives {
  const rank = ['fail', 'not-measured', 'undecided', 'pass'];
  return [...objectives].sort((a, b) => rank.indexOf(a.verdict) - rank.indexOf(b.verdict));
}

function objectiveTable(objectives: Objectives): readonly string[] {
  return [
    '| objective | verdict | what was found |',
    '| --- | --- | --- |',
    ...objectives.map(
      (each) => `| ${text(each.name)} | ${VERDICT_WORD[each.verdict]} | ${text(outcomeText(each), 600)} |`,
    ),
  ];
}

const sentence = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);

/** Parts of their own, so that a long one can be left out without the others. */
function foldedParts({ name, changes, metrics, objectives }: ComparedVariant): readonly string[] {
  const most = 100;
  const more = changes.length > most ? [`- and ${changes.length - most} more`] : [];
  const others = worstFirst(objectives).slice(LISTED_OBJECTIVES);
  return [
    fold(
      `The other ${plural(others.length, 'objective')} of ${name}`,
      others.length === 0 ? '' : objectiveTable(others).join('\n'),
    ),
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
