import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { giveBack, normalizeScenario, type RunResult } from '../../sim/index.ts';
import { inProcess } from '../cli/in-process.ts';
import { TemporaryFolder } from '../cli/temporary-folder.ts';
import { smallFleet } from './small-fleet.ts';

const folder = new TemporaryFolder();
const document = { ...smallFleet({ cpu: 16, count: 2 }, [{ cpu: 8 }], { horizon: '12h' }), seed: 5 };
const scenario = folder.write('small.yaml', stringify(document));

describe('slicewise run --give-back', () => {
  test('finds what the library finds, for as many buckets as asked, with the seeds of the run', async () => {
    const run = await inProcess(['run', scenario, '--give-back', '2', '--replications', '3', '--json']);
    expect(run.code, run.err).toBe(0);
    const found = (JSON.parse(run.out) as RunResult).giveBack;
    const own = giveBack(document, {}, [5, 6, 7], undefined, 2);
    expect(found).toEqual(JSON.parse(JSON.stringify(own)));
    expect(found?.buckets).toHaveLength(2);
    expect(found?.seeds).toBe(3);
  });

  test('shows the changes below the waterfall, and prints what can be pasted into the scenario', async () => {
    const out = folder.at('out');
    const run = await inProcess(['run', scenario, '--give-back', '--replications', '3', '--out', out]);
    expect(run.code, run.err).toBe(0);
    expect(run.out).toContain('One change would give back');
    expect(run.out).toMatch(/twice the CPU cores on h +\d.*yes/);
    const lines = run.out.split('\n');
    const from = lines.indexOf('whatIf:');
    const count = lines.slice(from + 1).findIndex((line) => !line.startsWith('  - '));
    const { whatIf } = parse(lines.slice(from, from + 1 + count).join('\n'));
    expect(whatIf.length).toBeGreaterThan(0);
    expect(normalizeScenario({ ...document, whatIf })).toMatchObject({ ok: true });
    const result = JSON.parse(readFileSync(folder.at('out', 'result.json'), 'utf8')) as RunResult;
    expect(result.giveBack?.buckets.length).toBeLessThanOrEqual(5);
    const report = await inProcess(['report', folder.at('out', 'result.json'), '--out', out]);
    expect(report.code, report.err).toBe(0);
    const markdown = readFileSync(folder.at('out', 'report.md'), 'utf8');
    expect(markdown).toContain('### What one change would give back');
    expect(markdown).toContain('twice the CPU cores on h');
    expect(markdown).toContain('fleet.hosts.h.cpu');
  });

  test('one run says that it confirms nothing', async () => {
    const run = await inProcess(['run', scenario, '--give-back', '1']);
    expect(run.code, run.err).toBe(0);
    expect(run.out).toContain('One run confirms nothing');
    expect(run.out).not.toContain('whatIf:');
  });

  test('a fill experiment, and what is no number of buckets, are refused before anything runs', async () => {
    const fill = await inProcess(['run', scenario, '--set', 'experiment={kind: fill}', '--give-back']);
    expect(fill.code).toBe(2);
    expect(fill.err).toContain('--give-back: needs a timed experiment');
    for (const wrong of ['0', '21', 'all']) {
      const run = await inProcess(['run', scenario, '--give-back', wrong]);
      expect(run.code).toBe(2);
      expect(run.err).toContain('--give-back: must be a whole number from 1 to 20');
    }
  });
});
