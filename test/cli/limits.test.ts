import { describe, expect, test } from 'vitest';
import { inProcess } from './in-process.ts';
import { NODE_HEADER, POD_HEADER, SMALL_YAML, TRACE_YAML } from './small-scenario.ts';
import { TemporaryFolder } from './temporary-folder.ts';

const folder = new TemporaryFolder();
const small = folder.write('small.yaml', SMALL_YAML);

describe('seeds', () => {
  test('replications may not run past the largest seed, where two of them would be the same run', async () => {
    const last = ['run', small, '--seed', '9007199254740991'];
    const { code, out, err } = await inProcess([...last, '--replications', '3']);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('must be at most 9007199254740989 for 3 replications, got 9007199254740991');
    expect((await inProcess(last)).code).toBe(0);
  });

  test('up to it they are all different', async () => {
    const args = ['run', small, '--seed', '9007199254740989', '--replications', '3', '--json'];
    const { seeds, digests } = JSON.parse((await inProcess(args)).out);
    expect(seeds.at(-1)).toBe(Number.MAX_SAFE_INTEGER);
    expect(new Set(digests).size).toBe(3);
  });
});

test('a run that ends within the warm-up measures nothing, and says so', async () => {
  const args = ['run', small, '--set', 'experiment={ kind: timed, warmup: 300d }'];
  const { metrics, notes } = JSON.parse((await inProcess([...args, '--json'])).out);
  const overTime = Object.keys(metrics).filter((name) => /\.(mean|peak|p\d\d|max)$/.test(name));
  expect(overTime.length).toBeGreaterThan(10);
  for (const name of overTime) expect([name, metrics[name].value]).toEqual([name, null]);
  expect(metrics['jobs.completed'].value).toBe(50);
  expect(notes).toContainEqual(expect.stringContaining('1 of 1 runs ended within the warm-up'));
});

test('a run without jobs says so', async () => {
  const args = ['run', small, '--set', 'experiment={ kind: timed, horizon: 1us }'];
  expect((await inProcess(args)).out).toContain('Note: No job arrived');
});

test('a target that takes more tasks than can be is wrong input', async () => {
  const hosts = Array.from({ length: 1000 }, (_, i) => `h${i},8000,32768,64,A`);
  folder.write('nodes.csv', `${NODE_HEADER}\n${hosts.join('\n')}\n`);
  folder.write('pods.csv', `${POD_HEADER}\nt,1,1,1,1,,,,\n`);
  const traced = folder.write('traced.yaml', TRACE_YAML);
  const { code, err } = await inProcess(['run', traced, '--set', 'experiment={ kind: fill, target: 100 }']);
  expect(code).toBe(2);
  expect(err).toMatch(/experiment\.target: .*over 50000000 tasks/);
});

test('a file of two scenarios is told apart from one that is not YAML', async () => {
  const two = folder.write('two.yaml', `${SMALL_YAML}---\n${SMALL_YAML}`);
  const { code, err } = await inProcess(['check', two]);
  expect(code).toBe(2);
  expect(err).toMatch(/two\.yaml:\d+:1: must be one document, got multiple documents/);
});
