import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { SAMPLE } from '../importers/gpu-cluster-files.ts';
import { inProcess } from './in-process.ts';
import { TemporaryFolder } from './temporary-folder.ts';

const folder = new TemporaryFolder();
const sample = folder.write('cluster.yaml', SAMPLE);
const cli = (...args: string[]) => inProcess(['import', 'gpu-cluster', ...args]);

describe('slicewise import gpu-cluster', () => {
  test('writes the scenario to stdout and everything else to stderr', async () => {
    const { code, out, err } = await cli(sample);
    expect(code).toBe(0);
    expect(parse(out)).toMatchObject({ apiVersion: 'slicewise/v1', name: 'cluster' });
    expect(err.split('\n').at(-2)).toBe(
      'gpu-cluster: 1 host with 1 GPU, 2 vgpus by Container hook (HAMi class)',
    );
    for (const line of err.trimEnd().split('\n').slice(0, -1)) expect(line).toMatch(/^note: /);
  });

  test.each([undefined, 'vgpu', 'mig', 'mig-vgpu', 'hook', 'time-slicing'])(
    'what it writes with --mode %s runs, and both vgpus have their place',
    async (mode) => {
      const scenario = folder.at(`of-${mode}.yaml`);
      const imported = await cli(sample, '--out', scenario, ...(mode === undefined ? [] : ['--mode', mode]));
      expect(imported.code).toBe(0);
      expect(imported.out).toBe('');
      expect(imported.err).toContain(`Written: ${scenario}\nTry next: slicewise run ${scenario}\n`);
      const run = await inProcess(['run', scenario]);
      expect(run.code).toBe(0);
      expect(run.out).toContain('2 arrived, 0 completed, 2 running, 0 waiting, 0 rejected');
      expect(run.out).toMatch(/vgpu-01 +\d/);
    },
  );

  test('a mode that cannot be had ends with exit code 2, the reason and the way that goes', async () => {
    const { code, out, err } = await cli(sample, '--mode', 'sriov');
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(`${sample}:3:7 gpu_cluster.nodes[0]: cannot be shared as asked: sriov: `);
    expect(err).toContain('(--mode hook goes)');
  });

  test('a mode that does not exist is refused with the list', async () => {
    const { code, err } = await cli(sample, '--mode', 'magic');
    expect(code).toBe(2);
    expect(err).toMatch(/vgpu.*mig-vgpu.*hook/);
  });

  test('every problem is listed with its line, and nothing is written', async () => {
    const wrong = folder.write('wrong.yaml', SAMPLE.replace('10GB', '10').replace('15%', '95%'));
    const scenario = folder.at('not-there.yaml');
    const { code, err } = await cli(wrong, '--out', scenario);
    expect(code).toBe(2);
    expect(err).toContain(`${wrong}:8:15 gpu_cluster.nodes[0].gpus[0].vgpus[0].memory: must be an amount`);
    expect(err).toContain('gpu_cluster.nodes[0].gpus[0].vgpus: must ask for at most 100 % of the compute');
    expect(existsSync(scenario)).toBe(false);
  });

  test('a file that is there is replaced whole, and nothing is left beside it', async () => {
    const scenario = folder.write('again.yaml', 'old');
    expect((await cli(sample, '--out', scenario)).code).toBe(0);
    const first = readFileSync(scenario, 'utf8');
    expect((await cli(sample, '--out', scenario)).code).toBe(0);
    expect(readFileSync(scenario, 'utf8')).toBe(first);
    expect(readdirSync(folder.path).filter((name) => name.includes('.tmp-'))).toEqual([]);
  });

  test.each([
    ['no such file', ['missing.yaml'], 'missing.yaml'],
    ['a folder', ['.'], 'folder'],
    ['an empty path', [''], 'must be a path'],
    ['its own input as output', [sample, '--out', sample], 'must not overwrite the input'],
    ['a name that scenarios cannot have', [sample, '--name', 'x'.repeat(121)], 'give another with --name'],
    ['no file at all', [], 'missing required argument'],
  ])('%s is refused', async (_case, args, message) => {
    const { code, err, out } = await cli(...args);
    expect(code).toBe(2);
    // Words of the argument parser itself go to stderr by another way.
    if (!message.startsWith('missing required')) expect(err).toContain(message);
    expect(out).toBe('');
  });

  test('bytes that are no text are refused', async () => {
    const { code, err } = await cli(folder.write('bytes.yaml', new Uint8Array([0x67, 0xff, 0xfe])));
    expect(code).toBe(2);
    expect(err).toContain('is not UTF-8 text');
  });
});
