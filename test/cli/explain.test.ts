import { describe, expect, test } from 'vitest';
import { inProcess } from './in-process.ts';
import { TemporaryFolder } from './temporary-folder.ts';

const folder = new TemporaryFolder();
const crowded = folder.write(
  'crowded.yaml',
  `apiVersion: slicewise/v1
name: crowded
seed: 3
fleet:
  hosts:
    - { name: node, count: 3, cpu: 16, memory: 64GiB, gpus: { model: L4, count: 2 } }
workload:
  synthetic:
    tasks: 40
    arrivals: { process: poisson, rate: 4/h }
    classes:
      - { name: train, cpu: 4, memory: 16GiB, gpus: 2, lifetime: { kind: exponential, mean: 3h } }
      - { name: notebook, cpu: 2, memory: 8GiB, gpus: 1, weight: 2, lifetime: { kind: exponential, mean: 1h } }
policy: { queueing: fifo }
`,
);

describe('slicewise explain', () => {
  test.each([80, 60, 100])('keeps to %s columns, without a value that is none', async (columns) => {
    for (const job of ['task-0000000', 'task-0000012', 'task-0000030']) {
      const { code, out } = await inProcess(['explain', crowded, job], columns);
      expect(code).toBe(0);
      expect(out.split('\n').filter((line) => line.length > columns || line !== line.trimEnd())).toEqual([]);
      expect(out).not.toMatch(/NaN|undefined|Infinity|null|\b1 jobs|\b1 GPUs|\u00a0/);
    }
  });

  test('tells the chain, then the changes by size, then what does not help', async () => {
    const { out } = await inProcess(['explain', crowded, 'task-0000012'], 80);
    const places = [
      'task-0000012 (class notebook) asks for 1 GPU',
      'What happened',
      'arrived',
      'waited',
      'placed on node-',
      'finished',
      'What would have started it at',
      'its place in the queue',
      'one more host',
      'Does not help: another demand (',
    ].map((text) => out.indexOf(text));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBe(0);
  });

  test('prints JSON that says the same, twice the same, and another seed is another run', async () => {
    const first = await inProcess(['explain', crowded, 'task-0000012', '--json']);
    expect((await inProcess(['explain', crowded, 'task-0000012', '--json'])).out).toBe(first.out);
    const explanation = JSON.parse(first.out);
    expect(explanation).toMatchObject({ schema: 'slicewise/explain@1', job: 'task-0000012', seed: 3 });
    expect(explanation.changes.length).toBeGreaterThan(0);
    const other = await inProcess(['explain', crowded, 'task-0000012', '--json', '--seed', '4']);
    expect(JSON.parse(other.out).steps).not.toEqual(explanation.steps);
  });

  test('a change that is shown as a setting can be run', async () => {
    const shared = folder.write(
      'shared.yaml',
      `apiVersion: slicewise/v1
name: shared
fleet:
  hosts: [{ name: node, cpu: 16, memory: 64GiB, gpus: { model: A100-SXM4-80GB, count: 1 }, sharing: passthrough }]
workload:
  synthetic:
    tasks: 2
    arrivals: { process: deterministic, rate: 1/h }
    classes: [{ name: half, cpu: 1, memory: 1GiB, gpus: 1, gpu: 40%, lifetime: { kind: constant, value: 5h } }]
`,
    );
    const { out } = await inProcess(['explain', shared, 'task-0000001'], 80);
    expect(out).toContain('--set fleet.hosts.node.sharing=mig');
    const after = await inProcess(
      ['explain', shared, 'task-0000001', '--set', 'fleet.hosts.node.sharing=mig'],
      80,
    );
    expect(after.out).toContain('It started when it arrived and never had to wait: nothing to change.');
  });

  test('--at takes a time as it is printed, and asks what starts it by then', async () => {
    const { out } = await inProcess(['explain', crowded, 'task-0000012', '--at', '3h 30m'], 80);
    expect(out).toContain('What would have started it at 3h 30m (');
  });
});

describe('wrong input of explain ends with code 2', () => {
  test('an unknown job names the nearest', async () => {
    const { code, err, out } = await inProcess(['explain', crowded, 'task-000012']);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('task-000012: is none of the 40 jobs of the run (the nearest: task-0000012, ');
  });

  test.each([
    [['--at', 'soon'], '--at: must be a duration'],
    [['--at', '1s'], '--at: must not be before it arrives'],
    [['--at', '900d'], '--at: must not be after'],
    [['--most', '0'], '--most: must be a whole number from 1'],
    [['--set', 'experiment={kind: fill}', '--at', '1h'], '--at: a fill run has no time'],
  ])('%s', async (args, message) => {
    const { code, err } = await inProcess(['explain', crowded, 'task-0000012', ...args]);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
