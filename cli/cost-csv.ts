import { csvLine, FOCUS_COLUMNS, focusCsv, focusRows } from '../sim/cost/index.ts';
import { rowsOfReport } from '../sim/experiment/cost-report.ts';
import type { RunResult } from '../sim/index.ts';

/** Named as in the table `costs` of a report. */
const COLUMNS = [
  'kind',
  'item',
  'hosts',
  'gpu_model',
  'quantity',
  'quantity_unit',
  'unit_price',
  'amount_per_month',
  'currency',
  'payment',
  'confidence',
  'source',
];

/** The bill of a month as CSV, one row a line of the ledger; the header alone where nothing was measured. */
export function costCsv({ cost }: Pick<RunResult, 'cost'>): string {
  const rows = (cost?.ledger ?? []).map((line) => [
    line.kind,
    line.item,
    line.pool,
    line.model,
    line.quantity,
    line.unit,
    line.unitPrice,
    line.amount,
    cost?.currency ?? '',
    line.payment,
    line.confidence,
    line.source,
  ]);
  return `${[COLUMNS, ...rows].map(csvLine).join('\n')}\n`;
}

/** The same as rows of cost and usage for finance tools, of the month that the scenario bills. */
export function focusText({ cost }: Pick<RunResult, 'cost'>, account: string): string {
  if (cost === undefined || cost.month === null) return `${csvLine(FOCUS_COLUMNS)}\n`;
  return focusCsv(focusRows(rowsOfReport(cost), { month: cost.month, account }));
}
