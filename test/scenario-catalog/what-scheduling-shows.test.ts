import { describe, expect, test } from 'vitest';
import { replicate } from '../../sim/index.ts';
import { catalogueScenario } from './catalogue.ts';

/** What the descriptions of the scheduling scenarios promise: relations that hold for the run as it is, not figures. */

interface Waits {
  jobs: number;
  /** Mean and longest time until a first start, in minutes. */
  mean: number;
  max: number;
  stops: number;
}

/** A run with its readings, and waits by tenant or, where there is none, by class. */
function runOf(name: string, ...settings: string[]) {
  const by = new Map<string, Waits>();
  const started = new Set<number>();
  const of = (label: string) => {
    const known = by.get(label) ?? { jobs: 0, mean: 0, max: 0, stops: 0 };
    by.set(label, known);
    return known;
  };
  const { scenario } = catalogueScenario(name, settings);
  const run = replicate(scenario, {}, scenario.seed, {
    observers: () => [
      {
        placed(atUs, { number, arrivalUs, claim }) {
          if (started.has(number)) return;
          started.add(number);
          const waits = of(claim.tenant || claim.label);
          const minutes = (atUs - arrivalUs) / 60e6;
          waits.jobs += 1;
          waits.mean += (minutes - waits.mean) / waits.jobs;
          waits.max = Math.max(waits.max, minutes);
        },
        preempted(_atUs, { claim }) {
          of(claim.tenant || claim.label).stops += 1;
        },
      },
    ],
  });
  const readings = new Map(run.readings);
  return {
    value: (metric: string) => readings.get(metric)?.value ?? Number.NaN,
    waits: (label: string) => by.get(label) as Waits,
  };
}

describe('large-first-backfill', () => {
  const load = 'workload.synthetic.arrivals.rate=9/h';
  const plain = ['policy.queueing=fifo', 'policy.scheduling.fill=block'];

  test('keeps fragmentation far below 15 %, and so does any other order of these jobs', () => {
    expect(runOf('large-first-backfill').value('fragmentation.mean')).toBeLessThan(0.01);
    expect(runOf('large-first-backfill', ...plain).value('fragmentation.mean')).toBeLessThan(0.15);
  });

  test('leaves less than 5 % idle while jobs wait, where a plain queue leaves a fifth', () => {
    expect(1 - runOf('large-first-backfill', load).value('gpu.allocated.mean')).toBeLessThan(0.05);
    expect(1 - runOf('large-first-backfill', load, ...plain).value('gpu.allocated.mean')).toBeGreaterThan(
      0.15,
    );
  });

  test('has large training wait less, and notebooks more, than in order of arrival', () => {
    const own = runOf('large-first-backfill');
    const fifo = runOf('large-first-backfill', 'policy.queueing=fifo');
    expect(own.waits('training-8').mean).toBeLessThan(fifo.waits('training-8').mean);
    expect(own.waits('notebook').mean).toBeGreaterThan(fifo.waits('notebook').mean);
  });
});

describe('fair-share-teams', () => {
  const small = ['speech', 'search', 'ads', 'maps', 'risk', 'video', 'robots'];

  test('the large team waits for itself, and every small one less than in order of arrival', () => {
    const own = runOf('fair-share-teams');
    const fifo = runOf('fair-share-teams', 'policy.queueing=fifo', 'policy.scheduling.maxJobsPerUser=null');
    for (const team of small) {
      expect(own.waits(team).mean, team).toBeLessThan(fifo.waits(team).mean);
      expect(own.waits('vision').mean, team).toBeGreaterThan(4 * own.waits(team).mean);
    }
  });

  test('no more than three jobs of a team ever run at once', () => {
    const running = new Map<string, number>();
    let most = 0;
    const { scenario } = catalogueScenario('fair-share-teams');
    replicate(scenario, {}, scenario.seed, {
      observers: () => [
        {
          placed(_atUs, { claim }) {
            const jobs = (running.get(claim.tenant) ?? 0) + 1;
            running.set(claim.tenant, jobs);
            most = Math.max(most, jobs);
          },
          finished(_atUs, { claim }) {
            running.set(claim.tenant, (running.get(claim.tenant) as number) - 1);
          },
        },
      ],
    });
    expect(most).toBe(3);
  });
});

test('quotas-borrowing: production gets its GPUs back in minutes, by stops of those who borrow', () => {
  const own = runOf('quotas-borrowing');
  const waiting = runOf('quotas-borrowing', 'policy.scheduling.preemption=none');
  const unborrowed = runOf('quotas-borrowing', 'policy.scheduling.quotas.research.max=20');
  expect(own.waits('production').mean).toBeLessThan(waiting.waits('production').mean / 10);
  expect(own.waits('production').stops).toBe(0);
  expect(own.value('jobs.preemptions')).toBeGreaterThan(100);
  expect(unborrowed.value('gpu.allocated.mean')).toBeLessThan(own.value('gpu.allocated.mean'));
  expect(unborrowed.waits('vision').mean).toBeGreaterThan(own.waits('vision').mean);
});

test('wfq-compute-memory: memory counts, so that who takes much of it comes later than when it is free', () => {
  const own = runOf('wfq-compute-memory');
  const free = runOf('wfq-compute-memory', 'policy.scheduling.resourceWeights.memory=0');
  const first = ({ waits }: ReturnType<typeof runOf>) =>
    ['customer', 'retrieval', 'trainers'].sort((a, b) => waits(a).mean - waits(b).mean);
  expect(first(own)).toEqual(['customer', 'retrieval', 'trainers']);
  expect(first(free)).toEqual(['retrieval', 'customer', 'trainers']);
  expect(own.waits('retrieval').mean).toBeGreaterThan(free.waits('retrieval').mean);
});

test('preemptive-priority: production starts at once, which costs batch jobs stops and nobody their work', () => {
  const own = runOf('preemptive-priority');
  expect(own.waits('production').mean).toBeLessThan(1);
  expect(own.waits('production').max).toBeLessThan(10);
  expect(own.waits('production').stops).toBe(0);
  expect(own.value('work.lost')).toBe(0);
  const waiting = runOf('preemptive-priority', 'policy.scheduling.preemption=none');
  expect(waiting.waits('production').mean).toBeGreaterThan(10 * own.waits('production').mean);
  const killed = runOf('preemptive-priority', 'policy.scheduling.stopBy=kill');
  expect(killed.value('work.lost')).toBeGreaterThan(0);
  expect(killed.value('completion.mean')).toBeGreaterThan(own.value('completion.mean'));
});

test('tiresias: without run times it is far ahead of order of arrival, and behind who knows them', () => {
  const completion = (...settings: string[]) => runOf('tiresias', ...settings).value('completion.mean');
  const own = completion();
  expect(own).toBeLessThan(completion('policy.queueing=fifo') / 2);
  expect(own).toBeGreaterThan(completion('policy.queueing=srtf'));
});

test('easy-backfill: filling shortens all waits, wide jobs fare worst where whoever fits may start', () => {
  const by = (fill: string) => runOf('easy-backfill', `policy.scheduling.fill=${fill}`);
  const own = runOf('easy-backfill');
  const block = by('block');
  const skip = by('skip');
  for (const label of ['wide', 'node-wide', 'small']) {
    expect(own.waits(label).mean, label).toBeLessThan(block.waits(label).mean);
  }
  expect(skip.waits('wide').mean).toBeGreaterThan(own.waits('wide').mean);
  expect(skip.waits('small').mean).toBeLessThan(own.waits('small').mean);
  expect(own.value('gpu.allocated.mean')).toBeGreaterThan(block.value('gpu.allocated.mean'));
  const poor = runOf('easy-backfill', 'policy.scheduling.estimates.noise=1.5');
  expect(poor.waits('wide').mean).toBeGreaterThan(own.waits('wide').mean);
});

test('two-pools: what happens in one pool is nothing to the other', () => {
  const own = runOf('two-pools', 'experiment.horizon=2d');
  const packed = runOf('two-pools', 'experiment.horizon=2d', 'policy.pools.small.scores.fgd=null');
  const slower = runOf('two-pools', 'experiment.horizon=2d', 'policy.queueing=fifo');
  const pick = (run: ReturnType<typeof runOf>, label: string) => run.waits(label).mean;
  expect(pick(packed, 'search')).not.toBe(pick(own, 'search'));
  expect(pick(slower, 'search')).toBe(pick(own, 'search'));
  expect(pick(slower, 'students')).toBe(pick(own, 'students'));
});
