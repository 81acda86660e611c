import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { slicewise } from './slicewise.ts';
import { TemporaryFolder } from './temporary-folder.ts';

/** What the build leaves out of the bundle, because it reads files beside its own code. */
const SCENARIO = `
apiVersion: slicewise/v1
name: shared-time
seed: 1
fleet:
  hosts:
    - { name: fast, count: 1, cpu: 32, memory: 256GiB, gpus: { model: V100-32GB, count: 4 } }
    - { name: slow, count: 1, cpu: 32, memory: 256GiB, gpus: { model: T4, count: 4 } }
workload:
  synthetic:
    tasks: 40
    arrivals: { process: poisson, rate: 20/h }
    classes:
      - { name: train, weight: 1, gpus: 1, cpu: 2, memory: 4GiB, lifetime: { kind: exponential, mean: 30m } }
policy:
  scheduling: { timeShare: { by: max-min } }
experiment: { kind: timed }
`;

const folder = new TemporaryFolder();

test('the built command finds the solver of linear programs, in its own thread and in others, and draws charts', async () => {
  const path = folder.write('shared-time.yaml', SCENARIO);
  const alone = await slicewise('run', path, '--replications', '2', '--json');
  expect(alone.err).not.toContain('fault');
  expect(alone.code).toBe(0);
  const threads = await slicewise('run', path, '--replications', '2', '--workers', '2', '--json');
  expect(JSON.parse(threads.out).digest).toBe(JSON.parse(alone.out).digest);

  const result = folder.write('result.json', alone.out);
  const out = folder.at('report');
  const report = await slicewise('report', result, '--format', 'html', '--out', out);
  expect(report.err).not.toContain('fault');
  expect(report.code).toBe(0);
  expect(readFileSync(folder.at('report', 'report.html'), 'utf8')).toContain('<svg');
});
