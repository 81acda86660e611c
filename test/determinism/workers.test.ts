import { expect, test } from 'vitest';
import { CASES } from './cases.ts';
import { resultJson } from './command-line.ts';

test.each(CASES.filter(({ settings }) => !settings.includes('replications=3')))(
  'one, two and three threads give the same bytes: $name',
  async (each) => {
    const results: string[] = [];
    for (const workers of ['1', '2', '3'])
      results.push(await resultJson(each, ['--replications', '3', '--workers', workers]));
    expect(new Set(results).size).toBe(1);
    expect(JSON.parse(results[0] as string).seeds).toHaveLength(3);
  },
);
