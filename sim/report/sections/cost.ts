import type { CostReport } from '../../experiment/cost-report.ts';
import type { Chart } from '../charts/chart.ts';
import {
  type Block,
  details,
  foldedTable,
  name,
  paragraph,
  type Text,
  tableOf,
  words,
} from '../document/blocks.ts';
import { metricWords } from '../document/metric-words.ts';
import { amountText, quantity } from '../document/quantity.ts';
import type { SectionKind } from './section.ts';
import { hasMetric, metricCells, ofEach, runColumns } from './side-by-side.ts';

const MOST_TENANTS = 20;

/** What a bill comes to, as a whole and for each thing that it does. */
export const PER_USE = [
  'cost.perMonth',
  'cost.perGpuHourDelivered',
  'cost.perGpuHourAllocated',
  'cost.perGpuHourPresent',
  'cost.perJob',
  'cost.perUserHour',
  'cost.energy.kWh',
  'cost.carbon.kg',
];

/** The bill of a month, what it comes to for what it does, who pays, and what it earns. */
export const costSection: SectionKind = {
  id: 'cost',
  title: 'Cost and return',
  build({ runs }) {
    const shown = PER_USE.filter((metric) => hasMetric(runs, metric));
    if (runs.every(({ result }) => result.cost === undefined)) return [];
    return [
      tableOf(
        'What it costs',
        ['cost', ...runColumns(runs)],
        shown.map((metric) => [metricWords(metric), ...metricCells(runs, metric)]),
      ),
      ...ofEach(runs, ({ result: { cost }, label }) => (cost === undefined ? [] : billBlocks(cost, label))),
    ];
  },
};

/**
 * A bill by kind, by model, over the years, by tenant and line by line.
 *
 * @param label of what it is the bill of
 */
export function billBlocks(cost: CostReport, label: string): readonly Block[] {
  return [
    ...kindChart(cost, label),
    ...modelBlocks(cost),
    ...tcoBlocks(cost),
    ...appraisalBlocks(cost),
    ...tenantBlocks(cost),
    ...details('Every line of the bill, with its source', ledgerBlocks(cost)),
  ];
}

function kindChart({ byKind, currency, perMonth }: CostReport, label: string): readonly Block[] {
  const kinds = Object.entries(byKind);
  const total = Number(perMonth);
  const rows = kinds.map(([kind, amount]): readonly Text[] => [
    kind,
    amountText(amount, currency),
    quantity(total > 0 ? Number(amount) / total : null, 'fraction'),
  ]);
  const table = tableOf(
    'The bill of a month by kind',
    ['kind', 'a month', 'part'],
    [...rows, ['all', amountText(perMonth, currency), quantity(total > 0 ? 1 : null, 'fraction')]],
  );
  if (kinds.length < 2 || !(total > 0)) return [table];
  const chart: Chart = {
    kind: 'bars',
    title: `The bill of a month by kind`,
    summary: `Bars for ${label}: ${kinds.map(([kind, amount]) => `${kind} ${amountText(amount, currency)}`).join('; ')}.`,
    x: { label: `cost of a month (${currency})`, from: 0 },
    bars: kinds.map(([kind, amount]) => ({
      name: kind,
      value: Number(amount),
      text: amountText(amount, currency),
    })),
  };
  return [{ kind: 'chart', chart, data: table }];
}

/** What an hour of each GPU model costs, where there are several. */
function modelBlocks({ byGpuModel = [], currency }: CostReport): readonly Block[] {
  if (byGpuModel.length < 2) return [];
  const per = (value: number | null) => quantity(value, `${currency}/GPU-hour`);
  return [
    tableOf(
      'The bill of a month by GPU model',
      ['GPU model', 'a month', 'a GPU-hour of work', 'allocated', 'there'],
      byGpuModel.map((each): readonly Text[] => [
        [name(each.model)],
        amountText(each.amount, currency),
        per(each.perGpuHourDelivered),
        per(each.perGpuHourAllocated),
        per(each.perGpuHourPresent),
      ]),
    ),
  ];
}

function tcoBlocks({ tco, currency }: CostReport): readonly Block[] {
  if (tco.length === 0) return [];
  return [
    tableOf(
      'Total cost of ownership',
      ['year', 'bought', 'running', 'due for contracts that are ended', 'resale', 'so far'],
      tco.map(({ bought, running, due, resale, soFar }, year) => [
        year === 0 ? 'now' : `year ${year}`,
        // Results of earlier versions have no contracts.
        ...[bought, running, due ?? '0', resale, soFar].map((amount) => amountText(amount, currency)),
      ]),
    ),
  ];
}

function appraisalBlocks({ appraisal, currency }: CostReport): readonly Block[] {
  if (appraisal === null) return [];
  const {
    baseline,
    months,
    rate,
    npv,
    irrPerYear,
    irrsPerYear,
    paybackMonths,
    discountedPaybackMonths,
    roi,
  } = appraisal;
  const rates =
    irrsPerYear.length > 1
      ? irrsPerYear.map((each) => quantity(each, 'fraction/year')).join(', ')
      : quantity(irrPerYear, 'fraction/year');
  const monthsText = (value: number | null) => (value === null ? 'never' : quantity(value, 'months'));
  return [
    {
      kind: 'facts',
      facts: [
        [
          'Against',
          [name(baseline), `, over ${quantity(months, 'months')} at ${quantity(rate, 'fraction/year')}`],
        ],
        ['Net present value', amountText(npv.toFixed(2), currency)],
        ['Internal rate of return', rates === '-' ? 'none' : rates],
        ['Paid back after', monthsText(paybackMonths)],
        ['The same, discounted', monthsText(discountedPaybackMonths)],
        ['Return on investment', quantity(roi, 'fraction')],
      ],
    },
  ];
}

function tenantBlocks({ chargeback, currency, perMonth }: CostReport): readonly Block[] {
  if (chargeback.length === 0) return [];
  const rows = chargeback.map(({ tenant, amount }): readonly Text[] => [
    [name(tenant)],
    amountText(amount, currency),
  ]);
  return [
    ...foldedTable(tableOf('What tenants pay a month', ['tenant', 'a month'], rows), MOST_TENANTS, 'tenants'),
    paragraph(`Together they pay the whole bill of ${amountText(perMonth, currency)}.`),
  ];
}

function ledgerBlocks({ ledger, currency }: CostReport): readonly Block[] {
  if (ledger.length === 0) return [];
  return [
    tableOf(
      'Lines of the bill of a month',
      [
        'what',
        words('kind'),
        words('hosts'),
        words('GPU model'),
        'quantity',
        'price of one',
        'amount',
        words('confidence'),
        words('source of the price'),
      ],
      ledger.map((line) => [
        [name(line.item)],
        line.kind,
        [name(line.pool)],
        [name(line.model)],
        `${amountText(line.quantity, line.unit)}`,
        amountText(line.unitPrice, currency),
        amountText(line.amount, currency),
        line.confidence,
        [name(line.source)],
      ]),
    ),
  ];
}
