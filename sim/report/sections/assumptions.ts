import {
  type Block,
  foldedTable,
  name,
  paragraph,
  prose,
  type Text,
  tableOf,
  words,
} from '../document/blocks.ts';
import { quantity } from '../document/quantity.ts';
import type { ReportedRun } from '../document/read-result.ts';
import type { SectionKind } from './section.ts';
import { ofEach } from './side-by-side.ts';

const MOST_ROWS = 20;

/** Figures that no published one stands behind, with where they come from and how sure they are. */
export const assumptionsSection: SectionKind = {
  id: 'assumptions',
  title: 'Assumptions',
  build: ({ runs }) => ofEach(runs, assumptionBlocks),
};

function assumptionBlocks({ result }: ReportedRun): readonly Block[] {
  const { assumptions } = result;
  if (assumptions.length === 0)
    return [paragraph('The run rests on no figure of the overheads that nobody has published.')];
  const rows = assumptions.map((each): readonly Text[] => [
    [{ code: each.id }],
    [name(each.what)],
    figure(each.value, each.unit),
    `${figure(each.low, each.unit)} to ${figure(each.high, each.unit)}`,
    each.evidence,
    [name(each.source)],
  ]);
  return [
    paragraph(
      'No published measurement stands behind these figures. A scenario that states its own under overheads replaces them; run with --uncertainty shows what their ranges do.',
    ),
    ...foldedTable(
      tableOf(
        'Assumed figures with their ranges and sources',
        ['figure', prose('what'), 'value', 'range', words('confidence'), prose('source')],
        rows,
      ),
      MOST_ROWS,
      'figures',
    ),
  ];
}

/** As precise as it is stated. */
function figure(value: number, unit: string): string {
  if (unit === 'factor') return `${value}\u00a0×`;
  if (unit === 'fraction') return `${Number((value * 100).toPrecision(6))}\u00a0%`;
  return unit === 'seconds'
    ? quantity(value, 'seconds')
    : unit === 'milliseconds'
      ? `${value}\u00a0ms`
      : `${value}\u00a0${unit}`;
}
