import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { UsageError } from '../../cli/errors.ts';
import { emitted } from '../../cli/sweep/emit/index.ts';
import { SMALL_YAML } from '../cli/small-scenario.ts';
import { TemporaryFolder } from '../cli/temporary-folder.ts';
import { smallPlan } from './small-sweep.ts';

const folder = new TemporaryFolder();
const { manifest } = smallPlan(folder.write('s.yaml', SMALL_YAML));
const WORDS = ["it's a scenario.yaml", '--grid', 'policy.placement=fgd,best-fit', '--set', 'name=$HOME'];

const print = (options: Parameters<typeof emitted>[1]) => emitted(WORDS, options, manifest) ?? '';

/** What a shell makes of a script, with a `slicewise` that prints its arguments. */
function runIn(script: string, environment: Record<string, string>): readonly string[] {
  // Printed one a line, in place of being run.
  const spoken = script.replace('exec slicewise', "printf '%s\\n' slicewise");
  const run = spawnSync('/bin/sh', ['-c', spoken.replace('set -euo pipefail', 'set -eu')], {
    cwd: folder.path,
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', ...environment },
  });
  expect(run.stderr).toBe('');
  return run.stdout.trimEnd().split('\n');
}

describe('What an engine is given', () => {
  test('of Slurm: an array with an element for each shard, which says its words to the shell as they are', () => {
    const script = print({ emit: 'slurm', shards: 5, out: 'my out' });
    expect(script).toMatch(/^#!\/bin\/bash\n/);
    expect(script).toMatch(/^#SBATCH --array=1-5$/m);
    // Options count only before the first command (sbatch(1)).
    const commands = script.split('\n').findIndex((line) => line !== '' && !line.startsWith('#'));
    expect(script.split('\n').slice(commands).join('\n')).not.toContain('#SBATCH');
    expect(runIn(script, { SLURM_ARRAY_TASK_ID: '3', SLURM_CPUS_PER_TASK: '4' })).toEqual([
      'slicewise',
      'sweep',
      ...WORDS,
      '--out',
      'my out/shards/3',
      '--shard',
      '3/5',
      '--workers',
      '4',
    ]);
    expect(spawnSync('bash', ['-n'], { input: script }).status).toBe(0);
  });

  test('of Kubernetes: an Indexed Job of batch/v1 in which every field is one of the reference', () => {
    const job = parse(print({ emit: 'kubernetes', shards: 5, out: 'o', image: 'reg/x:1', claim: 'data' }));
    // Fields of batch/v1 Job and what it holds, from the API reference.
    const allowed: Record<string, readonly string[]> = {
      '': ['apiVersion', 'kind', 'metadata', 'spec'],
      metadata: ['name', 'labels', 'annotations'],
      spec: [
        'completionMode',
        'completions',
        'parallelism',
        'backoffLimitPerIndex',
        'maxFailedIndexes',
        'template',
      ],
      'spec.template': ['spec'],
      'spec.template.spec': ['restartPolicy', 'containers', 'volumes'],
    };
    for (const [path, fields] of Object.entries(allowed)) {
      const at = path.split('.').reduce((value, key) => (key === '' ? value : value[key]), job);
      expect(Object.keys(at).filter((key) => !fields.includes(key))).toEqual([]);
    }
    expect(job).toMatchObject({ apiVersion: 'batch/v1', kind: 'Job' });
    const { spec, metadata } = job;
    expect(spec).toMatchObject({ completionMode: 'Indexed', completions: 5, parallelism: 5 });
    // backoffLimitPerIndex needs completionMode Indexed and a pod that is never restarted in place.
    expect(spec.template.spec.restartPolicy).toBe('Never');
    expect(spec.maxFailedIndexes).toBeLessThanOrEqual(spec.completions);
    // Pods of an Indexed Job are called NAME-INDEX-SUFFIX: a DNS label, with room.
    expect(metadata.name).toMatch(/^[a-z0-9]([-a-z0-9]{0,50}[a-z0-9])?$/);
    for (const value of Object.values(metadata.annotations)) expect(typeof value).toBe('string');
    const [container] = spec.template.spec.containers;
    expect(container.volumeMounts[0].name).toBe(spec.template.spec.volumes[0].name);
    expect(container.command.slice(0, 2)).toEqual(['/bin/sh', '-c']);
    // Indices are from 0 (JOB_COMPLETION_INDEX), shards from 1.
    const words = runIn(container.command[2], { JOB_COMPLETION_INDEX: '4' });
    expect(words.slice(-6)).toEqual(['--out', 'o/shards/5', '--shard', '5/5', '--workers', '1']);
    expect(words.slice(2, 2 + WORDS.length)).toEqual(WORDS);
  });

  test('of Kubernetes: is within the limits that its API server has for Jobs of so many shards', () => {
    // pkg/apis/batch/validation/validation.go: completionsSoftLimit and what goes with it.
    for (const [shards, most] of [
      [100_000, 100_000],
      [100_001, 10_000],
      [1_000_000, 10_000],
    ] as const) {
      const many = { ...manifest, runs: shards };
      const words = { emit: 'kubernetes', shards, out: 'o', image: 'i', claim: 'c' };
      const { spec } = parse(emitted(WORDS, words, many) ?? '');
      expect(spec).toMatchObject({ completions: shards, maxFailedIndexes: most });
      expect(spec.parallelism).toBeLessThanOrEqual(10_000);
    }
  });

  test('needs its options, all told at once', () => {
    const problems = (options: Parameters<typeof emitted>[1]) => {
      try {
        print(options);
      } catch (error) {
        if (error instanceof UsageError) return error.problems.map(({ path }) => path);
      }
      return [];
    };
    expect(problems({ emit: 'kubernetes' })).toEqual(['--image', '--claim', '--shards', '--out']);
    expect(problems({ emit: 'slurm', shards: 13, out: 'o', image: 'x' })).toEqual(['--image', '--shards']);
    expect(problems({ shards: 3, out: 'o' })).toEqual(['--shards']);
    expect(problems({ out: 'o' })).toEqual([]);
  });
});

test('A sweep in an array of a real Slurm is, merged, the whole sweep', (context) => {
  const works = spawnSync('sinfo', ['-h'], { encoding: 'utf8' });
  if (works.status !== 0 || works.stdout.trim() === '') {
    context.skip('no Slurm controller answers here');
    return;
  }
  const place = folder.at('slurm');
  const sh = (line: string) => {
    const bin = `mkdir -p bin; printf '#!/bin/bash\\nexec ${process.execPath} ${process.cwd()}/bin/slicewise.mjs "$@"\\n' > bin/slicewise; chmod +x bin/slicewise; export PATH=$PWD/bin:$PATH`;
    const run = spawnSync('bash', ['-c', `mkdir -p ${place}; cd ${place}; ${bin}; ${line}`], {
      encoding: 'utf8',
    });
    expect(run.status, run.stderr).toBe(0);
    return run.stdout;
  };
  const sweep = `slicewise sweep ${folder.at('s.yaml')} --grid policy.placement=fgd,best-fit --replications 4`;
  sh(`${sweep} --out out --emit slurm --shards 2 > sweep.sbatch; sbatch --wait sweep.sbatch`);
  const merged = JSON.parse(sh('slicewise merge out/shards/* --out out/merged --json'));
  const whole = JSON.parse(sh(`${sweep} --out whole --in-process --json`));
  expect(merged.runs).toBe(8);
  expect(merged).toEqual(whole);
});
