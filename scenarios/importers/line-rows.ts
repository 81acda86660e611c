import { type Chunks, type CsvRow, MAX_ROW_CHARS, texts } from './csv-rows.ts';

/**
 * Splits text that arrives in pieces into rows at line ends (LF or CRLF), and each row into fields. Nothing is quoted. The
 * rows do not depend on where the text was cut. Blank lines are no rows.
 *
 * @param fieldsOf the fields of a line, which is never blank
 */
export async function* lineRowBatches(
  chunks: Chunks,
  fieldsOf: (line: string) => readonly string[],
): AsyncGenerator<CsvRow[], void, undefined> {
  let carry = '';
  let line = 1;
  /** The line that the carry belongs to has been reported as too long. */
  let isGivenUp = false;
  for await (const piece of texts(chunks)) {
    const text = carry + piece;
    const rows: CsvRow[] = [];
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      if (!isGivenUp) take(rows, line, text.slice(start, end), fieldsOf);
      isGivenUp = false;
      line += 1;
      start = end + 1;
    }
    carry = isGivenUp ? '' : text.slice(start);
    // One more character: it may be the carriage return of a row of the full length.
    if (carry.length > MAX_ROW_CHARS + 1) {
      take(rows, line, carry, fieldsOf);
      isGivenUp = true;
      carry = '';
    }
    if (rows.length > 0) yield rows;
  }
  const rows: CsvRow[] = [];
  take(rows, line, carry, fieldsOf);
  if (rows.length > 0) yield rows;
}

const MAX_FAULT_CHARS = 100;

function take(
  rows: CsvRow[],
  line: number,
  written: string,
  fieldsOf: (line: string) => readonly string[],
): void {
  const text = written.endsWith('\r') ? written.slice(0, -1) : written;
  if (text.trim() === '') return;
  const fault = faultOf(text);
  if (fault === undefined) rows.push({ line, fields: fieldsOf(text) });
  else rows.push({ line, fields: [], fault, text: text.slice(0, MAX_FAULT_CHARS) });
}

function faultOf(text: string): string | undefined {
  if (text.length > MAX_ROW_CHARS) return `must be at most ${MAX_ROW_CHARS} characters long`;
  return text.includes('\0') || text.includes('\uFFFD') ? 'must be UTF-8 text without NUL bytes' : undefined;
}
