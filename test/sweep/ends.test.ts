import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fileErrorText } from '../../cli/file-errors.ts';
import { makeFolders } from '../../cli/make-folders.ts';
import { type CliRun, shell, slicewise } from '../cli/slicewise.ts';
import { NODE_HEADER, POD_HEADER, SMALL_YAML, TRACE_YAML } from '../cli/small-scenario.ts';
import { TemporaryFolder } from '../cli/temporary-folder.ts';

const folder = new TemporaryFolder();
const scenario = folder.write('s.yaml', SMALL_YAML);

describe('A sweep with failed runs', () => {
  folder.write('nodes.csv', `${NODE_HEADER}\nn1,8000,32768,2,A100\n`);
  folder.write('good.csv', `${POD_HEADER}\np1,1000,1024,1,500,,0,100,0\n`);
  folder.write('bad.csv', 'no,such,columns\n1,2,3\n');
  const traced = folder.write('t.yaml', TRACE_YAML);
  const sweep = (out: string, ...more: string[]) =>
    slicewise(
      ...['sweep', traced, '--grid', 'workload.trace.pods=good.csv,bad.csv', '--in-process'],
      ...['--out', folder.at(out), ...more],
    );
  const counts = ({ out }: CliRun) => {
    const { done, failed } = JSON.parse(out);
    return { done, failed };
  };

  test('ends with exit code 1 when all is printed, and says how they are tried again', async () => {
    const first = await sweep('failing', '--json');
    expect([first.code, counts(first)]).toEqual([1, { done: 1, failed: 1 }]);
    expect(first.err).toContain('1 run failed: the same command with --retry-failed');
    // It has failed runs, although none is made now.
    const again = await sweep('failing');
    expect([again.code, again.out]).toEqual([1, expect.stringContaining('1 of 2 runs done, 1 failed')]);
    expect((await sweep('failing', '--retry-failed', '--json')).code).toBe(1);
    const fine = await slicewise(
      ...['sweep', traced, '--grid', 'workload.trace.pods=good.csv', '--out', folder.at('fine'), '--json'],
    );
    expect([fine.code, fine.err]).toEqual([0, '']);
  });

  test('in shards ends with 0, so that no engine repeats it, and its merge with 1', async () => {
    const parts = [1, 2].map((number) => folder.at(`shard${number}`));
    for (const [i, part] of parts.entries()) {
      const shard = await sweep(`shard${i + 1}`, '--shard', `${i + 1}/2`, '--json');
      expect([part, shard.code, shard.err]).toEqual([
        part,
        0,
        i === 0 ? '' : expect.stringContaining('1 run failed'),
      ]);
    }
    const out = folder.at('merged out');
    const merged = await slicewise('merge', ...parts, '--out', out, '--json');
    expect([merged.code, counts(merged)]).toEqual([1, { done: 1, failed: 1 }]);
    expect(merged.err).toContain(`1 run failed: sweep with --out '${out}' --retry-failed`);
    expect(existsSync(join(out, 'manifest.json'))).toBe(true);
  });
});

describe('A folder that cannot be made', () => {
  const told = (path: string): string => {
    try {
      makeFolders(path);
      return 'made';
    } catch (error) {
      return fileErrorText(error);
    }
  };

  test('is told with the reason', () => {
    const file = folder.write('file', '');
    expect(told(join(file, 'a', 'b'))).toMatch(/part of its path is a file/);
    expect(told(file)).toMatch(/part of its path is a file/);
    symlinkSync(folder.at('nowhere'), folder.at('dangling'));
    expect(told(folder.at('dangling'))).toMatch(/link to something that is no folder/);
    expect(told(folder.at('dangling', 'a'))).toMatch(/link to something that is no folder/);
    symlinkSync(folder.at('circle'), folder.at('circle'));
    expect(told(folder.at('circle', 'a'))).toMatch(/links lead in a circle|link to something/);
    expect(told(folder.at('x'.repeat(300), 'a'))).toMatch(/name is too long/);
    mkdirSync(folder.at('real'));
    symlinkSync(folder.at('real'), folder.at('linked'));
    for (const path of [
      folder.at('new', 'a', 'b'),
      folder.at('linked', 'c', 'd'),
      `${folder.at('new', 'a')}//e/`,
      folder.path,
      '.',
      '/',
    ])
      expect([path, told(path), existsSync(path)]).toEqual([path, 'made', true]);
  });

  test.runIf(process.platform === 'linux')(
    'because its file system takes none ends a sweep and a run, and does not hang them',
    async () => {
      expect(told('/proc/slicewise')).toBe('the system lets nothing be made there');
      const out = join('/proc', 'slicewise', 'out');
      for (const args of [
        ['sweep', scenario, '--grid', 'policy.placement=fgd,best-fit', '--out', out],
        ['run', scenario, '--out', out],
      ]) {
        const { code, err } = await slicewise(...args);
        expect([args[0], code]).toEqual([args[0], 2]);
        expect(err).toContain('the system lets nothing be made there');
      }
    },
  );

  test('on a file system that is read-only is told as that', (context) => {
    const place = folder.at('mounted');
    mkdirSync(place);
    const line = `mount -t tmpfs -o ro tmpfs '${place}' && exec "$@"`;
    const inside = (...command: string[]) =>
      spawnSync('/bin/sh', ['-c', 'exec unshare -rm sh -c "$0" sh "$@"', line, ...command], {
        encoding: 'utf8',
      });
    if (inside('true').status !== 0) {
      context.skip('no file system can be mounted here');
      return;
    }
    for (const args of [
      ['sweep', scenario, '--grid', 'policy.placement=fgd,best-fit', '--out', join(place, 'a', 'b')],
      ['run', scenario, '--out', join(place, 'a', 'b')],
    ]) {
      const { status, stderr } = inside(process.execPath, resolve('bin/slicewise.mjs'), ...args);
      expect([args[0], status, stderr]).toEqual([args[0], 2, expect.stringContaining('is read-only')]);
    }
  });
});

test('A current folder that was removed is told as that', async () => {
  writeFileSync(folder.at('plain.yaml'), SMALL_YAML);
  const out = folder.at('never');
  for (const args of [
    'run plain.yaml',
    `run ${scenario} --out out`,
    // Threads cannot start there: no run may be written down as failed because of it.
    `sweep ${scenario} --grid policy.placement=fgd,best-fit --workers 2 --out ${out}`,
    'merge a b --out c',
  ]) {
    const line = `mkdir gone && cd gone && rmdir ../gone && slicewise ${args}`;
    const { code, err } = await shell(line, folder.path);
    expect([args, code, err]).toEqual([args, 2, expect.stringContaining('the current folder is gone')]);
  }
  expect(existsSync(out)).toBe(false);
});
