import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { normalizeScenario, replicate, summarize } from '../../sim/index.ts';
import { needsDetail } from '../../sim/scenario/checks/metrics.ts';

/** Jobs of two tenants that wait, are stopped and share cards, and one that asks for less than a GPU. */
const small = {
  apiVersion: 'slicewise/v1',
  name: 'small',
  fleet: {
    hosts: [
      { name: 'plain', count: 3, cpu: 32, memory: '256GiB', gpus: { model: 'A100-80GB', count: 2 } },
      { name: 'other', count: 1, cpu: 32, memory: '256GiB', gpus: { model: 'L4', count: 2 } },
    ],
  },
  workload: {
    synthetic: {
      tasks: 400,
      arrivals: { process: 'poisson', rate: '30/h' },
      lifetimes: { work: { kind: 'lognormal', median: '10m', sigma: 1 } },
      classes: [
        {
          name: 'one',
          tenant: 'a',
          weight: 3,
          cpu: 4,
          memory: '8GiB',
          gpus: 1,
          gpu: '50%',
          lifetime: 'work',
        },
        {
          name: 'two',
          tenant: 'b',
          weight: 1,
          cpu: 4,
          memory: '8GiB',
          gpus: 2,
          gpu: '1GPU',
          priority: 2,
          lifetime: 'work',
        },
      ],
    },
  },
  policy: { queueing: 'priority', scheduling: { preemption: 'evict' } },
  experiment: { kind: 'timed', warmup: '1h' },
};

const catalogue = (name: string) =>
  parse(readFileSync(new URL(`../../scenarios/catalog/${name}.yaml`, import.meta.url), 'utf8')) as object;

const DOCUMENTS: readonly (readonly [name: string, document: object])[] = [
  ['jobs that are stopped', small],
  ['a warm-up that is found', { ...small, experiment: { kind: 'timed', warmup: 'auto' } }],
  ...['mig-on-demand-h100', 'n-plus-k-spares', 'cost-hybrid-burst'].map(
    (name) => [name, catalogue(name)] as const,
  ),
];

function scenarioOf(document: object) {
  const normalized = normalizeScenario(document);
  if (!normalized.ok) throw new Error(JSON.stringify(normalized.problems));
  return normalized.scenario;
}

function problemsOf(changes: object): readonly string[] {
  const normalized = normalizeScenario({ ...small, metrics: { detail: false }, ...changes });
  return normalized.ok ? [] : normalized.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('a run without detail', () => {
  it.each(DOCUMENTS)('has the same events and the same numbers of the fleet: %s', (_name, document) => {
    const full = scenarioOf(document);
    const plain = scenarioOf({ ...document, metrics: { detail: false } });
    const [all, few] = [full, plain].map((scenario) => replicate(scenario, {}, scenario.seed));
    if (all === undefined || few === undefined) throw new Error('two runs');
    expect(few.digest).toBe(all.digest);
    const left = new Map(few.readings);
    for (const [name, reading] of all.readings) {
      if (needsDetail({ name })) expect(left.has(name), name).toBe(false);
      else expect(left.get(name), name).toEqual(reading);
      left.delete(name);
    }
    expect([...left.keys()]).toEqual([]);
    for (const key of [
      'byGpuModel',
      'rejectedFor',
      'waitedFor',
      'waited',
      'withoutEffect',
      'licences',
    ] as const)
      expect(few[key], key).toEqual(all[key]);
    for (const key of ['groups', 'series', 'alerts', 'statistics', 'waterfall'] as const) {
      expect(all[key], key).toBeDefined();
      expect(few[key], key).toBeUndefined();
    }
  });

  it('says in its result that detail was left out, and in one note what', () => {
    const [all, few] = [true, false].map((detail) =>
      summarize([replicate(scenarioOf({ ...small, metrics: { detail } }), {}, 1)]),
    );
    expect(all).not.toHaveProperty('detail');
    expect(few?.detail).toBe(false);
    expect(few?.notes.filter((note) => note.startsWith('Detail was left out'))).toHaveLength(1);
    expect(all?.notes.some((note) => note.startsWith('Detail was left out'))).toBe(false);
    expect(few).not.toHaveProperty('waterfall');
    expect(few?.groups).toEqual({ gpuModel: expect.anything() });
  });

  it('is refused what it leaves out, all of it at once', () => {
    expect(
      problemsOf({
        metrics: { detail: false, perHost: true },
        alerts: { rules: [{ name: 'full', metric: 'gpu.allocated', above: '90%' }] },
        objectives: ['fairness.jain > 0.9', { name: 'slow', expect: 'p95(slowdown) < 3 and wait.mean < 1h' }],
        experiment: {
          kind: 'timed',
          precision: {
            targets: [
              { metric: 'energy.gpu', within: '5%' },
              { metric: 'wait.mean', within: '5%' },
            ],
          },
        },
      }),
    ).toEqual([
      'metrics.perHost: must be false: it needs detail, which metrics.detail: false leaves out',
      'alerts.rules: needs detail, which metrics.detail: false leaves out',
      'experiment.precision.targets[0].metric: energy.gpu needs detail, which metrics.detail: false leaves out',
      'objectives[0]: fairness.jain needs detail, which metrics.detail: false leaves out',
      'objectives[1].expect: slowdown.p95 needs detail, which metrics.detail: false leaves out',
    ]);
  });

  it('is asked for what it has', () => {
    expect(
      problemsOf({
        alerts: { defaults: true },
        objectives: ['p95(wait) < 1d', 'utilization >= 0', 'gpu.allocated.mean > 0'],
      }),
    ).toEqual([]);
    // A fill run measures the fleet alone whatever is asked for.
    expect(problemsOf({ metrics: { detail: false, perHost: true }, experiment: { kind: 'fill' } })).toEqual(
      [],
    );
  });

  it('has a canonical form that is its own', () => {
    const normalized = normalizeScenario({ ...small, metrics: { detail: false } });
    if (!normalized.ok) throw new Error('must be valid');
    expect(normalized.document).toMatchObject({ metrics: { perHost: false, groups: 50, detail: false } });
    const again = normalizeScenario(normalized.document);
    expect(again.ok && again.document).toEqual(normalized.document);
  });
});
