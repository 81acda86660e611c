import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { documentOf, htmlOf, markdownOf } from './build-report.ts';
import { richResult } from './rich-result.ts';

const metric = (value: number, unit: string) => ({ value, unit, n: 1 });

/** Tenants of whom later ones wait longer, but for the last, who waits the longest of all. */
const tenants = (many: number) =>
  Object.fromEntries(
    Array.from({ length: many }, (_, at) => [
      `tenant ${at}`,
      {
        'wait.mean': metric(at === many - 1 ? 1e6 : at, 'seconds'),
        'wait.p95': metric(at === many - 1 ? 2e6 : 2 * at, 'seconds'),
      },
    ]),
  );

const withGroups = (groups: Readonly<Record<string, unknown>>) => ({ ...richResult(), groups });

const text = (node: { readonly textContent: string | null } | null | undefined) =>
  node?.textContent?.replaceAll('\u00a0', ' ') ?? '';

describe('many parts', () => {
  test('the longest waits come first, twelve of them as bars, twenty open and the others folded up to a limit', () => {
    const { document } = parseHTML(htmlOf(withGroups({ tenant: tenants(1000) })));
    const section = document.querySelector('#waits');
    const first = [...(section?.querySelectorAll(':scope > .scroll tbody th') ?? [])].map(text);
    expect(first).toHaveLength(20);
    expect(first.slice(0, 3)).toEqual(['tenant 999', 'tenant 998', 'tenant 997']);
    expect(text(section?.querySelector('figcaption'))).toBe(
      '95th percentile of the wait by tenant, 12 of 1000',
    );
    const folded = [...(section?.querySelectorAll(':scope > details') ?? [])].at(-1);
    expect(text(folded?.querySelector('summary'))).toBe('980 more rows');
    expect(folded?.querySelectorAll('tbody tr').length).toBe(200);
    expect(text(folded?.querySelector('p'))).toBe('The other 780 are left out of this page.');
  });

  test('few stay in the order of the scenario', () => {
    const { document } = parseHTML(htmlOf(withGroups({ tenant: tenants(4) })));
    const names = [...document.querySelectorAll('#waits > .scroll tbody th')].map(text);
    expect(names).toEqual(['tenant 0', 'tenant 1', 'tenant 2', 'tenant 3']);
  });

  test('no table of the Markdown is longer than a hundred rows', () => {
    const markdown = markdownOf(withGroups({ tenant: tenants(1000) }));
    const lengths = markdown
      .split('\n\n')
      .map((part) => part.split('\n').filter((line) => line.startsWith('| ')).length);
    expect(Math.max(...lengths)).toBe(102);
    expect(markdown).toContain('100 more are left out here.');
  });
});

describe('parts that are alone of their kind', () => {
  const used = { 'gpu.allocated.mean': metric(0.5, 'fraction') };

  test('share a row where they say the same, with what only some of them say', () => {
    const groups = {
      mode: { mig: used },
      pool: { default: used },
      gpuModel: { A100: { ...used, 'gpu.capacityMilli': metric(8000, 'milliGPU') } },
    };
    const { document } = parseHTML(htmlOf(withGroups(groups)));
    const rows = [...document.querySelectorAll('#occupancy tbody tr')].map((row) =>
      [...row.children].map(text),
    );
    expect(rows).toEqual([['mig (sharing mode), default (pool), A100 (GPU model)', '8 GPUs', '50.0 %']]);
  });

  test('have rows of their own where they differ', () => {
    const groups = {
      mode: { mig: { 'gpu.allocated.mean': metric(0.25, 'fraction') } },
      pool: { default: used },
    };
    const { document } = parseHTML(htmlOf(withGroups(groups)));
    const rows = [...document.querySelectorAll('#occupancy tbody tr')].map((row) =>
      [...row.children].map(text),
    );
    expect(rows).toEqual([
      ['mig (sharing mode)', '25.0 %'],
      ['default (pool)', '50.0 %'],
    ]);
  });
});

test('times that limits were passed: the longest first, as times that can be compared', () => {
  const result = richResult();
  const [alert] = result.alerts;
  const longest = [
    { seed: 1, atSeconds: 90_000, untilSeconds: 93_600, worst: 0.9 },
    { seed: 1, atSeconds: 180_000, untilSeconds: 270_000, worst: 0.9 },
    { seed: 2, atSeconds: 30, untilSeconds: 90, worst: 0.9 },
  ];
  const { document } = parseHTML(htmlOf({ ...result, alerts: [{ ...alert, state: 'fired', longest }] }));
  const table = [...document.querySelectorAll('#alerts table')].find((each) =>
    text(each.querySelector('caption')).startsWith('When limits'),
  );
  const rows = [...(table?.querySelectorAll('tbody tr') ?? [])].map((row) =>
    [...row.children].map(text).slice(2),
  );
  expect(rows).toEqual([
    ['1', '2d 2h', '3d 3h', '25 h'],
    ['1', '1d 1h', '1d 2h', '60 min'],
    ['2', '30s', '1m 30s', '60 s'],
  ]);
});

test('a course of one to four days counts hours, from its start to its end, with ticks at parts of a day', () => {
  const hours = Array.from({ length: 48 }, (_, at) => at / 48);
  const time = {
    bucketSeconds: 1800,
    startSeconds: 86_400,
    endSeconds: 172_800,
    names: { 'gpu.allocated': { unit: 'fraction', min: hours, mean: hours, max: hours } },
  };
  const result = { ...richResult(), series: { time } };
  const chart = documentOf(result)
    .sections.find(({ id }) => id === 'over-time')
    ?.blocks.find((block) => block.kind === 'chart');
  expect(chart).toMatchObject({ chart: { x: { label: 'time (h)', from: 24, to: 48, step: 6 } } });
});
