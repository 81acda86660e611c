import { type Block, foldedTable, name, type Text, tableOf, words } from '../document/blocks.ts';
import type { AlertPart } from '../document/parts.ts';
import { quantity } from '../document/quantity.ts';
import type { SectionKind } from './section.ts';
import { ofEach } from './side-by-side.ts';

const MOST_ROWS = 20;

/** Thresholds that were passed for longer than their window. */
export const alertsSection: SectionKind = {
  id: 'alerts',
  title: 'Alerts',
  build: ({ runs }) => ofEach(runs, ({ alerts }) => (alerts === undefined ? [] : alertBlocks(alerts))),
};

function alertBlocks(alerts: readonly AlertPart[]): readonly Block[] {
  if (alerts.length === 0) return [{ kind: 'paragraph', text: 'No threshold was passed.' }];
  const rows = alerts.map((alert): readonly Text[] => [
    [name(alert.rule)],
    [name(alert.scope ?? 'fleet')],
    quantity(alert.atSeconds, 'seconds'),
    alert.untilSeconds == null ? 'the end' : quantity(alert.untilSeconds, 'seconds'),
    quantity(alert.worst, alert.unit ?? ''),
    [name(alert.text ?? '')],
  ]);
  const columns = ['rule', words('where'), 'from', 'until', 'worst', words('says')];
  return foldedTable(tableOf('Alerts, in order of time', columns, rows), MOST_ROWS, 'alerts');
}
