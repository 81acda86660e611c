import type { ScenarioDocument } from '../../sim/scenario/index.ts';

/** A scenario that uses every part of the format at least once, in the forms an author writes. */
export const EXAMPLE_YAML = `
apiVersion: slicewise/v1
name: example
description: Every part of the format.
sources: [ "made up" ]
seed: 42
replications: 3
fleet:
  hosts:
    - { name: g2, count: 3, cpu: 96, memory: 384GiB, gpus: { model: G2, count: 8 } }
    - { name: mixed, cpu: "32000m", memory: 0.5TiB, gpus: [ { model: T4, count: 2 }, { model: A10, count: 1 } ] }
    - { name: cpu-only, count: 2, cpu: "128", memory: 1TiB }
workload:
  trace: { format: openb, pods: pods.csv }
  typical: typical.csv
  synthetic:
    tasks: 100
    arrivals: { process: poisson, rate: 54.60/h, dayOfWeek: [ 1, 1, 1, 1, 1, 0, 0 ] }
    lifetimes:
      short: { kind: empirical, quantiles: [ [ 0, 3s ], [ 0.5, 120m ], [ 1, 30d ] ] }
      seen: { kind: empirical, values: [ 1s, 1500ms ] }
      long:
        kind: mixture
        parts:
          - { weight: 1, kind: exponential, mean: 24h }
          - { weight: 3, kind: lognormal, median: 3600s, sigma: 1.5 }
          - { weight: 0, kind: normal, mean: 1h, sd: 10m }
    classes:
      - { name: small, weight: 1203, cpu: 0.5, memory: 30517MiB, gpus: 1, gpu: 50%, models: [ T4, G2 ], lifetime: short }
      - { name: big, cpu: 8, memory: 64GiB, gpus: 8, lifetime: long }
      - { name: plain, cpu: 1, memory: 0MiB, lifetime: { kind: gamma, shape: 2, mean: 90m } }
      - { name: rare, weight: 0, cpu: 1, memory: 1GiB, gpus: 2, gpu: 0.25GPU, lifetime: seen }
policy: { placement: fgd, tieBreak: auto, queueing: fifo, typicalShare: 0.9, referenceHost: { cpu: 128, gpus: 8 } }
experiment: { kind: timed, horizon: 720h, warmup: 0s }
`;

/** The smallest valid scenario, to change one thing at a time. */
export function smallDocument(): ScenarioDocument {
  return {
    apiVersion: 'slicewise/v1',
    name: 'small',
    fleet: { hosts: [{ name: 'h', cpu: 8, memory: '64GiB', gpus: { model: 'T4', count: 2 } }] },
    workload: {
      synthetic: {
        tasks: 10,
        arrivals: { process: 'deterministic', rate: '1/s' },
        classes: [
          { name: 'c', cpu: 1, memory: '1GiB', gpus: 1, lifetime: { kind: 'constant', value: '10s' } },
        ],
      },
    },
  };
}

/** A deep copy with the value at `path` replaced; undefined removes the key. */
export function withValueAt(document: unknown, path: readonly (string | number)[], value: unknown): unknown {
  const copy = structuredClone(document);
  let container = copy as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) container = container[key] as Record<string | number, unknown>;
  const last = path.at(-1)!;
  if (value === undefined) delete container[last];
  else container[last] = value;
  return copy;
}
