import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type CsvRow,
  CsvSplitter,
  csvRowBatches,
  MAX_ROW_CHARS,
} from '../../scenarios/importers/csv-rows.ts';

function rowsOf(pieces: readonly string[]): CsvRow[] {
  const splitter = new CsvSplitter();
  return [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.end()];
}

async function rowsOfBytes(pieces: readonly Uint8Array[]): Promise<CsvRow[]> {
  const rows: CsvRow[] = [];
  for await (const batch of csvRowBatches(pieces)) rows.push(...batch);
  return rows;
}

const fields = (rows: readonly CsvRow[]) => rows.map((row) => row.fields);
const lines = (rows: readonly CsvRow[]) => rows.map((row) => row.line);

describe('CsvSplitter', () => {
  test('cuts lines at commas and leaves blank lines out, but counts them', () => {
    const rows = rowsOf(['a,b\n\n1,2\r\n\r\n,\n3,4']);
    expect(fields(rows)).toEqual([
      ['a', 'b'],
      ['1', '2'],
      ['', ''],
      ['3', '4'],
    ]);
    expect(lines(rows)).toEqual([1, 3, 5, 6]);
  });

  test('reads quoted commas, quotes and line ends, and numbers the lines after them', () => {
    const rows = rowsOf(['a,b\n"1,0","say ""hi"""\n"two\nlines",x\r\n3,4\n']);
    expect(fields(rows)).toEqual([
      ['a', 'b'],
      ['1,0', 'say "hi"'],
      ['two\nlines', 'x'],
      ['3', '4'],
    ]);
    expect(lines(rows)).toEqual([1, 2, 3, 5]);
  });

  test('loses only the line of a quote that is never closed', () => {
    const rows = rowsOf(['a,b\n"1,2\n3,4\n5,6\n']);
    expect(rows[1]).toEqual({
      line: 2,
      fields: [],
      fault: 'must close the quote that it opens',
      text: '"1,2',
    });
    expect(fields(rows.slice(2))).toEqual([
      ['3', '4'],
      ['5', '6'],
    ]);
  });

  test('does not take two stray quotes for a field over several lines', () => {
    const rows = rowsOf(['a,b\n"1,2\n3,4\n5,"6\n7,8\n']);
    expect(rows.map((row) => row.fault !== undefined)).toEqual([false, true, false, true, false]);
    expect(lines(rows)).toEqual([1, 2, 3, 4, 5]);
  });

  test('names a quote inside an unquoted field, among rows with good quotes', () => {
    const rows = rowsOf(['a,b\n"1",2\n3"4"5,6\n"7",8\n']);
    expect(rows.map((row) => row.fault !== undefined)).toEqual([false, false, true, false]);
    expect(fields(rows)[3]).toEqual(['7', '8']);
  });

  test('drops a line of any length without holding it, and goes on with the next', () => {
    const long = 'x'.repeat(1000);
    const pieces = ['a,b\n', ...Array.from({ length: 1000 }, () => long), '\n1,2\n'];
    const rows = rowsOf(pieces);
    expect(rows.map((row) => row.fault)).toEqual([
      undefined,
      `must be at most ${MAX_ROW_CHARS} characters long`,
      undefined,
    ]);
    expect(rows[2]).toEqual({ line: 3, fields: ['1', '2'] });
    expect(rowsOf([pieces.join('')])).toEqual(rows);
  });

  test('agrees with csv-parse on well-formed files, wherever they are cut', () => {
    const field = fc.oneof(
      fc.constantFrom('', '1', 'abc', 'a,b', 'say "x"', 'two\nlines', '"', ' '),
      fc.string({ maxLength: 6 }).map((text) => text.replaceAll(/[\0\uFFFD\r]/g, '')),
    );
    const table = fc.array(fc.tuple(fc.constantFrom('k', 'm'), field, field), { minLength: 1, maxLength: 8 });
    const quote = (text: string, always: boolean) =>
      always || /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    fc.assert(
      fc.property(
        table,
        fc.boolean(),
        fc.constantFrom('\n', '\r\n'),
        fc.nat(100),
        (rows, always, eol, cut) => {
          const text = rows.map((row) => row.map((cell) => quote(cell, always)).join(',')).join(eol);
          const slow = parse(text, { record_delimiter: eol });
          expect(fields(rowsOf([text.slice(0, cut), text.slice(cut)]))).toEqual(slow);
        },
      ),
      { seed: 1, numRuns: 2000 },
    );
  });

  test('gives the same rows wherever a text is cut, however broken it is', () => {
    const piece = fc.constantFrom('a', '1', ',', '"', '""', '\n', '\r\n', '\r', '\0', 'é', '"x,\n"', ' ');
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 60 }),
        fc.array(fc.nat(100), { maxLength: 4 }),
        (parts, cuts) => {
          const text = parts.join('');
          const at = [0, ...cuts.toSorted((a, b) => a - b), text.length];
          const pieces = at.slice(1).map((end, i) => text.slice(at[i], end));
          expect(rowsOf(pieces)).toEqual(rowsOf([text]));
        },
      ),
      { seed: 2, numRuns: 5000 },
    );
  });
});

describe('csvRowBatches', () => {
  const bytes = (text: string) => new TextEncoder().encode(text);

  test('drops a byte order mark and joins characters that were cut in two', async () => {
    const text = bytes('\uFEFFa,b\n日本,é\n');
    const rows = await rowsOfBytes(Array.from(text, (_, i) => text.subarray(i, i + 1)));
    expect(fields(rows)).toEqual([
      ['a', 'b'],
      ['日本', 'é'],
    ]);
  });

  test('names lines that are not UTF-8 text', async () => {
    const rows = await rowsOfBytes([bytes('a,b\n1,'), Uint8Array.of(0xff, 0xfe, 0x0a), bytes('2,\0\n3,4\n')]);
    expect(rows.map((row) => row.fault)).toEqual([
      undefined,
      'must be UTF-8 text without NUL bytes',
      'must be UTF-8 text without NUL bytes',
      undefined,
    ]);
  });
});
