import { readFileSync } from 'node:fs';
import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { statedWords } from '../../sim/report/document/metric-words.ts';
import { quantity } from '../../sim/report/document/quantity.ts';
import { readResult } from '../../sim/report/document/read-result.ts';
import { REPORT_SECTIONS } from '../../sim/report/sections/index.ts';
import { familyOf } from '../../sim/report/sections/waterfall.ts';
import { documentOf, htmlOf, markdownOf } from './build-report.ts';
import { PLAIN_WORDS, richResult } from './rich-result.ts';

/** A result with nothing in it but what every result has. */
const bare = () => {
  const { schema, version, scenario, seeds, digest, digests } = richResult();
  const empty = { overlays: [], inputs: [], metrics: {}, groups: {}, series: {} };
  return {
    schema,
    version,
    scenario,
    seeds,
    digest,
    digests,
    ...empty,
    explanations: [],
    assumptions: [],
    notes: [],
  };
};

describe('sections', () => {
  test('a result with everything has all of them, the question first, in the order of the list', () => {
    const ids = documentOf(richResult()).sections.map(({ id }) => id);
    expect(ids).toEqual(REPORT_SECTIONS.map(({ id }) => id));
    expect(ids.slice(0, 5)).toEqual(['question', 'fleet', 'workload', 'results', 'waterfall']);
  });

  test('sections without data are left out', () => {
    const ids = documentOf(bare()).sections.map(({ id }) => id);
    expect(ids).toEqual(['question', 'fleet', 'workload', 'assumptions', 'method', 'reproduce']);
  });

  test('the answer says the objectives, the numbers and their intervals', () => {
    const { document } = parseHTML(htmlOf(richResult()));
    const answer = document.querySelector('.answer')?.textContent?.replaceAll('\u00a0', ' ');
    expect(answer).toBe(
      'Objectives: 1 of 2 met, 1 not met. answer answers 99.3 ± 0.1 % of the requests within its objective, 99 of 100 within ' +
        '87.6 ± 1.2 ms. Active users of desk have 96.0 ± 1.0 % of the speed of a card alone; 99.80 ± 0.03 % of the frames are ' +
        'seen in time. The GPUs are 81.2 ± 1.2 % allocated on average, and 40.00 ± 0.04 % of their compute is used. Useful ' +
        'work takes 40.0 ± 0.4 % of the GPU-hours; the largest other part is no demand, 20.0 ± 0.4 %. It costs ' +
        '1,234.50 ± 12.00 EUR/month, which is 0.61 ± 0.02 EUR/GPU-hour of work. Against too few GPUs with enough left it is ' +
        'worth 5,012.35 EUR over 36 months (net present value) and is paid back after 17.5 months.',
    );
  });

  test('the money of the buckets is their part of the bill, and with all of them it is the bill', () => {
    const { document } = parseHTML(htmlOf(richResult()));
    const table = [...document.querySelectorAll('#waterfall table')].find((each) =>
      each.querySelector('caption')?.textContent?.includes('main causes'),
    );
    const rows = [...(table?.querySelectorAll('tbody tr') ?? [])].map((row) =>
      [...row.children].map((cell) => cell.textContent?.replaceAll('\u00a0', ' ')),
    );
    expect(rows[0]?.slice(0, 4)).toEqual(['useful work', '400 GPU-hours', '40.0 ± 0.4 %', '493.80 EUR']);
    expect(rows.at(-1)?.slice(0, 4)).toEqual(['all', '1,000 GPU-hours', '100.0 %', '1,234.50 EUR']);
    const cents = rows.slice(0, -1).map((row) => Math.round(Number(row[3]?.replace(/[^\d.]/g, '')) * 100));
    expect(Math.abs(cents.reduce((a, b) => a + b, 0) - 123_450)).toBeLessThanOrEqual(cents.length);
  });

  test('every bucket has a family with a colour of its own', () => {
    const buckets = richResult().waterfall.buckets.map(({ bucket }) => bucket);
    expect(buckets.map(familyOf)).toEqual([
      'useful work',
      'work done again',
      'sharing overhead',
      'allocated but idle',
      'stranded',
      'stranded',
      'held back',
      'held back',
      'held back',
      'changing or failed',
      'changing or failed',
      'no demand',
    ]);
  });

  test('runs stand side by side, told apart where they have the same name', () => {
    const report = documentOf(richResult(), richResult(), richResult({ ...PLAIN_WORDS, scenario: 'other' }));
    const figures = report.sections[0]?.blocks.find(
      (block) => block.kind === 'table' && /^Key/.test(block.caption),
    );
    expect(figures).toMatchObject({
      columns: [
        { title: 'figure' },
        { title: [{ name: 'everything' }] },
        { title: [{ name: 'everything (2)' }] },
        { title: [{ name: 'other' }] },
      ],
    });
    const { document } = parseHTML(htmlOf(richResult(), richResult(), bare()));
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('numbers have their units, but those that count what the column names', () => {
    const { document } = parseHTML(htmlOf(richResult()));
    const counts = new Set(['number', 'replicas', 'users']);
    const naked: string[] = [];
    for (const table of document.querySelectorAll('table')) {
      const titles = [...table.querySelectorAll('thead th')].map((cell) => cell.textContent);
      for (const cell of table.querySelectorAll('td.number')) {
        const title = titles[[...(cell.parentElement?.children ?? [])].indexOf(cell)] ?? '';
        const text = cell.textContent ?? '';
        if (/\d$/.test(text) && !counts.has(title)) naked.push(`${title}: ${text}`);
      }
    }
    expect(naked).toEqual([]);
  });

  test('a part of an unknown shape is named and the rest is reported', () => {
    const report = markdownOf({ ...richResult(), waterfall: { capacity: 'much' } });
    expect(report).toContain('parts that this version cannot read: waterfall');
    expect(report).not.toContain('## Where the GPU-hours went');
    expect(report).toContain('## Cost and return');
  });

  test('what is no result is refused with every problem and its place', () => {
    const read = readResult({
      ...bare(),
      seeds: [],
      metrics: { 'wait.mean': { value: 'x', unit: 'seconds', n: 1 } },
    });
    expect(read).toMatchObject({
      ok: false,
      problems: [{ path: 'seeds' }, { path: 'metrics.wait.mean.value' }],
    });
  });
});

test.each([
  [0.9532, 'fraction', undefined, '95.3 %'],
  [0.0017, 'fraction', undefined, '0.17 %'],
  [0.9532, 'fraction', 0.00042, '95.32 ± 0.04 %'],
  [12.5, 'seconds', 0.3, '12.5 ± 0.3 s'],
  [7199, 'seconds', undefined, '120 min'],
  [90_000, 'seconds', 1800, '25.0 ± 0.5 h'],
  [0.0123, 'seconds', 0.0001, '12.3 ± 0.1 ms'],
  [12_345.67, 'jobs', undefined, '12,346 jobs'],
  [345.67, 'jobs', undefined, '345.7 jobs'],
  [0.0042, 'GPU-hours', undefined, '0.0042 GPU-hours'],
  [0.5, 'GPU-hours', undefined, '0.5 GPU-hours'],
  [0.00999, 'GPU-hours', undefined, '0.010 GPU-hours'],
  [3e-9, 'GPU-hours', undefined, '<0.000001 GPU-hours'],
  [0.000021, 'fraction', undefined, '0.0021 %'],
  [15, 'GPU-seconds', undefined, '0.0042 GPU-hours'],
  [1.147475, 'ratio', 3e-16, '1.15 ×'],
  [4998, 'seconds', 16_212, '83 ± 270 min'],
  [399.5, 'jobs', 6.37, '399.5 ± 6.4 jobs'],
  [14_017.62, 'USD/month', 1280.96, '14,018 ± 1,281 USD/month'],
  [6_212_000, 'milliGPU', undefined, '6,212 GPUs'],
  [1234.5, 'EUR/month', 3, '1,234.50 ± 3.00 EUR/month'],
  [-0.00001, 'EUR', undefined, '0.0000 EUR'],
  [0, 'seconds', 0, '0 s'],
  [null, 'seconds', undefined, '-'],
] as const)('%s %s within %s is written %s', (value, unit, half, text) => {
  expect(quantity(value, unit, half).replaceAll('\u00a0', ' ')).toBe(text);
});

test('every metric that docs/results.md names has words', () => {
  const docs = readFileSync('docs/results.md', 'utf8');
  const names = [...docs.matchAll(/^\| (`[^|]*`) \| [^|]+ \| .+ \|$/gm)].flatMap(([, cell = '']) => {
    const found: string[] = [];
    for (const [, name = ''] of cell.matchAll(/`([^`]+)`/g))
      found.push(name.startsWith('.') ? (found.at(-1) ?? '').replace(/\.[^.]+$/, name) : name);
    return found;
  });
  expect(names.length).toBeGreaterThan(100);
  expect(names.filter((name) => statedWords(name) === undefined)).toEqual([]);
});
