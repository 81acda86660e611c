import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Cell, displayWidth, renderFields, renderTable, truncate, wrap } from '../../cli/table.ts';

const lines = (text: string) => text.split('\n').slice(0, -1);

test('numbers stand to the right, texts to the left, unknown is ? and not applicable is -', () => {
  const rows: { name: string; watts: Cell; ok: Cell }[] = [
    { name: 't4', watts: 70, ok: true },
    { name: 'a100', watts: null, ok: undefined },
    { name: 'm60', watts: '~62.5', ok: false },
  ];
  const text = renderTable(
    [
      { header: 'GPU', value: (row) => row.name },
      { header: 'TDP W', value: (row) => row.watts },
      { header: 'ok', value: (row) => row.ok },
    ],
    rows,
  );
  expect(lines(text)).toEqual([
    'GPU   TDP W  ok',
    '----  -----  ---',
    't4       70  yes',
    'a100      ?  -',
    'm60   ~62.5  no',
  ]);
});

test('a table without rows shows its headers', () => {
  expect(lines(renderTable([{ header: 'GPU', value: () => 1 }], []))).toEqual(['GPU', '---']);
});

test('a wide table takes from the widest column that may shrink, and cuts or wraps there', () => {
  const rows = [{ a: 'keep me whole', b: 'one two three four five six' }];
  const table = (overflow: 'cut' | 'wrap') =>
    lines(
      renderTable(
        [
          { header: 'a', value: (row) => row.a },
          { header: 'b', value: (row) => row.b, shrinkTo: 5, overflow },
        ],
        rows,
        30,
      ),
    );
  expect(table('cut')).toEqual([
    'a              b',
    '-------------  ---------------',
    'keep me whole  one two three…',
  ]);
  expect(table('wrap')).toEqual([
    'a              b',
    '-------------  ---------------',
    'keep me whole  one two three',
    '               four five six',
  ]);
});

test('wide and combining glyphs count as the columns they take', () => {
  expect(displayWidth('显卡')).toBe(4);
  expect(displayWidth('e\u0301')).toBe(1);
  expect(displayWidth('𠀀')).toBe(2);
  expect(truncate('显卡内存', 5)).toBe('显卡…');
  const text = renderTable(
    [
      { header: 'n', value: (row: string) => row },
      { header: 'x', value: () => 'y' },
    ],
    ['显卡', 'gpu'],
  );
  expect(lines(text)).toEqual(['n     x', '----  -', '显卡  y', 'gpu   y']);
});

test('no line is wider than the page when every column may shrink', () => {
  const words = fc
    .array(fc.stringMatching(/^[a-z显]{1,12}$/), { maxLength: 6 })
    .map((list) => list.join(' '));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(words, words, words), { maxLength: 5 }),
      fc.integer({ min: 24, max: 60 }),
      (rows, width) => {
        const text = renderTable(
          [0, 1, 2].map((at) => ({
            header: `h${at}`,
            value: (row: readonly string[]) => row[at],
            shrinkTo: 4,
          })),
          rows,
          width,
        );
        for (const line of lines(text)) {
          expect(displayWidth(line)).toBeLessThanOrEqual(width);
          expect(line).toBe(line.trimEnd());
        }
      },
    ),
  );
});

test('wrapping keeps every word in order and breaks at spaces only', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z]{1,9}$/), { minLength: 1 }),
      fc.integer({ min: 1, max: 30 }),
      (words, width) => {
        const wrapped = wrap(words.join(' '), width);
        expect(wrapped.join(' ')).toBe(words.join(' '));
        for (const line of wrapped) if (line.includes(' ')) expect(line.length).toBeLessThanOrEqual(width);
      },
    ),
  );
});

test('fields line up and long values continue under their start', () => {
  expect(
    lines(
      renderFields(
        [
          ['id', 't4'],
          ['idle (W)', null],
          ['note', 'one two three four five six'],
        ],
        30,
      ),
    ),
  ).toEqual(['id        t4', 'idle (W)  ?', 'note      one two three four', '          five six']);
});
