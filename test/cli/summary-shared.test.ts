import { describe, expect, test } from 'vitest';
import type { RunResult } from '../../sim/index.ts';
import { inProcess } from './in-process.ts';
import { TemporaryFolder } from './temporary-folder.ts';

const folder = new TemporaryFolder();

/** Services, sessions, a change, and a service that cannot keep up; names short and long. */
const scenario = folder.write(
  'shared.yaml',
  `apiVersion: slicewise/v1
name: shared
fleet:
  hosts:
    - { name: slices, cpu: 64, memory: 512GiB, gpus: { model: A100-SXM4-80GB, count: 1 }, sharing: { mode: time-slicing, replicas: 4 } }
    - { name: desks, count: 2, cpu: 64, memory: 512GiB, gpus: { model: A16, count: 1 }, sharing: vgpu }
workload:
  services:
    - { name: classify, preset: resnet-50-inference, replicas: 1, models: [A100-SXM4-80GB], traffic: { kind: open, arrivals: { process: poisson, rate: 50/s } } }
    - { name: a-service-with-a-name-that-leaves-little-room-for-more, preset: yolos-small-inference, replicas: 1, models: [A100-SXM4-80GB], objective: 300ms, traffic: { kind: open, arrivals: { process: poisson, rate: 20/s } } }
  sessions:
    - { name: office, preset: office-desktop, users: 4, slot: { profile: A16-1B }, models: [A16], logon: { kind: always }, lifecycle: host }
changes:
  - { at: 2m, hosts: desks-0000, running: migrate, migrate: vsphere-8.0, closed: 90s }
experiment: { kind: timed, horizon: 4m, warmup: 1m }
`,
);

/** The same kinds of things, but quick to run often. */
const quick = folder.write(
  'quick.yaml',
  `apiVersion: slicewise/v1
name: quick
fleet: { hosts: [ { name: node, cpu: 64, memory: 512GiB, gpus: { model: A100-SXM4-80GB, count: 1 }, sharing: mps } ] }
workload: { services: [ { name: detect, preset: yolos-small-inference, replicas: 2, traffic: { kind: closed, clients: 2 } } ] }
experiment: { kind: timed, horizon: 10s }
`,
);

describe('the summary of shared GPUs', () => {
  test.each([
    [60, 80],
    [80, 80],
    [100, 100],
    [120, 100],
  ])('on %i columns keeps to %i, with intervals and without', async (columns, most) => {
    for (const options of [[], ['--replications', '3']]) {
      const { code, out, err } = await inProcess(['run', scenario, ...options], columns);
      expect(code, err).toBe(0);
      expect(out.split('\n').filter((line) => line.length > most || line !== line.trimEnd())).toEqual([]);
      expect(out).not.toMatch(/NaN|undefined|Infinity|null/);
    }
  });

  test('names the figures that nobody has published, as the result lists them', async () => {
    const { out } = await inProcess(['run', scenario]);
    const result = JSON.parse((await inProcess(['run', scenario, '--json'])).out) as RunResult;
    const start = out.indexOf('\nAssumed  ');
    const said = out.slice(start, out.indexOf('\nDigest', start)).replace(/\s+/g, ' ');
    expect(result.assumptions.map(({ id }) => id)).toContain('vgpu.aggregate');
    for (const { id, value } of result.assumptions) expect(said).toContain(`${id} ${value}`);
    expect(said).toContain('no published figure');
    expect(said).toContain('vgpu.vm-boot 40 s');
  });

  test('says what the change did, and which service fell behind', async () => {
    const { out } = await inProcess(['run', scenario]);
    expect(out).toMatch(
      /^Changes {9}1 host changed, emptied in \S+ m?s and then closed for 90 s on average/m,
    );
    expect(out.replace(/\n +/g, ' ')).toMatch(/\d+ jobs moved \(still for 500 ms on average\)/);
    expect(out).toMatch(/^(Service)? +requests\/s .* overdue$/m);
  });

  test('a run without a start after the warm-up says so instead of a row of dashes', async () => {
    const { out } = await inProcess(['run', scenario]);
    expect(out).toContain(
      'Wait            nothing to measure: no job arrived after the warm-up and started\n',
    );
  });

  test('nothing is assumed where nothing is shared by a mode', async () => {
    const plain = await inProcess(['run', 'openb-like', '--set', 'fleet.hosts[0].count=3']);
    expect(plain.out).not.toContain('Assumed');
  });

  test('the commands that it proposes next are ones that the scenario takes', async () => {
    const { err } = await inProcess(['run', quick, '--out', folder.at('out')]);
    const commands = [...err.matchAll(/slicewise ((?:run|check) \S.*?) {2}/g)].map(
      ([, command = '']) => command,
    );
    expect(commands.length).toBeGreaterThanOrEqual(4);
    for (const command of commands) {
      const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '');
      const { code, err: problems } = await inProcess(words);
      expect(code, problems).toBe(0);
    }
  });
});
