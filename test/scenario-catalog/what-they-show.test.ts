import { describe, expect, test } from 'vitest';
import { catalogueRun, catalogueScenario } from './catalogue.ts';

/** What the descriptions promise, checked on the runs themselves: relations, not figures that rest on assumptions. */

test('fourteen shared RTX 3090 finish the tests of twenty that are not, and sooner', () => {
  const before = catalogueRun('rtx-3090-passthrough');
  const after = catalogueRun('rtx-3090-time-slicing');
  expect(after.value('jobs.arrived')).toBe(before.value('jobs.arrived'));
  expect(after.value('wait.mean')).toBeLessThan(before.value('wait.mean') / 10);
  expect(after.value('completion.mean')).toBeLessThan(before.value('completion.mean'));
  expect(after.value('gpu.utilized.mean')).toBeGreaterThan(before.value('gpu.utilized.mean'));
  // What sharing cannot do: the time on the card gets longer.
  expect(after.value('stretch.mean')).toBeGreaterThan(before.value('stretch.mean'));
});

test('RTX 3090 cannot be shared by vGPU', () => {
  expect(() => catalogueScenario('rtx-3090-passthrough', ['fleet.hosts.studio.sharing=vgpu'])).toThrow(
    /needs an NVIDIA GPU with vGPU types|vGPU/,
  );
});

test('eight vGPUs of 8 GB do not go on a Quadro RTX 6000: only three do', () => {
  const crowd = (profile: string) =>
    catalogueRun('vgpu-cad-quadro-rtx-6000', [
      'fleet.hosts.cad.count=1',
      'fleet.hosts.cad.gpus.count=1',
      `workload={sessions: [{name: crowd, users: 8, cpu: 1, memory: 1GiB, slot: {profile: ${profile}}, use: {busy: 10%, memory: 1GiB}}]}`,
      'experiment={kind: timed, horizon: 1m}',
    ]).value('jobs.running');
  expect(crowd('RTX6000-3Q')).toBe(8);
  expect(crowd('RTX6000-8Q')).toBe(3);
});

test('two CT sets a card are no faster together than one after the other, so that two cards do at most twice the work of one', () => {
  const saturated = ['workload.synthetic.arrivals={process: poisson, rate: 300/h}', 'experiment.horizon=2d'];
  const perHour = (count: number) =>
    catalogueRun('vgpu-ct-dual-a6000', [...saturated, `fleet.hosts.radiology.gpus.count=${count}`]).value(
      'jobs.completed',
    );
  const gain = perHour(2) / perHour(1);
  expect(gain).toBeGreaterThan(1.9);
  expect(gain).toBeLessThan(2.05);
});

describe('The published comparison on one A100', () => {
  const latency = (settings: readonly string[]) =>
    catalogueRun('mps-inference-a100', settings).value('service.detect.latency.mean');

  test('MPS gives the measured latency of seven pods within 3 %', () => {
    expect(latency([])).toBeGreaterThan(0.97 * 0.31982);
    expect(latency([])).toBeLessThan(1.03 * 0.31982);
  });

  test('time-slicing is slowest, and MPS without limits is ahead of MIG', () => {
    const timeSliced = latency(['fleet.hosts.pod.sharing={mode: time-slicing, replicas: 7}']);
    const mig = latency(['fleet.hosts.pod.sharing=mig', 'workload.services.detect.slot.profile=1g.10gb']);
    expect(timeSliced).toBeGreaterThan(1.5 * mig);
    expect(mig).toBeGreaterThan(latency([]));
  });
});

test('a pool over 10 GbE is behind one over RDMA, most of all where pictures go over the network', () => {
  const short = ['experiment.horizon=8m', 'experiment.warmup=1m'];
  const near = catalogueRun('api-remoting-rdma', short);
  const far = catalogueRun('api-remoting-10gbe', short);
  const behind = (metric: string) => far.value(metric) / near.value(metric);
  expect(behind('service.classify-now.latency.mean')).toBeGreaterThan(1.02);
  expect(behind('service.classify-bulk.latency.mean')).toBeGreaterThan(
    behind('service.classify-now.latency.mean'),
  );
});

test('the two pools of calls differ in nothing but the network', () => {
  const nameless = (name: string, network: string) => {
    const { scenario } = catalogueScenario(name, [`fleet.hosts.pool.sharing.network=${network}`]);
    return { ...scenario, name: '', description: '' };
  };
  expect(nameless('api-remoting-rdma', 'rdma')).toEqual(nameless('api-remoting-10gbe', 'rdma'));
});

test('in mixed sizes eight GPUs hold two 8 GB vGPUs each, in equal sizes three', () => {
  const crowd = (sizes: string) =>
    catalogueRun('vgpu-mixed-l4', [
      `fleet.hosts.vdi.sharing.sizes=${sizes}`,
      'workload={sessions: [{name: crowd, users: 40, cpu: 1, memory: 1GiB, slot: {profile: L4-8Q}, use: {busy: 10%, memory: 1GiB}}]}',
      'experiment={kind: timed, horizon: 1m}',
    ]).value('jobs.running');
  expect(crowd('mixed')).toBe(16);
  expect(crowd('equal')).toBe(24);
});

test('the logon storm fills every place of the A16, and four users wait', () => {
  const { value } = catalogueRun('vgpu-office-a16', ['experiment.horizon=34200s']);
  expect(value('jobs.running') + value('jobs.completed')).toBe(256);
  expect(value('jobs.waiting')).toBe(4);
});

test('replicas reserve no memory, so that some pods fail; caps of a library prevent it', () => {
  const { value } = catalogueRun('kubernetes-time-slicing');
  expect(value('jobs.failed')).toBeGreaterThan(0);
  const capped = catalogueRun('hook-percent-caps', ['experiment.horizon=2d']);
  // Told only where there are some.
  expect(capped.value('jobs.failed')).toBeNaN();
});

test('training on a split card does not become faster than on a whole one', () => {
  const { value } = catalogueRun('mig-driving-a100');
  expect(value('jobs.completed')).toBe(2);
  // 72 h of work: the whole card takes as long, the slice longer. 28 h is out of reach.
  expect(value('stretch.p50')).toBeGreaterThan(0.99);
  expect(value('completion.max')).toBeGreaterThan(72 * 3600);
  expect(value('session.stream.frame.inTime')).toBeGreaterThan(0.99);
});

test('jobs on both cards of a split slot gain from NVLink, and loaders of data from all lanes', () => {
  const worst = (...settings: string[]) =>
    catalogueRun('bifurcated-dual-gpu', ['experiment.horizon=3d', ...settings]).value('stretch.mean');
  const split = worst();
  const lanes = worst('fleet.hosts.board.gpus.pcie=null', 'fleet.hosts.board.uplink=null');
  const bridge = worst('fleet.hosts.board.gpus.nvlink=true');
  expect(lanes).toBeLessThan(split);
  expect(bridge).toBeLessThan(split);
});

test('MIG instances made through the operator, in minutes, hold jobs up more than those made on the host', () => {
  const short = 'experiment.horizon=2d';
  const host = catalogueRun('mig-on-demand-h100', [short]);
  const operator = catalogueRun('mig-on-demand-h100', [
    short,
    ...['small', 'risk', 'fine-tuning', 'whole'].map(
      (name) => `workload.synthetic.classes.${name}.lifecycle=operator`,
    ),
  ]);
  expect(operator.value('stretch.mean')).toBeGreaterThan(1.1 * host.value('stretch.mean'));
});
