import type { CostReport } from '../experiment/cost-report.ts';
import type { Metric } from '../experiment/metric.ts';
import type { RunResult } from '../experiment/result.ts';
import { type Block, row, table } from './blocks.ts';
import { groupDigits, percent, printable } from './format.ts';

/** Bills of tenants that are listed; the others are in the result file. */
const LISTED_TENANTS = 10;

/** What the fleet costs a month, by kind and by what it did, and who pays; nothing where nobody asks. */
export function costBlocks({ cost, metrics }: Pick<RunResult, 'cost' | 'metrics'>): Block[] {
  if (cost === undefined) return [];
  const { currency } = cost;
  const m = (name: string) => metrics[`cost.${name}`];
  const each = (name: string, words: string) =>
    m(name)?.value == null ? [] : [`${unitCost(m(name), currency)} ${words}`];
  const perUse = [
    ...each('perGpuHourDelivered', 'a GPU-hour of work'),
    ...each('perGpuHourAllocated', 'allocated'),
    ...each('perGpuHourPresent', 'present'),
    ...each('perJob', 'a completed job'),
    ...each('perUserHour', "an hour of a user's session"),
  ];
  const half = halfWidth(m('perMonth'));
  return [
    row('Cost', `${money(cost.perMonth, currency)} a month${half === '' ? '' : ` ± ${half}`}`),
    ...(perUse.length === 0 ? [] : [row('', perUse.join(', '))]),
    ...energyRow(metrics),
    row('Over the years', tcoText(cost)),
    ...appraisalRow(cost),
    '',
    kindTable(cost),
    ...modelTable(cost),
    ...tenantTable(cost),
  ];
}

function kindTable({ byKind, perMonth, currency }: CostReport): Block {
  const total = Number(perMonth);
  return table([
    ['Cost a month', currency, 'part'],
    ...Object.entries(byKind).map(([kind, amount]) => [
      kind,
      grouped(amount),
      percent(total > 0 ? Number(amount) / total : null),
    ]),
  ]);
}

/** What an hour of each GPU model costs, where there are several. */
function modelTable({ byGpuModel = [], currency }: CostReport): Block[] {
  if (byGpuModel.length < 2) return [];
  const per = (value: number | null) => (value === null ? '-' : hourly(value));
  return [
    '',
    table([
      ['GPU model', `${currency} a month`, 'a GPU-hour of work', 'allocated', 'there'],
      ...byGpuModel.map((each) => [
        printable(each.model),
        grouped(each.amount),
        per(each.perGpuHourDelivered),
        per(each.perGpuHourAllocated),
        per(each.perGpuHourPresent),
      ]),
    ]),
  ];
}

function tenantTable({ chargeback, currency }: CostReport): Block[] {
  if (chargeback.length === 0) return [];
  const rest = chargeback.length - LISTED_TENANTS;
  return [
    '',
    table([
      ['Tenant', `${currency} a month`],
      ...chargeback
        .slice(0, LISTED_TENANTS)
        .map(({ tenant, amount }) => [printable(tenant), grouped(amount)]),
    ]),
    ...(rest > 0 ? [`and ${rest} more, in the result file`] : []),
  ];
}

function energyRow(metrics: RunResult['metrics']): Block[] {
  const kwh = metrics['cost.energy.kWh']?.value;
  if (kwh == null) return [];
  const kg = metrics['cost.carbon.kg']?.value;
  const carbon = kg == null ? '' : `, ${groupDigits(Math.round(kg))} kg of CO2 equivalent`;
  return [row('Energy', `${groupDigits(Math.round(kwh))} kWh a month${carbon}`)];
}

function tcoText({ tco, currency }: CostReport): string {
  const years = tco.length - 1;
  const noun = years === 1 ? 'year' : 'years';
  const due = tco.at(-1)?.due ?? '0';
  const ended = Number(due) > 0 ? `, with ${money(due, currency)} for ending contracts early` : '';
  return `${money(tco.at(-1)?.soFar ?? '0', currency)} in ${years} ${noun}, resale taken off${ended}`;
}

function appraisalRow({ appraisal, currency }: CostReport): Block[] {
  if (appraisal === null) return [];
  const { baseline, months, npv, irrPerYear, irrsPerYear, paybackMonths, roi } = appraisal;
  const rate =
    irrPerYear !== null
      ? `${percent(irrPerYear)} a year`
      : irrsPerYear.length > 1
        ? 'several rates of return (see notes)'
        : 'no rate of return';
  const payback =
    paybackMonths === null ? 'never paid back' : `paid back in ${Number(paybackMonths.toFixed(1))} months`;
  const earned = roi === null ? '' : `, return on investment ${percent(roi)}`;
  return [
    row(
      'Against',
      `${printable(baseline)}, over ${months} months: net present value ${money(npv.toFixed(2), currency)}, ${rate}, ${payback}${earned}`,
    ),
  ];
}

const money = (amount: string, currency: string) => `${grouped(amount)} ${currency}`;

/** Digits in groups, places as they are. */
function grouped(amount: string): string {
  const [whole = '', fraction] = amount.split('.');
  const groups = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return fraction === undefined ? groups : `${groups}.${fraction}`;
}

/** A cost of one thing: three digits that count, at least two places. */
function unitCost(metric: Metric | undefined, currency: string): string {
  return `${hourly(metric?.value ?? 0)} ${currency}`;
}

function hourly(value: number): string {
  return grouped(value.toFixed(value !== 0 && Math.abs(value) < 0.1 ? 4 : 2));
}

function halfWidth(metric: Metric | undefined): string {
  if (metric?.ci95 === undefined) return '';
  const half = (metric.ci95[1] - metric.ci95[0]) / 2;
  return half === 0 ? '' : grouped(half.toFixed(2));
}
