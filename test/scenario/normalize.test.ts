import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDistribution, type DistributionSpec } from '../../sim/kernel/distributions/index.ts';
import {
  formatScenarioYaml,
  hostName,
  type NormalizeResult,
  normalizeScenario,
  parseScenarioText,
} from '../../sim/scenario/index.ts';
import { resolveScheduling } from '../../sim/scenario/resolve/scheduling.ts';
import { scenarioArbitrary } from './arbitrary.ts';
import { EXAMPLE_YAML, SHARED_EXAMPLE_YAML, smallDocument, withValueAt } from './example.ts';

function parsed(text: string): unknown {
  const result = parseScenarioText(text);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.document;
}

function normalized(document: unknown): Extract<NormalizeResult, { ok: true }> {
  const result = normalizeScenario(document);
  if (!result.ok) throw new Error(JSON.stringify(result.problems, null, 1));
  return result;
}

const example = normalized(parsed(EXAMPLE_YAML));

test('the canonical form of the example has every default and one form of each quantity', () => {
  expect(formatScenarioYaml(example.document)).toMatchInlineSnapshot(`
    "apiVersion: slicewise/v1
    name: example
    description: Every part of the format.
    sources: [ made up ]
    seed: 42
    replications: 3
    fleet:
      hosts:
        - { name: g2, count: 3, cpu: 96000m, memory: 393216MiB, gpus: [ { model: G2, count: 8 } ] }
        - { name: mixed, count: 1, cpu: 32000m, memory: 524288MiB, gpus: [ { model: T4, count: 2 }, { model: A10, count: 1 } ] }
        - { name: cpu-only, count: 2, cpu: 128000m, memory: 1048576MiB, gpus: [] }
    workload:
      trace:
        format: openb
        pods: pods.csv
        strict: false
      typical: typical.csv
      synthetic:
        tasks: 100
        arrivals:
          process: poisson
          rate: 54.6/h
          hourOfDay: null
          dayOfWeek: [ 1, 1, 1, 1, 1, 0, 0 ]
        lifetimes:
          short:
            kind: empirical
            quantiles:
              - [ 0, 3s ]
              - [ 0.5, 2h ]
              - [ 1, 30d ]
          seen:
            kind: empirical
            values: [ 1s, 1500ms ]
          long:
            kind: mixture
            parts:
              - { weight: 1, kind: exponential, mean: 1d }
              - { weight: 3, kind: lognormal, median: 1h, sigma: 1.5 }
              - { weight: 0, kind: normal, mean: 1h, sd: 10m, min: 0s, max: null }
        classes:
          - { name: small, weight: 1203, cpu: 500m, memory: 30517MiB, gpus: 1, gpu: 500m, models: [ T4, G2 ], lifetime: short }
          - { name: big, weight: 1, cpu: 8000m, memory: 65536MiB, gpus: 8, gpu: 1000m, models: [], lifetime: long }
          - { name: plain, weight: 1, cpu: 1000m, memory: 0MiB, gpus: 0, gpu: 0m, models: [], lifetime: { kind: gamma, shape: 2, mean: 90m } }
          - { name: rare, weight: 0, cpu: 1000m, memory: 1024MiB, gpus: 2, gpu: 250m, models: [], lifetime: seen }
    policy:
      placement: fgd
      tieBreak: auto
      queueing: fifo
      typicalShare: 90%
      referenceHost:
        cpu: 128000m
        gpus: 8
    experiment:
      kind: timed
      horizon: 30d
      warmup: 0s
    "
  `);
});

test('the example in numbers', () => {
  expect(example.scenario).toMatchInlineSnapshot(`
    {
      "changes": [],
      "cost": null,
      "description": "Every part of the format.",
      "elastic": null,
      "experiment": {
        "horizonUs": 2592000000000,
        "kind": "timed",
        "warmupUs": 0,
      },
      "faults": null,
      "fleet": {
        "groups": [
          {
            "count": 3,
            "cpuMilli": 96000,
            "gpus": [
              {
                "count": 8,
                "memoryMib": null,
                "model": "G2",
                "nvlink": null,
                "pcieGen": null,
                "pcieLanes": null,
              },
            ],
            "memoryMib": 393216,
            "name": "g2",
            "numaDomains": 1,
            "sharing": null,
            "uplinkBytesPerSec": null,
          },
          {
            "count": 1,
            "cpuMilli": 32000,
            "gpus": [
              {
                "count": 2,
                "memoryMib": null,
                "model": "T4",
                "nvlink": null,
                "pcieGen": null,
                "pcieLanes": null,
              },
              {
                "count": 1,
                "memoryMib": null,
                "model": "A10",
                "nvlink": null,
                "pcieGen": null,
                "pcieLanes": null,
              },
            ],
            "memoryMib": 524288,
            "name": "mixed",
            "numaDomains": 1,
            "sharing": null,
            "uplinkBytesPerSec": null,
          },
          {
            "count": 2,
            "cpuMilli": 128000,
            "gpus": [],
            "memoryMib": 1048576,
            "name": "cpu-only",
            "numaDomains": 1,
            "sharing": null,
            "uplinkBytesPerSec": null,
          },
        ],
        "kind": "hosts",
      },
      "licences": null,
      "name": "example",
      "overheads": {},
      "policy": {
        "placement": "fgd",
        "pools": [],
        "queueing": "fifo",
        "referenceHost": {
          "cpuMilli": 128000,
          "gpuCount": 8,
        },
        "scheduling": {
          "ageingUs": Infinity,
          "attainedLimits": [
            3250,
            7200,
          ],
          "depth": 100,
          "estimates": {
            "noise": 0,
            "of": "exact",
          },
          "fill": null,
          "halfLifeUs": Infinity,
          "isSticky": true,
          "maxGpusPerUser": Infinity,
          "maxJobsPerUser": Infinity,
          "migratePath": null,
          "minRunUs": 0,
          "preemption": null,
          "promoteAfter": Infinity,
          "queueOrder": "arrival",
          "quotas": [],
          "resourceWeights": {
            "compute": 1,
            "memory": 0,
          },
          "roundUs": null,
          "timeShare": null,
          "way": "suspend",
          "weights": {},
        },
        "scores": [],
        "tieBreak": "host-order",
        "typicalShare": 0.9,
      },
      "repartition": [],
      "replications": 3,
      "seed": 42,
      "sources": [
        "made up",
      ],
      "workload": {
        "services": [],
        "sessions": [],
        "synthetic": {
          "arrivals": {
            "dayFactors": [
              1.4,
              1.4,
              1.4,
              1.4,
              1.4,
              0,
              0,
            ],
            "hourFactors": null,
            "process": "poisson",
            "ratePerSecond": 0.015166666666666667,
          },
          "classes": [
            {
              "claim": {
                "checkpoint": null,
                "isPreemptible": true,
                "pool": "default",
                "priority": 0,
                "queue": null,
                "tenant": "",
              },
              "communication": 0,
              "cpuMilli": 500,
              "gpuCount": 1,
              "gpuMilli": 500,
              "lifecycle": null,
              "lifetimeName": "short",
              "lifetimeSec": {
                "kind": "quantile-table",
                "points": [
                  {
                    "p": 0,
                    "value": 3,
                  },
                  {
                    "p": 0.5,
                    "value": 7200,
                  },
                  {
                    "p": 1,
                    "value": 2592000,
                  },
                ],
              },
              "memoryMib": 30517,
              "models": [
                "T4",
                "G2",
              ],
              "name": "small",
              "referenceModel": null,
              "slot": {
                "computeMilli": 500,
                "kind": "part",
                "memoryMib": 0,
              },
              "slotCount": 1,
              "speedByModel": {},
              "tenants": [],
              "use": null,
              "weight": 1203,
            },
            {
              "claim": {
                "checkpoint": null,
                "isPreemptible": true,
                "pool": "default",
                "priority": 0,
                "queue": null,
                "tenant": "",
              },
              "communication": 0,
              "cpuMilli": 8000,
              "gpuCount": 8,
              "gpuMilli": 1000,
              "lifecycle": null,
              "lifetimeName": "long",
              "lifetimeSec": {
                "components": [
                  {
                    "distribution": {
                      "kind": "exponential",
                      "mean": 86400,
                    },
                    "weight": 1,
                  },
                  {
                    "distribution": {
                      "kind": "lognormal",
                      "logMean": 8.1886891244442,
                      "logStdDev": 1.5,
                    },
                    "weight": 3,
                  },
                  {
                    "distribution": {
                      "kind": "normal",
                      "mean": 3600,
                      "min": 0,
                      "stdDev": 600,
                    },
                    "weight": 0,
                  },
                ],
                "kind": "mixture",
              },
              "memoryMib": 65536,
              "models": [],
              "name": "big",
              "referenceModel": null,
              "slot": {
                "kind": "whole",
              },
              "slotCount": 1,
              "speedByModel": {},
              "tenants": [],
              "use": null,
              "weight": 1,
            },
            {
              "claim": {
                "checkpoint": null,
                "isPreemptible": true,
                "pool": "default",
                "priority": 0,
                "queue": null,
                "tenant": "",
              },
              "communication": 0,
              "cpuMilli": 1000,
              "gpuCount": 0,
              "gpuMilli": 0,
              "lifecycle": null,
              "lifetimeName": null,
              "lifetimeSec": {
                "kind": "gamma",
                "scale": 2700,
                "shape": 2,
              },
              "memoryMib": 0,
              "models": [],
              "name": "plain",
              "referenceModel": null,
              "slot": null,
              "slotCount": 1,
              "speedByModel": {},
              "tenants": [],
              "use": null,
              "weight": 1,
            },
            {
              "claim": {
                "checkpoint": null,
                "isPreemptible": true,
                "pool": "default",
                "priority": 0,
                "queue": null,
                "tenant": "",
              },
              "communication": 0,
              "cpuMilli": 1000,
              "gpuCount": 2,
              "gpuMilli": 250,
              "lifecycle": null,
              "lifetimeName": "seen",
              "lifetimeSec": {
                "kind": "empirical",
                "values": [
                  1,
                  1.5,
                ],
              },
              "memoryMib": 1024,
              "models": [],
              "name": "rare",
              "referenceModel": null,
              "slot": {
                "computeMilli": 250,
                "kind": "part",
                "memoryMib": 0,
              },
              "slotCount": 1,
              "speedByModel": {},
              "tenants": [],
              "use": null,
              "weight": 0,
            },
          ],
          "taskCount": 100,
          "untilUs": null,
        },
        "trace": {
          "format": "openb",
          "isStrict": false,
          "podsPath": "pods.csv",
        },
        "typicalPath": "typical.csv",
      },
    }
  `);
});

test('the example with modes keeps its meaning in canonical form, and says what it assumed', () => {
  const shared = normalized(parsed(SHARED_EXAMPLE_YAML));
  const again = normalized(parsed(formatScenarioYaml(shared.document)));
  expect(JSON.stringify(again.document)).toBe(JSON.stringify(shared.document));
  expect(again.scenario).toEqual(shared.scenario);
  expect(shared.notes.map(({ path }) => path)).toEqual([
    'workload.synthetic.classes[3].slot.memory',
    'fleet.hosts[0].gpus.model',
    'workload.synthetic.classes[1]',
    'workload.synthetic.classes[2]',
    'workload.synthetic.classes[2]',
    'workload.services[1]',
    'workload.sessions[1]',
    'workload.synthetic.classes[0].preset',
    'workload.services[0].preset',
    'workload.sessions[0].preset',
  ]);
});

test('the smallest scenario gets its defaults', () => {
  const { document, scenario, notes } = normalized(smallDocument());
  expect(document).toMatchObject({ description: '', sources: [], seed: 1, replications: 1 });
  expect(document.policy).toEqual({
    placement: 'best-fit',
    tieBreak: 'auto',
    queueing: 'fifo',
    typicalShare: '95%',
    referenceHost: null,
  });
  expect(document.experiment).toEqual({ kind: 'timed', horizon: null, warmup: '0s' });
  expect(scenario.policy).toEqual({
    placement: 'best-fit',
    tieBreak: 'host-order',
    queueing: 'fifo',
    scores: [],
    scheduling: resolveScheduling({}),
    typicalShare: 0.95,
    referenceHost: null,
    pools: [],
  });
  expect(notes).toEqual([]);
});

test('a fill experiment shuffles ties with its tasks and drops the target where the file decides', () => {
  const fill = (experiment: object) =>
    normalized(withValueAt(smallDocument(), ['experiment'], { kind: 'fill', ...experiment }));
  expect(fill({}).document.experiment).toEqual({ kind: 'fill', target: 1.3, order: 'shuffle' });
  expect(fill({ target: '95%' }).scenario.experiment).toEqual({
    kind: 'fill',
    target: 0.95,
    order: 'shuffle',
  });
  expect(fill({}).scenario.policy.tieBreak).toBe('shuffled');
  const file = fill({ order: 'file', target: 2 });
  expect(file.scenario.policy.tieBreak).toBe('host-order');
  expect(file.scenario.experiment).toEqual({ kind: 'fill', target: null, order: 'file' });
  expect(file.notes).toEqual([{ path: 'experiment.target', message: 'has no effect where order is file' }]);
});

test('notes tell of roundings, of classes that fit nowhere and of what is unused', () => {
  const document = withValueAt(smallDocument(), ['fleet', 'hosts', 0, 'memory'], '64GB');
  const big = withValueAt(document, ['workload', 'synthetic', 'classes', 0, 'gpus'], 3);
  const unused = withValueAt(big, ['workload', 'synthetic', 'lifetimes'], {
    idle: { kind: 'constant', value: '1s' },
  });
  expect(normalized(unused).notes).toEqual([
    { path: 'fleet.hosts[0].memory', message: '64GB is rounded to 61035MiB' },
    { path: 'workload.synthetic.classes[0]', message: 'no host of the fleet can hold a task of class "c"' },
    { path: 'workload.synthetic.lifetimes.idle', message: 'is used by no class' },
  ]);
});

test('factors over the day and the week have mean 1', () => {
  const arrivals = {
    process: 'poisson',
    rate: '36/h',
    hourOfDay: [...Array(23).fill(0), 48],
    dayOfWeek: null,
  };
  const { scenario } = normalized(
    withValueAt(smallDocument(), ['workload', 'synthetic', 'arrivals'], arrivals),
  );
  expect(scenario.workload.synthetic?.arrivals).toEqual({
    process: 'poisson',
    ratePerSecond: 0.01,
    hourFactors: [...Array(23).fill(0), 24],
    dayFactors: null,
  });
});

test('hosts of a group are numbered so that names sort in host order', () => {
  expect(hostName('g2', 0, 1)).toBe('g2');
  expect(hostName('g2', 0, 549)).toBe('g2-0000');
  expect(hostName('g2', 12_345, 100_001)).toBe('g2-012345');
});

test('a normalized document is left as it was written', () => {
  const document = parsed(EXAMPLE_YAML);
  const before = JSON.stringify(document);
  normalizeScenario(document);
  expect(JSON.stringify(document)).toBe(before);
});

describe('for random valid scenarios', () => {
  test('the canonical form is its own canonical form, byte for byte', () => {
    fc.assert(
      fc.property(scenarioArbitrary, (document) => {
        const first = normalized(document);
        const again = normalized(first.document);
        expect(JSON.stringify(again.document)).toBe(JSON.stringify(first.document));
        expect(again.scenario).toEqual(first.scenario);
      }),
      { numRuns: 300 },
    );
  });

  test('YAML and JSON carry the canonical form without loss', () => {
    fc.assert(
      fc.property(scenarioArbitrary, (document) => {
        const canonical = normalized(document).document;
        const json = JSON.stringify(canonical);
        const yaml = formatScenarioYaml(canonical);
        expect(JSON.stringify(parsed(yaml))).toBe(json);
        expect(JSON.stringify(parsed(json))).toBe(json);
        expect(formatScenarioYaml(normalized(parsed(yaml)).document)).toBe(yaml);
      }),
      { numRuns: 100 },
    );
  });

  test('the order of keys makes no difference', () => {
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, item]) => [key, reversed(item)]),
      );
    };
    fc.assert(
      fc.property(scenarioArbitrary, (document) => {
        expect(normalized(reversed(document)).scenario).toEqual(normalized(document).scenario);
      }),
      { numRuns: 100 },
    );
  });

  test('the kernel accepts every distribution', () => {
    fc.assert(
      fc.property(scenarioArbitrary, (document) => {
        const synthetic = normalized(document).scenario.workload.synthetic;
        const specs = [
          ...(synthetic?.classes.map(({ lifetimeSec }) => lifetimeSec) ?? []),
          synthetic?.arrivals?.process === 'renewal' ? synthetic.arrivals.gapSec : null,
        ].filter((spec): spec is DistributionSpec => spec !== null);
        for (const spec of specs) expect(createDistribution(spec).mean()).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 100 },
    );
  });
});
