/** What a spreadsheet would take for a formula. */
const FORMULA = /^[=+\-@\t\r]/;
const NEEDS_QUOTES = /[",\r\n]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;
const NUMBER = /^-?\d+(\.\d+)?$/;

/** Cells as a line of CSV (RFC 4180). Text that a spreadsheet would run is marked as text by a leading apostrophe. */
export function csvLine(cells: readonly string[]): string {
  return cells.map(csvCell).join(',');
}

function csvCell(raw: string): string {
  const clean = raw.replace(CONTROL, '');
  const cell = FORMULA.test(clean) && !NUMBER.test(clean) ? `'${clean}` : clean;
  return NEEDS_QUOTES.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
