import { appendFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Problem } from '../../cli/errors.ts';
import { UsageError } from '../../cli/errors.ts';
import type { SweepExecutor } from '../../cli/sweep/executor.ts';
import { mergeSweeps } from '../../cli/sweep/merge.ts';
import { encodeLine } from '../../cli/sweep/result-line.ts';
import { readShard, shardIndices } from '../../cli/sweep/shard.ts';
import { readStored } from '../../cli/sweep/store.ts';
import { slicewise } from '../cli/slicewise.ts';
import { SMALL_YAML } from '../cli/small-scenario.ts';
import { TemporaryFolder } from '../cli/temporary-folder.ts';
import { rawRuns, runInto, SMALL_DESIGN, smallPlan } from './small-sweep.ts';

const folder = new TemporaryFolder();
const scenario = folder.write('s.yaml', SMALL_YAML);
const plan = smallPlan(scenario);

/** Everything of an outcome but the wall clock. */
const told = (at: string) =>
  [...readStored(at, plan.manifest, plan.ids).outcomes.values()]
    .map(({ elapsedMs: _, ...rest }) => rest)
    .sort((a, b) => a.index - b.index);

function problemsOf(call: () => unknown): readonly Problem[] {
  try {
    call();
  } catch (error) {
    if (error instanceof UsageError) return error.problems;
    throw error;
  }
  throw new Error('it was taken');
}

describe('Shards', () => {
  test('have every run in exactly one of them, in numbers that differ by one at most', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 20 }), (runs, of) => {
        const parts = Array.from({ length: of }, (_, i) => [...shardIndices(runs, { number: i + 1, of })]);
        expect(parts.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: runs }, (_, i) => i));
        const sizes = parts.map((part) => part.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('are named I/N, and nothing else', () => {
    const problems: Problem[] = [];
    expect(readShard('2/8', problems)).toEqual({ number: 2, of: 8 });
    for (const wrong of ['0/8', '9/8', '2', '2/', '-1/3', '1/0', '1.5/3', '1/3x'])
      expect(readShard(wrong, problems)).toBeUndefined();
    expect(problems).toHaveLength(8);
  });

  test('that are merged are the whole sweep, run by run, and the merged directory can be gone on with', async () => {
    const whole = folder.at('whole');
    await runInto(whole, plan);
    const parts = [1, 2, 3].map((number) => folder.at(`part${number}`));
    for (const [i, part] of parts.entries()) await runInto(part, plan, { shard: { number: i + 1, of: 3 } });
    const merged = folder.at('merged');
    const { notes } = mergeSweeps(parts, merged, false);
    expect(notes).toEqual([]);
    expect(told(merged)).toEqual(told(whole));
    expect(rawRuns(merged).map(({ index }) => index)).toEqual([...plan.ids.keys()]);
    expect(await runInto(merged, plan)).toEqual([]);
  });

  test('that lack runs are refused by number, or merged when told to, to be gone on with', async () => {
    const parts = [folder.at('part1'), folder.at('part3')];
    const [problem] = problemsOf(() => mergeSweeps(parts, folder.at('never'), false));
    expect(problem?.message).toBe('4 runs of 12 missing: 1, 4, 7, 10');
    expect(readdirSync(folder.path)).not.toContain('never');
    const partial = folder.at('partial');
    expect(mergeSweeps(parts, partial, true).notes).toEqual(['4 runs of 12 missing: 1, 4, 7, 10']);
    expect((await runInto(partial, plan)).map(({ index }) => index)).toEqual([1, 4, 7, 10]);
    expect(told(partial)).toEqual(told(folder.at('whole')));
  });

  test('with runs in common are merged once each and named; if they disagree they are refused', async () => {
    const both = [folder.at('whole'), folder.at('part2')];
    const { notes } = mergeSweeps(both, folder.at('doubled'), false);
    expect(notes).toEqual([
      expect.stringMatching(
        /^4 runs done more than once, with the same result: 1, 4, 7, 10, in .*whole and .*part2$/,
      ),
    ]);
    expect(rawRuns(folder.at('doubled'))).toHaveLength(12);
    const liar = folder.at('liar');
    await runInto(liar, plan, { shard: { number: 3, of: 12 } });
    const [first] = readStored(liar, plan.manifest).outcomes.values();
    const [name = ''] = readdirSync(join(liar, 'results'));
    writeFileSync(
      join(liar, 'results', name),
      encodeLine({ ...(first as object), digest: 'ffffffffffffffff' } as never),
    );
    const problems = problemsOf(() => mergeSweeps([folder.at('whole'), liar], folder.at('never'), false));
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toMatch(/^run 2 has digest ffffffffffffffff here and \w{16} in .*whole/);
  });

  test('take a run that is done before one that failed, whichever comes first, and tell of lines they cannot read', async () => {
    const failed = folder.at('failed');
    const failing: SweepExecutor = {
      name: 'failing',
      async *run(runs) {
        for (const { id, index } of runs)
          yield { id, index, status: 'failed', error: 'no such thing', elapsedMs: 0 };
      },
    };
    await runInto(failed, plan, { executor: failing });
    const [name = ''] = readdirSync(join(failed, 'results'));
    appendFileSync(join(failed, 'results', name), '{"crc":"00000000","run":{}}\n');
    for (const [i, both] of [
      [failed, folder.at('whole')],
      [folder.at('whole'), failed],
    ].entries()) {
      const { notes } = mergeSweeps(both, folder.at(`healed${i}`), false);
      expect(notes).toEqual([expect.stringMatching(/failed\/results\/0001-.*:13 cannot be read/)]);
      expect(told(folder.at(`healed${i}`))).toEqual(told(folder.at('whole')));
    }
  });

  test('go to a directory of their own', async () => {
    const [part, whole] = [folder.at('part1'), folder.at('whole')];
    const into = (out: string, ...from: string[]) => problemsOf(() => mergeSweeps(from, out, true));
    expect(into(part, whole, part).map(({ path, message }) => [path, message])).toEqual([
      [part, 'is --out, too'],
    ]);
    expect(into(part, whole)).toMatchObject([
      { path: part, message: expect.stringContaining('has a sweep already') },
    ]);
    expect(rawRuns(part)).toHaveLength(4);
  });

  test('of different sweeps, or named twice, are refused with all that is wrong', async () => {
    const other = folder.at('other');
    await runInto(other, smallPlan(scenario, 3), { shard: { number: 1, of: 2 } });
    const problems = problemsOf(() =>
      mergeSweeps(
        [folder.at('part1'), other, folder.at('part1'), folder.at('nothing')],
        folder.at('never'),
        false,
      ),
    );
    expect(problems.map(({ message }) => message)).toEqual([
      'has other seeds',
      'is named twice',
      'no such file or folder',
      '8 runs of 12 missing: 1, 2, 4, 5, 7, 8, 10, 11',
    ]);
  });
});

test('One thread, two threads and two shards at once give the same results as this process, digest for digest', async () => {
  const sweep = async (name: string, ...how: string[]) => {
    const at = folder.at(name);
    const run = await slicewise(
      'sweep',
      scenario,
      ...SMALL_DESIGN,
      '--replications',
      '2',
      '--out',
      at,
      '--json',
      ...how,
    );
    expect(run.code, run.err).toBe(0);
    return told(at);
  };
  await runInto(folder.at('here'), plan);
  const here = told(folder.at('here'));
  expect(here).toHaveLength(12);
  expect(await sweep('one', '--workers', '1')).toEqual(here);
  expect(await sweep('two', '--workers', '2')).toEqual(here);
  // Both into one directory, each with a file of its own.
  await Promise.all([sweep('both', '--shard', '1/2'), sweep('both', '--shard', '2/2')]);
  expect(told(folder.at('both'))).toEqual(here);
});
