import { type Block, foldedTable, name, paragraph, type Text, tableOf, words } from '../document/blocks.ts';
import type { AlertPart } from '../document/parts.ts';
import { quantity } from '../document/quantity.ts';
import type { SectionKind } from './section.ts';
import { ofEach } from './side-by-side.ts';

const MOST_ROWS = 20;

/** Limits that were passed for longer than their window, where and when; and the rules that stayed quiet. */
export const alertsSection: SectionKind = {
  id: 'alerts',
  title: 'Alerts',
  build: ({ runs }) => ofEach(runs, ({ alerts }) => (alerts === undefined ? [] : alertBlocks(alerts))),
};

function alertBlocks(alerts: readonly AlertPart[]): readonly Block[] {
  if (alerts.length === 0) return [];
  const fired = alerts.filter(({ state }) => state === 'fired');
  const rest = alerts.filter(({ state }) => state !== 'fired');
  return [
    ...(fired.length === 0 ? [paragraph('No limit was passed for as long as its rule says.')] : []),
    ...foldedTable(ruleTable('Limits that were passed', fired), MOST_ROWS, 'alerts'),
    ...foldedTable(longestTable(fired), MOST_ROWS, 'times'),
    ...foldedTable(ruleTable('Rules that stayed quiet or had nothing to measure', rest), MOST_ROWS, 'rules'),
  ];
}

function ruleTable(caption: string, alerts: readonly AlertPart[]) {
  return tableOf(
    caption,
    ['rule', words('where'), 'times', 'for', words('says'), words('source of the limit')],
    alerts.map((each): readonly Text[] => [
      [name(each.rule)],
      [name(each.scope)],
      each.state === 'unmeasured'
        ? 'not measured'
        : quantity(each.count, each.count === 1 ? 'time' : 'times'),
      each.state === 'unmeasured' ? '-' : quantity(each.totalSeconds, 'seconds'),
      [name(each.text)],
      [name(each.source)],
    ]),
  );
}

function longestTable(alerts: readonly AlertPart[]) {
  const rows = alerts.flatMap(({ rule, scope, longest }) =>
    longest.map((each): readonly Text[] => [
      [name(rule)],
      [name(scope)],
      [`${each.seed}`],
      quantity(each.atSeconds, 'seconds'),
      quantity(each.untilSeconds, 'seconds'),
    ]),
  );
  const columns = ['rule', words('where'), words('seed'), 'from', 'until'];
  return tableOf('When limits were passed the longest', columns, rows);
}
