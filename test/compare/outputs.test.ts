import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ComparedSide,
  type Comparison,
  compareSides,
  criterionOf,
  paretoFront,
  replicationsOf,
  replicationValues,
} from '../../sim/experiment/compare/index.ts';
import { compareMetrics } from '../../sim/experiment/statistics/index.ts';
import { type Replication, summarize } from '../../sim/index.ts';
import { comparisonText, movedMost } from '../../sim/report/compare.ts';
import { junitXml } from '../../sim/report/junit.ts';
import { LONGEST_COMMENT, pullRequestMarkdown } from '../../sim/report/pull-request.ts';
import { githubAnnotations, sarifLog } from '../../sim/report/sarif.ts';
import { reading } from '../experiment/statistics/runs.ts';
import { sarifProblems } from './sarif-structure.ts';
import { parseXml, type XmlElement } from './xml.ts';

const side = (
  name: string,
  values: readonly number[],
  document: unknown = {},
  metric = 'wait.mean',
): ComparedSide => ({
  name,
  source: `${name}.yaml`,
  description: '',
  document,
  replications: values.map((value, i) => reading(i + 1, { [metric]: value })),
  isExact: true,
  hasExactGroups: true,
  notes: [],
});
const objective = (name: string, expect: string) => ({ name, expect, why: '' });

const BASE = [10, 11, 12, 11, 10];
const comparison = compareSides(
  side('base', BASE),
  [side('slower', [20, 21, 22, 22, 20]), side('same', [11, 10, 11, 12, 10])],
  {
    version: '0',
    gate: [
      objective('soon', 'wait.mean < 15 s'),
      objective('no worse', 'delta(wait.mean) < 5 %'),
      objective('there', 'metric("is.not") < 3'),
    ],
  },
);

test('each candidate is judged by itself and the worst verdict is that of all', () => {
  expect(comparison.verdict).toBe('fail');
  const verdicts = comparison.variants.map(({ objectives }) =>
    objectives.map(({ verdict, onBase }) => [verdict, onBase]),
  );
  expect(verdicts).toEqual([
    [
      ['fail', 'pass'],
      ['fail', undefined],
      ['not-measured', 'not-measured'],
    ],
    [
      ['pass', 'pass'],
      ['undecided', undefined],
      ['not-measured', 'not-measured'],
    ],
  ]);
  expect(comparison.variants[0]?.metrics[0]).toMatchObject({
    metric: 'wait.mean',
    verdict: 'worse',
    isPaired: true,
  });
});

describe('JUnit', () => {
  const root = parseXml(junitXml(comparison));
  const suites = root.children;

  test('counts what it lists', () => {
    expect(root).toMatchObject({
      name: 'testsuites',
      attributes: { tests: '6', failures: '2', errors: '2', skipped: '1' },
    });
    expect(suites.map(({ attributes }) => attributes.name)).toEqual(['slower', 'same']);
    for (const suite of suites) {
      const cases = suite.children.filter(({ name }) => name === 'testcase');
      const count = (name: string) =>
        cases.filter(({ children }) => children.some((child) => child.name === name)).length;
      expect(suite.attributes.tests).toBe(String(cases.length));
      expect(suite.attributes.failures).toBe(String(count('failure')));
      expect(suite.attributes.errors).toBe(String(count('error')));
      expect(suite.attributes.skipped).toBe(String(count('skipped')));
    }
  });

  test('tells what was found, and with --strict fails what is undecided', () => {
    expect(suites[0]?.children[1]?.children[0]?.attributes.message).toMatch(
      /^FAIL: found 21 s \(19\.\d s to 22\.\d s\) in 5 replications; on the base: pass$/,
    );
    expect(parseXml(junitXml({ ...comparison, isStrict: true })).attributes).toMatchObject({
      failures: '3',
      skipped: '0',
    });
  });
});

describe('SARIF', () => {
  const at = { file: 'a folder/fleet #1.yaml', line: 12, column: 5 };
  const log = JSON.parse(sarifLog(comparison, () => ({ objective: at })));

  test('has the structure that version 2.1.0 asks for', () => {
    expect(sarifProblems(log)).toEqual([]);
  });

  test('points to the line of each objective that did not pass', () => {
    const [run] = log.runs;
    expect(
      run.results.map(({ ruleId, level }: { ruleId: string; level: string }) => [ruleId, level]),
    ).toEqual([
      ['objective-1', 'error'],
      ['objective-2', 'error'],
      ['objective-3', 'error'],
      ['objective-2', 'warning'],
      ['objective-3', 'error'],
    ]);
    expect(run.results[0].locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: 'a%20folder/fleet%20%231.yaml' },
      region: { startLine: 12, startColumn: 5 },
    });
    expect(
      run.tool.driver.rules.map(
        ({ shortDescription }: { shortDescription: { text: string } }) => shortDescription.text,
      ),
    ).toEqual(['soon', 'no worse', 'there']);
  });

  test('names the place of a variant that the scenario states, and links to it', () => {
    const variant = { ...at, line: 30, column: 7 };
    const [run] = JSON.parse(sarifLog(comparison, () => ({ objective: at, variant }))).runs;
    expect(sarifProblems({ version: '2.1.0', runs: [run] })).toEqual([]);
    expect(run.results[0].message.text).toMatch(/^\[slower\]\(1\): soon: FAIL: found 21 s/);
    expect(run.results[0].relatedLocations).toEqual([
      {
        id: 1,
        physicalLocation: {
          artifactLocation: { uri: 'a%20folder/fleet%20%231.yaml' },
          region: { startLine: 30, startColumn: 7 },
        },
        message: { text: 'variant slower' },
      },
    ]);
    expect(log.runs[0].results[0]).not.toHaveProperty('relatedLocations');
  });

  test('annotations are single lines that say the same', () => {
    const lines = githubAnnotations(comparison, () => ({ objective: at }))
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toMatch(
      /^::error file=a folder\/fleet #1\.yaml,line=12,col=5,title=slower%3A soon::FAIL: found 21 s/,
    );
    expect(lines[3]).toMatch(/^::warning /);
  });
});

describe('Markdown', () => {
  const text = pullRequestMarkdown(comparison);

  test('begins with the verdict, folds what is long', () => {
    expect(text.startsWith('## Slicewise: ❌ Failed\n\n1 of 6 objectives met. Base: base.\n')).toBe(true);
    expect(text.indexOf('| soon | FAIL |')).toBeGreaterThan(0);
    expect(text.match(/<details>/g)).toHaveLength(text.match(/<\/details>/g)?.length ?? 0);
    expect(text.indexOf('wait.mean')).toBeLessThan(text.indexOf('<details>'));
  });

  test('is never longer than a comment may be, and says when something is left out', () => {
    const names = Array.from({ length: 1000 }, (_, i) => `service.long-name-${i}.latency.mean`);
    const wide = (shift: number): ComparedSide => ({
      ...side('wide', []),
      replications: [1, 2, 3].map((seed) =>
        reading(seed, Object.fromEntries(names.map((name, i) => [name, i + seed / 10 + shift]))),
      ),
    });
    const long = pullRequestMarkdown(compareSides(wide(0), [{ ...wide(1), name: 'long' }], { version: '0' }));
    expect(long.length).toBeLessThan(LONGEST_COMMENT);
    expect(long).toContain('the rest is in `compare.json`');
    expect(long).toContain('The 5 that moved most');
    expect(text).not.toContain('the rest is in');
    const gates = Array.from({ length: 400 }, (_, i) =>
      objective(`objective ${i} ${'x'.repeat(150)}`, 'wait.mean < 3 s'),
    );
    const many = pullRequestMarkdown(
      compareSides(side('base', BASE), [side('b', BASE)], { version: '0', gate: gates }),
    );
    expect(many.length).toBeLessThan(LONGEST_COMMENT);
    expect(many).toMatch(/^## Slicewise: ❌ Failed/);
    expect(many).toContain('the rest is in `compare.json`');
  });

  test('of many variants tells all in a table, those that did not pass first, and these in full', () => {
    const variant = (i: number, values: readonly number[]) => side(`variant ${i}`, values);
    const slow = [20, 21, 22, 22, 20];
    const all = Array.from({ length: 60 }, (_, i) => variant(i, i === 41 ? slow : BASE));
    const gate = [objective('soon', 'wait.mean < 15 s')];
    const many = pullRequestMarkdown(compareSides(side('base', BASE), all, { version: '0', gate }));
    expect(many.startsWith('## Slicewise: ❌ Failed\n\n59 of 60 objectives met.')).toBe(true);
    const rows = many.split('\n').filter((line) => /^\| variant \d/.test(line));
    expect(rows).toHaveLength(30);
    expect(rows[0]).toBe('| variant 41 | ❌ Failed | 0 of 1 | 0 | 1 |');
    expect(rows[1]).toBe('| variant 0 | ✅ Passed | 1 of 1 | 0 | 0 |');
    expect(many).toContain('And 30 variants more.');
    // In full before anything is folded.
    const [before = ''] = many.split('<details>');
    expect(before).toContain('### variant 41');
    expect(before).toContain('| soon | FAIL |');
    expect(before).not.toContain('### variant 7');
    expect(many).toContain('### variant 7');
    expect(many.length).toBeLessThan(LONGEST_COMMENT);
  });

  test('of more objectives than it lists shows those that did not pass, and folds the others', () => {
    const gate = Array.from({ length: 30 }, (_, i) =>
      objective(`objective ${i}`, i === 27 ? 'wait.mean < 3 s' : 'wait.mean < 300 s'),
    );
    const two = pullRequestMarkdown(
      compareSides(side('base', BASE), [side('b', BASE)], { version: '0', gate }),
    );
    const [before = '', folded = ''] = two.split('<details>');
    expect(before.match(/^\| objective \d+ \|/gm)).toHaveLength(20);
    expect(before).toContain('| objective 27 | FAIL |');
    expect(before.indexOf('objective 27')).toBeLessThan(before.indexOf('objective 0'));
    expect(before).toContain('29 of 30 objectives met');
    expect(folded.match(/^\| objective \d+ \|/gm)).toHaveLength(10);
    // Where even these have no room the numbers that moved still have.
    const narrow = pullRequestMarkdown(
      compareSides(side('base', BASE), [side('b', [20, 21, 22, 22, 20])], { version: '0', gate }),
      1200,
    );
    expect(narrow.length).toBeLessThanOrEqual(1200);
    expect(narrow).toContain('### b');
    expect(narrow).toContain('| wait.mean |');
    expect(narrow).toContain('the rest is in `compare.json`');
  });

  test('the numbers that moved most come first: by the distance from no difference in half widths', () => {
    const values = (shift: number, spread: number) => [1, 2, 3, 4].map((i) => shift + spread * (i % 2));
    const runs = (shifts: readonly number[]) =>
      [0, 1, 2, 3].map((i) =>
        reading(i, {
          'wait.p50': values(100 + (shifts[0] ?? 0), (shifts[0] ?? 0) * 0.2)[i] ?? 0,
          'wait.p95': values(100 + (shifts[1] ?? 0), (shifts[1] ?? 0) * 0.01)[i] ?? 0,
          'wait.p99': 100,
        }),
      );
    const moved = movedMost(compareMetrics(runs([0, 0]), runs([50, 5])));
    expect(moved.map(({ metric }) => metric)).toEqual(['wait.p95', 'wait.p50']);
  });
});

/** What could get out of its place: HTML, XML, Markdown, commands, formulas, control characters, halves of characters. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    ...[
      '</testcase><testcase name="',
      ']]>',
      '<script>alert(1)</script>',
      '| a | b |',
      '[x](javascript:1)',
      '`code`',
    ],
    ...[
      '@everyone #1 http://a.b www.a.b',
      '::error::x',
      '%0A::error::x',
      '{0} [1](2)',
      '\n## x',
      '\r\n::set-output name=x::y',
    ],
    ...[
      '\u0000\u0007\u001b[31m',
      '\ud800',
      '\u202e',
      '\ufffe',
      '</details>',
      '<!-- ',
      '=cmd()|x!A1',
      "it's &amp;",
    ],
  ),
);

/** Controls but the line feed, marks that turn the order of letters, and halves of characters. */
const hasControl = (text: string) => /[^\P{Cc}\n]|[\u2028-\u202e\u2066-\u2069]|\p{Surrogate}/u.test(text);

test('hostile names stay text everywhere', () => {
  fc.assert(
    fc.property(hostile, hostile, hostile, (name, title, metric) => {
      const named = metric === '' ? 'm' : metric;
      const hostileComparison: Comparison = compareSides(
        { ...side('base', BASE, { [named]: 1 }, named), source: name },
        [
          {
            ...side(name, [20, 21, 22, 22, 20], { [named]: title }, named),
            description: title,
            notes: [title],
          },
        ],
        { version: '0', gate: [{ name: title, expect: 'wait.mean < 15 s', why: name }] },
      );
      // XML that parses, with the names as they are but for what XML cannot say.
      const xml = junitXml(hostileComparison);
      const [suite] = parseXml(xml).children as [XmlElement];
      expect(suite.children.filter((child) => child.name === 'testcase')).toHaveLength(1);
      // One line for each annotation, and no command in it but the first.
      const place = { file: name, line: 1, column: 1 };
      const places = () => ({ objective: place, variant: place });
      const annotations = githubAnnotations(hostileComparison, places);
      expect(annotations.split('\n')).toHaveLength(2);
      expect(hasControl(annotations)).toBe(false);
      expect(annotations.slice(2, annotations.indexOf('::', 2))).toMatch(
        /^error file=[^:,]*,line=1,col=1,title=[^:,]*$/,
      );
      const log = JSON.parse(sarifLog(hostileComparison, places));
      expect(sarifProblems(log)).toEqual([]);
      // One link, ours: what names hold of brackets is escaped.
      const message = log.runs[0].results[0].message.text as string;
      expect(message.replaceAll(/\\./g, '').match(/\[[^\]]*\]\([^)]*\)/g)).toEqual([
        expect.stringMatching(/^\[[^\]]*\]\(1\)$/),
      ]);
      const markdown = pullRequestMarkdown(hostileComparison);
      expect(markdown.replaceAll(/<\/?(details|summary|sub)>/g, '')).not.toMatch(/[<>]/);
      expect(hasControl(markdown)).toBe(false);
      expect(markdown.replaceAll(/&#\d+;/g, '')).not.toMatch(/\]\(|@|https?:\/\/|www\.|#\d/);
      expect(markdown.match(/<details>/g)?.length).toBe(markdown.match(/<\/details>/g)?.length);
      // Every line of a table has the cells that its head has.
      for (const table of markdown.match(/(^\|.*\|\n)+/gm) ?? []) {
        const widths = table
          .trimEnd()
          .split('\n')
          .map((line) => line.split('|').length);
        expect(new Set(widths).size).toBe(1);
      }
      // What a terminal cannot write it replaces itself.
      const terminal = comparisonText(hostileComparison, 100).replace(/\p{Surrogate}/gu, '');
      expect(hasControl(terminal)).toBe(false);
    }),
    { numRuns: 300 },
  );
});

describe('the Pareto front', () => {
  test('is what a search over all pairs leaves', () => {
    const points = fc.array(fc.tuple(fc.nat(4), fc.nat(4), fc.nat(3)), { minLength: 1, maxLength: 8 });
    const criteria = [
      { metric: 'a', better: 'lower' },
      { metric: 'b', better: 'higher' },
      { metric: 'c', better: 'lower' },
    ] as const;
    fc.assert(
      fc.property(points, (values) => {
        const { points: found } = paretoFront(criteria, new Map(values.map((each, i) => [String(i), each])));
        const losses = values.map(([a, b, c]) => [a, -b, c]);
        for (const [i, point] of found.entries()) {
          const isBeaten = losses.some(
            (other) =>
              other.every((each, k) => each <= (losses[i]?.[k] ?? 0)) &&
              other.some((each, k) => each < (losses[i]?.[k] ?? 0)),
          );
          expect(point.dominatedBy !== null).toBe(isBeaten);
        }
      }),
    );
  });

  test('leaves out what was not measured, and wants to know which way is better', () => {
    const { points } = paretoFront(
      [{ metric: 'a', better: 'lower' }],
      new Map([
        ['none', [null]],
        ['some', [1]],
      ]),
    );
    expect(points.map(({ dominatedBy, isComplete }) => [dominatedBy, isComplete])).toEqual([
      [null, false],
      [null, true],
    ]);
    expect(criterionOf('wait.p95')).toEqual({ metric: 'wait.p95', better: 'lower' });
    expect(criterionOf('gpu.capacityMilli')).toBeUndefined();
    expect(criterionOf('gpu.capacityMilli:lower')).toEqual({ metric: 'gpu.capacityMilli', better: 'lower' });
  });
});

describe('results that were read from files', () => {
  const runs: readonly Replication[] = [3, 1, 4, 1, 5, 9].map((value, i) =>
    reading(i + 1, { 'wait.mean': value, 'wait.p95': i === 2 ? null : value * 3 }),
  );
  const others: readonly Replication[] = [2, 7, 1, 8, 2, 9].map((value, i) =>
    reading(i + 1, { 'wait.mean': value, 'wait.p95': value }),
  );
  const resultOf = (replications: readonly Replication[], isFull: boolean) =>
    ({
      ...summarize(replications),
      ...(isFull ? { replications: replicationValues(replications) } : {}),
    }) as Parameters<typeof replicationsOf>[0];
  const readBack = (replications: readonly Replication[], isFull: boolean) => {
    const read = replicationsOf(JSON.parse(JSON.stringify(resultOf(replications, isFull))));
    if (!read.ok) throw new Error(read.message);
    return read;
  };

  test('with their replications are compared as the runs themselves', () => {
    const { replications, isExact } = readBack(runs, true);
    expect(isExact).toBe(true);
    expect(compareMetrics(replications, readBack(others, true).replications)).toEqual(
      compareMetrics(runs, others),
    );
  });

  test("without them give the same Welch's test as the runs", () => {
    const { replications, isExact } = readBack(runs, false);
    expect(isExact).toBe(false);
    const wanted = compareMetrics(runs, others, { paired: false });
    const found = compareMetrics(replications, readBack(others, false).replications, { paired: false });
    for (const [i, row] of wanted.entries()) {
      expect(found[i]?.p).toBeCloseTo(row.p ?? Number.NaN, 9);
      expect(found[i]?.ci95?.[0]).toBeCloseTo(row.ci95?.[0] ?? Number.NaN, 9);
      expect(found[i]).toMatchObject({ n: row.n, verdict: row.verdict });
    }
  });

  test('without them are no judge of several metrics together', () => {
    const coarse = {
      ...side('coarse', []),
      replications: readBack(runs, false).replications,
      isExact: false,
    };
    const gate = [objective('both', 'wait.p95 < 10 * wait.mean'), objective('one', 'wait.mean < 60 s')];
    const { variants } = compareSides(side('base', BASE), [coarse], { version: '0', gate });
    expect(variants[0]?.objectives.map(({ verdict }) => verdict)).toEqual(['not-measured', 'pass']);
    expect(variants[0]?.isPaired).toBe(false);
  });

  test('without them judge a multiple of one metric, and nothing that bends it', () => {
    const coarse = { ...side('coarse', []), ...readBack(runs, false) };
    const conditions = [
      'wait.mean < 60 s',
      '2 * wait.mean / 3 - 1 s < 60 s',
      '-wait.mean > -60 s',
      'delta(wait.mean) < 900 %',
      'wait.mean < 100 * base.wait.mean',
      'max(wait.mean, 1 s) < 60 s',
      'wait.mean * wait.mean < 60 s * 60 s',
      '60 s / wait.mean > 1',
      'wait.mean < wait.p95 + 1 h',
      'wait.mean < 60 s and wait.p95 < 1 h',
    ];
    const gate = conditions.map((expect) => objective(expect, expect));
    const { variants } = compareSides(side('base', BASE), [coarse], { version: '0', gate });
    expect(variants[0]?.objectives.map(({ expect, verdict }) => [expect, verdict])).toEqual(
      conditions.map((expect, i) => [expect, i < 5 ? 'pass' : 'not-measured']),
    );
    // The base is looked at in the same way.
    const turned = compareSides(coarse, [side('exact', BASE)], { version: '0', gate });
    expect(turned.variants[0]?.objectives.map(({ verdict, onBase }) => [verdict, onBase])).toEqual([
      ['pass', 'pass'],
      ['pass', 'pass'],
      ['pass', 'pass'],
      ['pass', undefined],
      ['pass', undefined],
      ['pass', 'not-measured'],
      ['pass', 'not-measured'],
      ['pass', 'not-measured'],
      ['not-measured', 'not-measured'],
      ['not-measured', 'not-measured'],
    ]);
  });

  test.each([
    ['groups that are none', { groups: 3 }],
    ['a group of no metrics', { groups: { pool: { a: 7 } } }],
    ['a metric of a group that is none', { groups: { pool: { a: { 'wait.mean': { value: 1 } } } } }],
    ['no seeds', { seeds: [] }],
    ['seeds that are none', { seeds: ['1'] }],
    ['a seed twice', { seeds: [1, 1] }],
    ['metrics that are none', { metrics: { a: 3 } }],
    ['a value that is no number', { metrics: { a: { value: 'x', unit: 'jobs', n: 1 } } }],
    ['too few replications', { replications: [] }],
    ['replications of other seeds', { replications: runs.map(() => ({ seed: 77, metrics: {} })) }],
    [
      'a metric that the result has not',
      { replications: runs.map(({ seed }) => ({ seed, metrics: { other: 1 } })) },
    ],
    ['a replication that is null', { replications: runs.map(() => null) }],
  ])('with %s are refused', (_, wrong) => {
    const read = replicationsOf({ ...resultOf(runs, true), ...wrong } as never);
    expect(read.ok).toBe(false);
  });

  test('too many values are not kept', () => {
    const wide = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`m${i}`, i]));
    const many = Array.from({ length: 201 }, (_, i) => reading(i, wide));
    expect(replicationValues(many)).toBeUndefined();
    expect(replicationValues(many.slice(0, 200))).toHaveLength(200);
    expect(replicationValues(many.slice(0, 1))).toBeUndefined();
  });
});
