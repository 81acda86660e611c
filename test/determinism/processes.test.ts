import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { DISTRIBUTION_KINDS } from '../../sim/kernel/distributions/index.ts';
import { CASES, type DeterminismCase, scenarioText } from './cases.ts';
import { resultJson, summaryPart } from './command-line.ts';
import { simulate } from './simulate.ts';

const inThisProcess = () => CASES.map((each) => simulate(scenarioText(each), each.settings));
const first = inThisProcess();
const firstOf = (each: DeterminismCase) => first[CASES.indexOf(each)]!;

test('a process that runs scenario after scenario gives each the same result again', () => {
  expect(JSON.stringify(inThisProcess())).toBe(JSON.stringify(first));
  expect(new Set(first.map(({ digest }) => digest)).size).toBe(CASES.length);
  for (const { digest } of first) expect(digest).toMatch(/^[0-9a-f]{16}$/);
});

test('another seed gives another digest', () => {
  for (const each of CASES) {
    const other = simulate(scenarioText(each), [...each.settings, 'seed=1234']);
    expect(other.digest).not.toBe(firstOf(each).digest);
  }
});

describe.each(CASES)('$name', (each) => {
  test('two processes write the same bytes, with the result of this one', async () => {
    const [one, two] = await Promise.all([resultJson(each), resultJson(each)]);
    expect(two).toBe(one);
    expect(summaryPart(one)).toBe(JSON.stringify(firstOf(each)));
  });
});

test('the case of every distribution has them all, and jobs that wait', () => {
  const each = CASES.find(({ name }) => name === 'every distribution')!;
  const text = scenarioText(each);
  const kinds = new Set<string>();
  const gather = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { kind, quantiles } = value as { kind?: unknown; quantiles?: unknown };
    if (typeof kind === 'string') kinds.add(quantiles === undefined ? kind : 'quantile-table');
    for (const part of Object.values(value)) gather(part);
  };
  gather((parse(text) as { workload: unknown }).workload);
  expect([...kinds].sort()).toEqual([...DISTRIBUTION_KINDS].sort());
  expect(firstOf(each).metrics['wait.p50']?.value).toBeGreaterThan(0);
});
