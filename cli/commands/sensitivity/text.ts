import type { InputEffect, SobolIndex, TornadoMetric } from '../../../sim/experiment/statistics/index.ts';
import { plural, printable, wrapText } from '../../../sim/report/format.ts';
import { writer } from '../../../sim/report/uncertainty.ts';
import { type Column, renderTable } from '../../table.ts';
import type { SensitivityDocument } from './document.ts';

/** Columns of a bar. */
const BAR = 16;
/** Widest column of a path. */
const PATH = 27;
/** Columns from which there is room for the metric itself. */
const WIDE = 130;

/** A study as text: for each metric a table of the inputs, those that move it most first. */
export function sensitivityText(found: SensitivityDocument, width: number): string {
  const parts = [
    ...(found.tornado ?? []).map((metric) => tornadoText(metric, found.seeds.length, width)),
    ...(found.sobol ?? []).map((metric) => sobolText(metric, width)),
  ];
  const notes = found.notes.flatMap((note) => wrapText(`Note: ${printable(note)}`, width)).join('\n');
  return [...parts, ...(notes === '' ? [] : [`${notes}\n`])].join('\n');
}

const WORDS: Readonly<Record<InputEffect['verdict'], string>> = {
  shown: 'shown',
  'shown-alone': 'shown alone *',
  'not-shown': 'no effect shown',
  none: 'no effect',
  'not-comparable': 'not comparable',
};

function tornadoText(
  { metric, unit, typical, effects }: TornadoMetric,
  seeds: number,
  width: number,
): string {
  const ends = effects.flatMap(({ levels }) => levels.map(({ mean }) => mean));
  const show = writer(unit, [typical, ...ends]);
  const known = [typical, ...ends].filter((value) => value !== null);
  const scale = { from: Math.min(...known), to: Math.max(...known) };
  const columns: readonly (Column<InputEffect> & { readonly isWide?: boolean })[] = [
    { header: 'input', value: ({ path }) => tail(path), align: 'left' },
    { header: 'from -> to', value: ({ from, to }) => printable(`${from} -> ${to}`), shrinkTo: 12 },
    {
      header: 'at from -> at to',
      value: (each) => inOneUnit([each.from, each.to].map((end) => show(meanAt(each, end)))).join(' -> '),
      isWide: true,
    },
    {
      header: 'difference [95 %]',
      value: ({ difference, ci95 }) =>
        ci95 === null
          ? signed(difference, show)
          : inOneUnit([difference, ...ci95].map((each) => signed(each, show)))
              .join(', ')
              .replace(/, (.*, \S+)/, ' [$1]'),
    },
    { header: '', value: (each) => bar(each, typical, scale), align: 'left' },
    { header: 'effect', value: ({ verdict }) => WORDS[verdict], align: 'left' },
  ];
  const table = renderTable(
    columns.filter(({ isWide }) => isWide !== true || width >= WIDE),
    effects,
    width,
  );
  const remarks = [
    ...effects
      .filter(({ bends }) => bends)
      .map(
        ({ path }) =>
          `${printable(path)}: both ends lie on one side of the typical value; the best or worst place is between them.`,
      ),
    ...[...new Set(effects.flatMap(({ reason }) => (reason === undefined ? [] : [reason])))].map(
      (reason) => `Not comparable: ${reason}.`,
    ),
    ...(effects.some(({ verdict }) => verdict === 'shown-alone')
      ? ['* the interval leaves out 0, but among so many inputs one does by accident (Holm).']
      : []),
  ];
  const title = `What moves ${printable(metric)}, one input at a time: ${show(typical)} at typical values (${plural(seeds, 'run')} of each, in pairs)`;
  return `${[...wrapText(title, width), '', table.trimEnd(), ...remarks.flatMap((each) => wrapText(each, width))].join('\n')}\n`;
}

const meanAt = ({ levels }: InputEffect, at: number | string) =>
  levels.find(({ value }) => value === at)?.mean ?? null;

/** The end of a path, which tells it from others. */
function tail(path: string): string {
  const text = printable(path);
  return text.length <= PATH ? text : `…${text.slice(1 - PATH)}`;
}

/** `1`, `2 min` of `1 min`, `2 min`. */
function inOneUnit(texts: readonly string[]): readonly string[] {
  return texts.map((text, i) => (i < texts.length - 1 ? text.replace(/ \D+$/, '') : text));
}

function signed(value: number | null, show: (value: number | null) => string): string {
  return value !== null && value > 0 ? `+${show(value)}` : show(value);
}

/** From the metric at `from` (o) to that at `to` (x), with the typical run (|). */
function bar(
  effect: InputEffect,
  typical: number | null,
  { from, to }: { readonly from: number; readonly to: number },
): string {
  const column = (value: number) =>
    to === from ? Math.floor(BAR / 2) : Math.round(((value - from) / (to - from)) * (BAR - 1));
  const [start, end] = [meanAt(effect, effect.from), meanAt(effect, effect.to)];
  if (start === null || end === null) return '';
  const cells = new Array<string>(BAR).fill(' ');
  const [a, b] = [column(start), column(end)];
  for (let i = Math.min(a, b); i <= Math.max(a, b); i++) cells[i] = '=';
  if (typical !== null) cells[column(typical)] = '|';
  if (a !== b) {
    cells[a] = 'o';
    cells[b] = 'x';
  }
  return cells.join('').trimEnd();
}

function sobolText(
  {
    metric,
    unit,
    typical,
    mean,
    stdDev,
    fromSeeds,
    indices,
    reason,
  }: NonNullable<SensitivityDocument['sobol']>[number],
  width: number,
): string {
  const show = writer(unit, [typical, mean, stdDev]);
  if (indices === null) return `What moves ${printable(metric)}: no indices, ${reason ?? ''}\n`;
  const table = renderTable<SobolIndex & { readonly path: string }>(
    [
      { header: 'input', value: ({ path }) => tail(path), align: 'left' },
      { header: 'by itself', value: ({ first }) => share(first), align: 'right' },
      { header: '95 % interval', value: ({ firstCi95 }) => firstCi95.map(share).join(' to ') },
      { header: 'in all', value: ({ total }) => share(total), align: 'right' },
      { header: '95 % interval', value: ({ totalCi95 }) => totalCi95.map(share).join(' to ') },
      { header: '', value: ({ total }) => '='.repeat(Math.round(Math.min(1, total) * BAR)) },
      {
        header: 'effect',
        value: ({ total, firstCi95 }) =>
          total === 0 ? 'no effect' : firstCi95[0] > 0 ? 'shown' : 'none by itself shown',
        align: 'left',
      },
    ],
    indices,
    width,
  );
  const title = `What moves ${printable(metric)}, all inputs together: mean ${show(mean)}, standard deviation ${show(stdDev)} (${show(typical)} at the values of the scenario)`;
  const seeds =
    fromSeeds === null
      ? 'One replication: what the seeds do is not told apart from what the inputs do together.'
      : `${share(fromSeeds)} of the variance comes from the seeds and adds to every share in all; more replications lower it.`;
  return `${[...wrapText(title, width), '', table.trimEnd(), ...wrapText(seeds, width)].join('\n')}\n`;
}

const share = (value: number) => `${(value * 100).toFixed(1)} %`;
