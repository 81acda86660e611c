import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReportBuilder } from '../../scenarios/importers/import-report.ts';
import { type JsonItem, jsonItemBatches, MAX_ITEM_CHARS } from '../../scenarios/importers/json-items.ts';

async function itemsOf(pieces: readonly string[]) {
  const report = new ReportBuilder();
  const items: JsonItem[] = [];
  for await (const batch of jsonItemBatches(pieces, report)) items.push(...batch);
  return { items, refused: report.finish({}).refused };
}

/** Cuts a text where the numbers say. */
function cut(text: string, at: readonly number[]): string[] {
  const places = [...new Set(at.map((n) => n % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((start, i) => text.slice(start, places[i] ?? text.length));
}

/** Texts full of what a splitter could stumble over. */
const text = fc.string({ unit: fc.constantFrom('"', '\\', '[', ']', '{', '}', ',', '\n', 'a', ' ', '💥') });
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.double({ noDefaultInfinity: true, noNaN: true }),
    fc.constantFrom(null, true),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(text, tie('value'), { maxKeys: 3 }),
  ),
})).value;

test('items are those of JSON.parse, however written and wherever cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(value, { maxLength: 5 }),
      fc.constantFrom(undefined, 1, '\t'),
      fc.array(fc.nat(), { maxLength: 6 }),
      async (values, indent, cuts) => {
        const written = JSON.stringify(values, null, indent);
        const { items, refused } = await itemsOf(cut(` ${written}\n`, cuts));
        expect(refused).toBeUndefined();
        expect(items.map((item) => item.value)).toEqual(JSON.parse(written));
        expect(items.every((item) => item.fault === undefined)).toBe(true);
      },
    ),
    { numRuns: 1000 },
  );
});

test('each item knows the line on which it starts', async () => {
  const { items } = await itemsOf(['[1, [\n2],\n\n {"a":\n"b\\"]"}\n,', '4\n]']);
  expect(items).toEqual([
    { line: 1, value: 1 },
    { line: 1, value: [2] },
    { line: 4, value: { a: 'b"]' } },
    { line: 6, value: 4 },
  ]);
});

test('a faulty item costs itself only; a comma too many is one', async () => {
  const { items, refused } = await itemsOf(['[{"a": 01}, 2,, tru\n, {"b": ]}, 3, ]']);
  expect(refused).toBeUndefined();
  expect(items).toEqual([
    { line: 1, value: '{"a": 01}', fault: 'must be JSON' },
    { line: 1, value: 2 },
    { line: 1, value: '', fault: 'must be JSON' },
    { line: 1, value: 'tru', fault: 'must be JSON' },
    { line: 2, value: '{"b": ]}', fault: 'must be JSON' },
    { line: 2, value: 3 },
    { line: 2, value: '', fault: 'must be JSON' },
  ]);
});

test('an item that is never closed refuses the file, after the items before it', async () => {
  const { items, refused } = await itemsOf(['[1,\n{"b": [}, 3]']);
  expect(items).toEqual([{ line: 1, value: 1 }]);
  expect(refused).toBe('line 2: the file ends before its array does, inside the item that starts on line 2');
});

test('a bracket that is never closed ends the reading at the limit, not at the end of memory', async () => {
  const megabyte = '1,'.repeat(1 << 19);
  let given = 0;
  function* pieces() {
    yield '[\n1,\n[';
    for (; given < 1000; given++) yield megabyte;
  }
  const report = new ReportBuilder();
  for await (const batch of jsonItemBatches(pieces(), report)) expect(batch).toHaveLength(1);
  expect(report.finish({}).refused).toMatch(/^line 3: the item that starts here is longer than 16777216/);
  expect(given).toBeLessThan(2 * (MAX_ITEM_CHARS >> 20) + 2);
});
