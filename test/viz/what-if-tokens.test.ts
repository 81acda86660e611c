import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isMap, isScalar, parseDocument, visit } from 'yaml';
import { yamlTokens } from '../../viz/views/what-if/yaml-tokens.ts';

const FILES = ['scenarios/catalog', 'scenarios/catalog/claims'].flatMap((folder) =>
  readdirSync(folder).flatMap((name) => (name.endsWith('.yaml') ? [`${folder}/${name}`] : [])),
);

test('keys, numbers and words of the catalogue are coloured where a parser of YAML finds them', () => {
  expect(FILES.length).toBeGreaterThan(30);
  for (const file of FILES) {
    const text = readFileSync(file, 'utf8');
    const [keys, numbers, words] = [new Set<number>(), new Set<number>(), new Set<number>()];
    visit(parseDocument(text), {
      Pair(_key, { key }) {
        if (isScalar(key) && key.range) keys.add(key.range[0]);
        expect(isMap(key)).toBe(false);
      },
      Scalar(key, { value, range, type }) {
        if (key === 'key' || type !== 'PLAIN' || !range) return;
        if (typeof value === 'number') numbers.add(range[0]);
        else if (typeof value === 'boolean' || value === null) if (range[1] > range[0]) words.add(range[0]);
      },
    });
    const found = yamlTokens(text);
    const starts = (kind: string) =>
      new Set(found.filter((each) => each.kind === kind).map(({ from }) => from));
    expect(starts('key'), file).toEqual(keys);
    expect(starts('number'), file).toEqual(numbers);
    expect(starts('word'), file).toEqual(words);
  }
});

test('tokens stand in order, within the text, and none is empty, whatever is typed', () => {
  for (const text of [
    'a: "b',
    'x: |\n  # no comment\n  y: 1\nz: # one\n',
    "- -1\n- a:b\n- \"q\": 'it''s'",
    ':',
    '{a: 1, b: [x y, -2.5e3]}',
  ])
    for (let length = 0; length <= text.length; length++) {
      let at = 0;
      for (const { from, to } of yamlTokens(text.slice(0, length))) {
        expect(from).toBeGreaterThanOrEqual(at);
        expect(to).toBeGreaterThan(from);
        expect(to).toBeLessThanOrEqual(length);
        at = to;
      }
    }
  const kinds = yamlTokens('x: |\n  # no comment\n  y: 1\nz: # one\n').map(({ kind }) => kind);
  expect(kinds).toEqual(['key', 'text', 'text', 'key', 'comment']);
});
