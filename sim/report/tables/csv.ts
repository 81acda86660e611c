import { csvLine } from '../../cost/csv.ts';
import type { DataTable } from './data-table.ts';

/** A table as CSV with its header. Text that a spreadsheet would run is marked as text by a leading apostrophe. */
export function tableCsv({ columns, rows }: DataTable): string {
  const lines = [
    columns.map(({ name }) => name),
    ...rows.map((row) => row.map((cell) => (cell === null ? '' : numberText(cell)))),
  ];
  return `${lines.map(csvLine).join('\n')}\n`;
}

/** Plain digits: an exponent with a sign would be taken for a formula. */
function numberText(cell: string | number): string {
  if (typeof cell === 'string') return cell;
  const text = String(cell);
  return text.includes('e') && Math.abs(cell) < 1
    ? cell.toFixed(20).replace(/0+$/, '')
    : text.replace('e+', 'e');
}
