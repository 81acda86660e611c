import { variantLines } from '../../experiment/give-back/variants.ts';
import {
  type Block,
  details,
  heading,
  name,
  paragraph,
  type Text,
  tableOf,
  words,
} from '../document/blocks.ts';
import type { GiveBackPart } from '../document/parts.ts';
import { quantity } from '../document/quantity.ts';

type Bucket = GiveBackPart['buckets'][number];
type Change = Bucket['changes'][number];

/** Changes that stand in the table itself; the others are folded. */
const MOST_CHANGES = 2;

/** What one change of the scenario would give back of the largest buckets, each shown by runs. */
export function giveBackBlocks(giveBack: GiveBackPart | undefined): readonly Block[] {
  if (giveBack === undefined) return [];
  const { buckets, seeds, runs } = giveBack;
  const rows = (most: number) => buckets.flatMap((bucket) => rowsOf(bucket, most));
  const hasMore = buckets.some(({ changes }) => changes.length > MOST_CHANGES);
  const variants = variantLines(buckets);
  return [
    heading('What one change would give back'),
    paragraph(
      `Each change was run with the same ${seeds} ${seeds === 1 ? 'seed' : 'seeds'} as the scenario itself (${runs} runs in all), one change at a time. Confirmed: the 95 % interval of what it gives back leaves out zero, and nobody is shown to be served worse.${
        seeds < 2 ? ' One run confirms nothing.' : ''
      }`,
    ),
    changeTable('What one change would give back', rows(MOST_CHANGES)),
    ...(hasMore
      ? details('All changes that were tried', [
          changeTable('All changes that were tried', rows(Number.POSITIVE_INFINITY)),
        ])
      : []),
    ...(variants.length === 0
      ? []
      : details('The confirmed changes as variants of the scenario', [
          { kind: 'code', label: 'whatIf of the scenario', text: ['whatIf:', ...variants].join('\n') },
        ])),
  ];
}

function changeTable(caption: string, rows: readonly (readonly Text[])[]) {
  return tableOf(
    caption,
    [
      'GPU-hours that were',
      words('change'),
      'given back',
      'useful work',
      'p95 wait',
      words('confirmed'),
      words('worse'),
    ],
    rows,
  );
}

function rowsOf(bucket: Bucket, most: number): readonly (readonly Text[])[] {
  const { text, gpuHours, changes } = bucket;
  const label: Text = [name(`${text}: ${quantity(gpuHours, 'GPU-hours')}`)];
  if (changes.length === 0) return [[label, 'nothing that changes it', '', '', '', '', '']];
  return changes.slice(0, most).map((change) => [label, [name(change.text)], ...numbersOf(change)]);
}

function numbersOf({
  gpuHours,
  ci95,
  usefulGpuHours,
  waitP95Sec,
  isConfirmed,
  worse,
}: Change): readonly Text[] {
  const half = ci95 === undefined ? undefined : (ci95[1] - ci95[0]) / 2;
  return [
    quantity(gpuHours, 'GPU-hours', half),
    change(usefulGpuHours, 'GPU-hours'),
    change(waitP95Sec, 'seconds'),
    isConfirmed ? 'yes' : 'no',
    worse.length === 0 ? '' : [name(worse.slice(0, MOST_WORSE).join(', ')), beyond(worse.length)],
  ];
}

const MOST_WORSE = 3;
const beyond = (count: number) => (count > MOST_WORSE ? ` and ${count - MOST_WORSE} more` : '');

function change(value: number | null, unit: string): string {
  if (value === null || value === 0) return quantity(value, unit);
  return `${value < 0 ? '−' : '+'}${quantity(Math.abs(value), unit)}`;
}
