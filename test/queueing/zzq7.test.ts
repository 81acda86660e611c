import { test } from 'vitest';
import { guardFor } from '../../sim/engine/backfill/index.ts';
import { queueingPolicy } from '../../sim/policies/queueing/index.ts';
import { runSmall, type SmallJob } from './pool-run.ts';
const of = (tenant: string, priority = 0) => ({ tenant, priority, queue: tenant });
const JOBS: readonly SmallJob[] = [
  { name: 'fill', at: 0, runs: 4, workers: [2, 2], claim: of('a', 1) },
  { name: 'long', at: 1, runs: 12, gpus: 1, claim: of('a') },
  { name: 'gang', at: 1, runs: 5, workers: [1, 1], claim: of('b') },
  { name: 'lie', at: 2, runs: 9, gpus: 1, estimate: 2, claim: of('b') },
  { name: 'pair', at: 2, runs: 3, gpus: 2, claim: of('c') },
  { name: 'four', at: 3, runs: 2, workers: [2, 2], claim: of('c') },
  { name: 'urgent', at: 3, runs: 4, gpus: 1, claim: of('a', 2) },
  { name: 'tiny', at: 6, runs: 1, gpus: 1, claim: of('b', 1) },
  { name: 'late', at: 7, runs: 6, gpus: 2, claim: of('c', 1) },
];
const quota = (path: string, guaranteedGpus: number, maxGpus: number, weight = 1) => ({ path, guaranteedGpus, maxGpus, weight });
test('x', () => {
  const show = (title: string, setup: object, name: string, fill?: string) => {
    const policy = queueingPolicy(name as never);
    const stories = runSmall({
      hosts: [2, 2], jobs: JOBS, policy,
      rules: { preemption: policy.promises.preempts ? 'evict' : 'none', ...(fill ? { fill: fill as never } : {}) },
      config: { attainedLimits: [6, 12], weights: { b: 2 }, quotas: [quota('a', 1, 4), quota('b', 2, 3), quota('c', 1, 4)] },
      ...(fill === 'easy' || fill === 'conservative' ? { guard: (s: never, c: never) => guardFor(fill, c, (c as any).placer)!(s) } : {}),
      ...setup,
    });
    console.log(title, fill ?? '', JSON.stringify(Object.fromEntries([...stories.values()].map(({ name: job, starts, stops, end }) => [job, starts.map(({ at, hosts }, i) => `${at}-${stops[i] ?? end}@${hosts.join('')}`).join(' ')])), null, 1));
  };
  for (const n of ['drf', 'max-min', 'quotas', 'ftf']) show(n, {}, n);
  for (const f of ['skip', 'easy', 'conservative']) show('fifo', {}, 'fifo', f);
});
