import {
  type Block,
  details,
  foldedTable,
  name,
  paragraph,
  prose,
  type Text,
  tableOf,
  words,
} from '../document/blocks.ts';
import type { AlertPart } from '../document/parts.ts';
import { quantity } from '../document/quantity.ts';
import { spanText } from '../format.ts';
import type { SectionKind } from './section.ts';
import { ofEach } from './side-by-side.ts';

const MOST_ROWS = 20;
const MOST_TIMES = 10;
/** From here on times of day are said to the minute. */
const LONG_SECONDS = 3600;

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
    ...foldedTable(longestTable(fired), MOST_TIMES, 'times'),
    ...details(
      'Rules that stayed quiet or had nothing to measure',
      rest.length === 0 ? [] : foldedTable(ruleTable('Rules without an alert', rest), MOST_ROWS, 'rules'),
    ),
  ];
}

function ruleTable(caption: string, alerts: readonly AlertPart[]) {
  return tableOf(
    caption,
    ['rule', words('where'), 'times a run', 'for, in all', prose('says'), prose('source of the limit')],
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
  const times = alerts
    .flatMap(({ rule, scope, longest }) => longest.map((each) => ({ rule, scope, ...each })))
    .map((each, at) => ({ ...each, at, lasted: each.untilSeconds - each.atSeconds }))
    .sort((a, b) => b.lasted - a.lasted || a.at - b.at);
  const rows = times.map((each): readonly Text[] => [
    [name(each.rule)],
    [name(each.scope)],
    [`${each.seed}`],
    instantText(each.atSeconds),
    instantText(each.untilSeconds),
    quantity(each.lasted, 'seconds'),
  ]);
  const columns = ['rule', words('where'), words('seed'), 'from', 'until', 'for'];
  return tableOf('When limits were passed, the longest time first', columns, rows);
}

/** A time since the start of the run: `1d 3h 12m`, so that two of them can be compared. */
function instantText(seconds: number): string {
  return spanText(seconds < LONG_SECONDS ? seconds : Math.round(seconds / 60) * 60);
}
