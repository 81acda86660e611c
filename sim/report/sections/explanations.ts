import type { Explanation } from '../../experiment/explanation.ts';
import { reasonText } from '../../experiment/reason-text.ts';
import { type Block, foldedTable, name, prose, type Text, tableOf, words } from '../document/blocks.ts';
import { quantity } from '../document/quantity.ts';
import type { SectionKind } from './section.ts';
import { ofEach } from './side-by-side.ts';

const MOST_ROWS = 12;

/** Why jobs waited or were turned away. */
export const explanationsSection: SectionKind = {
  id: 'explanations',
  title: 'Why jobs waited',
  build: ({ runs }) =>
    ofEach(runs, ({ result }) => {
      const of = (kind: Explanation['kind']) => result.explanations.filter((each) => each.kind === kind);
      const blocks = [
        ...waitedTable(of('waited')),
        ...waitingTable(of('waiting')),
        ...rejectedTable(of('rejected')),
      ];
      if (blocks.length > 0) return blocks;
      const arrived = result.metrics['jobs.arrived']?.value ?? 0;
      return arrived > 0 ? [{ kind: 'paragraph', text: 'No job was held back.' }] : [];
    }),
};

function waitedTable(all: readonly Explanation[]): readonly Block[] {
  const rows = all.map((each): readonly Text[] => [
    [name(each.demand ?? each.text)],
    // Its text says the numbers, too, which have columns of their own here.
    [name(each.demand === undefined ? each.text : reasonText(each.reason))],
    quantity(each.gpuSeconds, 'GPU-seconds'),
    quantity(each.share, 'fraction'),
    quantity(each.freeShare, 'fraction'),
  ]);
  const columns = [
    'jobs that ask for',
    prose('waited because'),
    'GPUs they waited for × time',
    'part of all waiting',
    'of their GPUs free meanwhile',
  ];
  return foldedTable(tableOf('What jobs waited for, by what they ask for', columns, rows), MOST_ROWS, 'rows');
}

function waitingTable(all: readonly Explanation[]): readonly Block[] {
  const rows = all.map((each): readonly Text[] => [
    [name(each.text)],
    quantity(each.jobSeconds, 'seconds'),
    quantity(each.jobs, 'jobs'),
    [{ code: each.reason }],
  ]);
  const columns = ['what held back the head of a queue', 'waiting', 'jobs', words('name')];
  return foldedTable(tableOf('What held back the head of a queue', columns, rows), MOST_ROWS, 'reasons');
}

function rejectedTable(all: readonly Explanation[]): readonly Block[] {
  const rows = all.map((each): readonly Text[] => [
    [name(each.text)],
    quantity(each.jobs, 'jobs'),
    [{ code: each.reason }],
  ]);
  return foldedTable(
    tableOf('Why jobs were rejected', ['reason', 'jobs', words('name')], rows),
    MOST_ROWS,
    'reasons',
  );
}
