/** A value of a table cell. Null prints as `?` (not known), undefined as `-` (does not apply). */
export type Cell = string | number | boolean | null | undefined;

export interface Column<Row> {
  /** With its unit. */
  readonly header: string;
  value(row: Row): Cell;
  /** By default a column whose cells are all numbers, `?` or `-` is aligned right, others left. */
  readonly align?: 'left' | 'right';
  /** May be narrowed, down to this many columns, when the table is wider than the page. */
  readonly shrinkTo?: number;
  /** What becomes of a text wider than its narrowed column: cut with `…` (the default), or wrapped. */
  readonly overflow?: 'cut' | 'wrap';
}

const GAP = '  ';

/**
 * A table as lines of plain text: headers, a rule, one line a row; no colour, no trailing spaces.
 *
 * @param width page width in terminal columns; the widest shrinkable columns give way first, and a table that still
 * does not fit is printed wider rather than made unreadable
 */
export function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width = Number.POSITIVE_INFINITY,
): string {
  const cells = rows.map((row) => columns.map((column) => cellText(column.value(row))));
  const rightAligned = columns.map((column, i) =>
    column.align === undefined
      ? rows.length > 0 && cells.every((line) => isNumeric(line[i]!))
      : column.align === 'right',
  );
  const natural = columns.map((column, i) =>
    Math.max(displayWidth(column.header), ...cells.map((line) => displayWidth(line[i]!))),
  );
  const widths = shrink(columns, natural, width - GAP.length * (columns.length - 1));
  const line = (texts: readonly string[]) =>
    texts
      .map((text, i) => alignCell(text, widths[i]!, rightAligned[i]!))
      .join(GAP)
      .trimEnd();
  const rule = widths.map((each) => '-'.repeat(each)).join(GAP);
  const body = cells.flatMap((texts) => {
    const wrapped = texts.map((text, i) =>
      columns[i]!.overflow === 'wrap' ? wrap(text, widths[i]!) : [text],
    );
    const height = Math.max(1, ...wrapped.map((lines) => lines.length));
    return Array.from({ length: height }, (_, at) => line(wrapped.map((lines) => lines[at] ?? '')));
  });
  return [line(columns.map((column) => column.header)), rule, ...body].map((each) => `${each}\n`).join('');
}

/** Two columns without headers: names and values, for one record. */
export function renderFields(
  fields: readonly (readonly [name: string, value: Cell])[],
  width: number,
): string {
  const nameWidth = Math.max(0, ...fields.map(([name]) => displayWidth(name)));
  return fields
    .map(([name, value]) => {
      const lines = wrap(cellText(value), Math.max(20, width - nameWidth - GAP.length));
      const rest = lines.slice(1).map((each) => `${' '.repeat(nameWidth)}${GAP}${each}\n`);
      return `${`${pad(name, nameWidth)}${GAP}${lines[0] ?? ''}`.trimEnd()}\n${rest.join('')}`;
    })
    .join('');
}

/** Lines of at most `width` columns, broken at spaces; a longer word stands alone. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ')) {
    const longer = current === '' ? word : `${current} ${word}`;
    if (current !== '' && displayWidth(longer) > width) {
      lines.push(current);
      current = word;
    } else {
      current = longer;
    }
  }
  return [...lines, current];
}

/** Takes width from the widest shrinkable column, one at a time, until the table fits or nothing more gives way. */
function shrink<Row>(
  columns: readonly Column<Row>[],
  natural: readonly number[],
  available: number,
): number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, each) => sum + each, 0) - available;
  for (; excess > 0; excess--) {
    let widest = -1;
    columns.forEach((column, i) => {
      if (column.shrinkTo === undefined || widths[i]! <= column.shrinkTo) return;
      if (widest < 0 || widths[i]! > widths[widest]!) widest = i;
    });
    if (widest < 0) break;
    widths[widest]! -= 1;
  }
  return widths;
}

function cellText(cell: Cell): string {
  if (cell === null) return '?';
  if (cell === undefined) return '-';
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  return String(cell);
}

/** A leading `~` marks a number as not verified and keeps the column numeric. */
function isNumeric(text: string): boolean {
  return /^~?(\?|-|-?\d+(\.\d+)?)$/.test(text);
}

function alignCell(text: string, width: number, right: boolean): string {
  const cut = truncate(text, width);
  return right ? ' '.repeat(width - displayWidth(cut)) + cut : pad(cut, width);
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/** The text, or as much of it as fits in front of `…`. */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = '';
  let used = 1;
  for (const glyph of text) {
    used += glyphWidth(glyph);
    if (used > width) break;
    kept += glyph;
  }
  return `${kept.trimEnd()}…`;
}

/** Terminal columns a text takes. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const glyph of text) width += glyphWidth(glyph);
  return width;
}

/** Marks that combine with the glyph before them, and joiners. */
const ZERO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
/** East Asian wide and full-width ranges, and emoji. */
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]$/u;

function glyphWidth(glyph: string): number {
  if (ZERO_WIDTH.test(glyph)) return 0;
  return WIDE.test(glyph) ? 2 : 1;
}
