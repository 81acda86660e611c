import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  applyOverlay,
  normalizeScenario,
  type Problem,
  parseScenarioText,
} from '../../sim/scenario/index.ts';
import { parsePath, valueAt } from '../../sim/scenario/path.ts';
import { EXAMPLE_YAML, SHARED_EXAMPLE_YAML, TURNS_EXAMPLE_YAML } from '../scenario/example.ts';

/** Malformed scenarios give problems, never an exception, and leave no trace in the language's own objects. */

/** Makes fresh copies of the document of a text. */
function copies(text: string): () => unknown {
  const parsed = parseScenarioText(text);
  if (!parsed.ok) throw new Error('the example is YAML');
  return () => structuredClone(parsed.document);
}

const example = copies(EXAMPLE_YAML);
const sharedExample = copies(SHARED_EXAMPLE_YAML);
const turnsExample = copies(TURNS_EXAMPLE_YAML);

type Container = Record<string | number, unknown>;

type Member = readonly [Container, string | number];

/** Every container of a tree with the keys inside it, in document order. */
function members(value: unknown, found: Member[] = []): readonly Member[] {
  if (typeof value !== 'object' || value === null) return found;
  const keys: (string | number)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  for (const key of keys) {
    found.push([value as Container, key]);
    members((value as Container)[key], found);
  }
  return found;
}

const strange = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    undefined,
    true,
    false,
    '',
    ' ',
    '0',
    '-1',
    '1e309',
    '9'.repeat(50),
    `${'9'.repeat(30)}GiB`,
    '0.0000001s',
    '-5s',
    '\u0000',
    '💥',
    'constructor',
    0,
    -0,
    -1,
    0.1,
    1e-300,
    1e300,
    2 ** 53,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    [],
    {},
    [[]],
    [null],
    [undefined],
    { kind: 'constant' },
    { kind: {} },
    { kind: null },
    7n,
    Symbol.iterator,
    () => 0,
    new Date(0),
    new Map([['a', 1]]),
    /x/,
    Object.create({ inherited: 1 }),
    Object.create(null),
  ),
  fc.anything({ maxDepth: 3 }),
  fc.string(),
  fc.double(),
);

const strangeKey = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'length',
    '0',
    '',
    ' ',
    'kind',
  ),
  fc.string({ maxLength: 8 }),
);

const step = fc.record({
  at: fc.nat(),
  from: fc.nat(),
  value: strange,
  key: strangeKey,
  action: fc.constantFrom('replace', 'replace', 'delete', 'rename', 'insert', 'copy', 'misspell'),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function define(container: Container, key: string | number, value: unknown): void {
  // As a parser does it: an own key, whatever its name.
  Object.defineProperty(container, key, { value, enumerable: true, writable: true, configurable: true });
}

function mutate(document: unknown, { at, from, value, key, action }: Step): void {
  const all = members(document);
  if (all.length === 0) return;
  const [container, place] = all[at % all.length]!;
  const rename = (name: string) => {
    const old = container[place];
    if (Array.isArray(container)) return;
    delete container[place];
    define(container, name, old);
  };
  if (action === 'replace') container[place] = value;
  else if (action === 'delete') delete container[place];
  else if (action === 'rename') rename(key);
  else if (action === 'misspell') rename(`${String(place).slice(1)}${String(place).slice(0, 1)}`);
  else if (action === 'insert') define(container, Array.isArray(container) ? container.length : key, value);
  else {
    const [source, sourceKey] = all[from % all.length]!;
    container[place] = structuredCloneOrSame(source[sourceKey]);
  }
}

function structuredCloneOrSame(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch {
    return value; // functions and symbols are shared
  }
}

/** A problem's path is there, or its last key is missing from what is there. Throws where it is not so. */
function expectHonestPath(document: unknown, problem: Problem): void {
  const lie = lieOf(document, problem);
  // No `expect` for each of very many problems: that took longer than to find them.
  if (lie !== undefined) throw new Error(`${problem.path}: ${problem.message}: ${lie}`);
}

function lieOf(document: unknown, { path, message, value }: Problem): string | undefined {
  if (message === '') return 'says nothing';
  if (path === '') return undefined;
  const keys = parsePath(path);
  if (keys === undefined) return 'its path cannot be read';
  const there = valueAt(document, keys);
  if (there !== undefined)
    return Object.is(value, there) ? undefined : 'its value is not the one at its path';
  if (value !== undefined) return 'it has a value where there is none';
  const above = keys.length === 1 ? document : valueAt(document, keys.slice(0, -1));
  return typeof above === 'object' && above !== null ? undefined : 'nothing is there to hold what is missing';
}

function expectCleanPrototypes(): void {
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(Object.keys(Array.prototype)).toEqual([]);
  expect(({} as Container).polluted).toBeUndefined();
}

describe('malformed scenarios', () => {
  test.each([
    ['10,000 mutated documents', 10_000, example],
    ['3,000 mutated documents with modes, services and sessions', 3000, sharedExample],
    ['2,000 mutated documents with turns, faults and elasticity', 2000, turnsExample],
  ] as const)('%s give problems or a scenario, with paths that exist', (_, numRuns, copy) => {
    let [valid, refused] = [0, 0];
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 4 }), (steps) => {
        const document = copy();
        for (const one of steps) mutate(document, one);
        const result = normalizeScenario(document);
        if (result.ok) {
          valid += 1;
          // What is accepted is accepted again in its canonical form.
          expect(normalizeScenario(result.document).ok).toBe(true);
          return;
        }
        refused += 1;
        expect(result.problems.length).toBeGreaterThan(0);
        for (const problem of result.problems) expectHonestPath(document, problem);
      }),
      { numRuns, seed: 42 },
    );
    expectCleanPrototypes();
    // Both must be common, or the mutations test nothing.
    expect(valid).toBeGreaterThan(numRuns / 50);
    expect(refused).toBeGreaterThan(numRuns / 2);
  });

  test('anything at all is a document without an exception', () => {
    fc.assert(
      fc.property(
        fc.anything({ maxDepth: 4, withBigInt: true, withMap: true, withNullPrototype: true }),
        (document) => {
          const result = normalizeScenario(document);
          expect(result.ok).toBe(false);
        },
      ),
      { numRuns: 2000, seed: 42 },
    );
    expectCleanPrototypes();
  });
});

describe('malformed texts', () => {
  const cut = fc.record({
    start: fc.nat(EXAMPLE_YAML.length),
    length: fc.nat(20),
    insert: fc.oneof(
      fc.constantFrom(
        '',
        '\t',
        '  ',
        '- ',
        ': ',
        '[',
        ']',
        '{',
        '}',
        '&a ',
        '*a',
        '<<: ',
        '!!set ',
        '? ',
        '| ',
        '"',
        "'",
        '#',
        '\u0000',
        '__proto__: { polluted: 1 }\n',
        '---\n',
        '...\n',
        '%YAML 9\n',
      ),
      fc.string({ maxLength: 5 }),
    ),
  });

  test.each([
    ['3,000 damaged texts', 3000, EXAMPLE_YAML],
    ['1,000 damaged texts with modes', 1000, SHARED_EXAMPLE_YAML],
    ['1,000 damaged texts with turns', 1000, TURNS_EXAMPLE_YAML],
  ])('%s are read, or refused with a place', (_, numRuns, whole) => {
    fc.assert(
      fc.property(fc.array(cut, { minLength: 1, maxLength: 3 }), (cuts) => {
        let text = whole;
        for (const { start, length, insert } of cuts)
          text = text.slice(0, start) + insert + text.slice(start + length);
        const parsed = parseScenarioText(text, 'f.yaml');
        const problems = parsed.ok ? [] : parsed.problems;
        if (parsed.ok) {
          const result = normalizeScenario(parsed.document, { at: parsed.at });
          const nowhere = result.ok
            ? undefined
            : result.problems.find(({ at }) => at === undefined || !/^f\.yaml:\d+:\d+$/.test(at));
          expect(nowhere).toBeUndefined();
        }
        for (const problem of problems) expect(problem.at).toMatch(/^f\.yaml(:\d+:\d+)?$/);
      }),
      { numRuns, seed: 42 },
    );
    expectCleanPrototypes();
  });

  test('random text is never an exception', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ maxLength: 200 }), fc.json(), fc.string({ unit: 'binary' })),
        (text) => {
          const parsed = parseScenarioText(text);
          if (parsed.ok) expect(normalizeScenario(parsed.document, { at: parsed.at }).ok).toBe(false);
          else expect(parsed.problems.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 3000, seed: 42 },
    );
  });
});

test('3,000 random settings are applied or refused', () => {
  const document = example();
  const key = fc.oneof(
    fc.constantFrom(
      'fleet',
      'hosts',
      'g2',
      'count',
      'workload',
      'synthetic',
      'classes',
      'small',
      'policy',
      'placement',
      '__proto__',
      'constructor',
      'prototype',
      'length',
      '[0]',
      '[1]',
      '[99]',
      '["a.b"]',
    ),
    fc.string({ maxLength: 5 }),
  );
  const value = fc.oneof(
    fc.constantFrom('null', '1', 'fgd', '[1]', '{a: 1}', '', '[', '&a [*a]', '{__proto__: {polluted: 1}}'),
    fc.string({ maxLength: 6 }),
  );
  const setting = fc
    .tuple(fc.array(key, { maxLength: 5 }), value)
    .map(([keys, text]) => `${keys.join('.').replaceAll('.[', '[')}=${text}`);
  fc.assert(
    fc.property(fc.array(setting, { minLength: 1, maxLength: 3 }), (settings) => {
      const result = applyOverlay(document, settings);
      if (!result.ok) {
        expect(result.problems.length).toBeGreaterThan(0);
        return;
      }
      const checked = normalizeScenario(result.document);
      if (!checked.ok) for (const problem of checked.problems) expectHonestPath(result.document, problem);
    }),
    { numRuns: 3000, seed: 42 },
  );
  expect(document).toEqual(example());
  expectCleanPrototypes();
});
