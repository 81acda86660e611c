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

/** A second scenario, for what the first leaves out: hosts shared by modes, services, sessions, presets, overheads. */
export const SHARED_EXAMPLE_YAML = `
apiVersion: slicewise/v1
name: shared
fleet:
  hosts:
    - { name: mig, count: 4, cpu: 96, memory: 1TiB, gpus: { model: A100-80GB, count: 8, pcie: { lanes: 8 } }, sharing: mig, numa: 2, uplink: 64GB/s }
    - { name: vdi, cpu: 64, memory: 1TiB, gpus: [ { model: A16, count: 4 } ], sharing: { mode: vgpu, scheduler: equal-share, slice: 1ms } }
    - { name: edge, cpu: 12, memory: 32GiB, gpus: { model: Board, count: 1, memory: 24GiB, nvlink: false, pcie: { lanes: 4, gen: 3 } }, sharing: { mode: time-slicing, replicas: 4 } }
    - { name: plain, cpu: 64, memory: 1TiB, gpus: { model: T4, count: 4 } }
workload:
  synthetic:
    until: 12h
    arrivals: { process: bursts, rate: 4/h, size: { kind: discrete, values: [ 1, 8 ], weights: [ 3, 1 ] }, gap: { kind: exponential, mean: 1s } }
    classes:
      - { name: train, preset: resnet-50-training, weight: 2, models: [ A100-80GB ] }
      - { name: slice, cpu: 2, memory: 8GiB, gpus: 1, slot: { profile: 2g.20gb }, models: [ A100-80GB ], lifetime: { kind: constant, value: 1h } }
      - { name: part, cpu: 2, memory: 8GiB, gpus: 2, gpu: 25%, communication: 20%, lifetime: { kind: constant, value: 1h } }
      - name: stated
        cpu: 2
        memory: 8GiB
        gpus: 1
        slot: { memory: 12GB, compute: 25% }
        use: { workload: training, busy: 80%, compute: 0.5, bandwidth: 0, memory: 4GiB, link: 2GB/s, processes: 2, syncCalls: 200/s, speedByProfile: { 1g: null, 2g: 40% } }
        reference: A100-80GB
        speedByModel: { A16: 0.2 }
        lifecycle: host
        lifetime: { kind: constant, value: 1h }
  services:
    - name: open
      preset: resnet-50-inference
      replicas: 4
      models: [ A100-80GB ]
      traffic: { kind: open, arrivals: { process: markov-modulated, states: [ { rate: 0/s, mean: 10m }, { rate: 20/s, mean: 1m } ] } }
    - name: closed
      cpu: 4
      memory: 16GiB
      models: [ T4 ]
      traffic: { kind: closed, clients: 16, think: { kind: exponential, mean: 1s } }
      batch: { times: [ 12ms, 14ms, 0.014s ], wait: 5ms }
      variability: { kind: gamma, shape: 4, mean: 2 }
      concurrency: 2
      dispatch: round-robin
      objective: 200ms
  sessions:
    - { name: cad, preset: autocad-desktop, users: 10, models: [ A16 ] }
    - name: office
      users: 40
      cpu: 2
      memory: 4GiB
      slot: { profile: A16-1B }
      models: [ A16 ]
      logon: { kind: storm, at: 8h, spread: 15m }
      duration: { kind: normal, mean: 8h, sd: 1h }
      activity: { on: { kind: exponential, mean: 2s }, off: { kind: exponential, mean: 8s } }
      frames: { gpu: { kind: lognormal, median: 4ms, sigma: 0.5 }, cpu: 8ms, target: 30, network: 10ms, deadline: 60ms }
changes:
  - { at: 8h, hosts: mig-0002, sharing: { mode: mig, layout: [ 3g.40gb@4, 4g.40gb@0 ] }, path: operator, running: stop }
  - { at: 2.5h, hosts: [ edge, plain ], closed: 30m }
  - { at: 6h, hosts: vdi, sharing: { mode: vgpu, sizes: mixed }, path: size-mode, running: migrate, migrate: vsphere-7.0 }
overheads: { mig.create: 0.2, vgpu.aggregate: { value: 0.9, source: our own } }
experiment: { kind: timed, horizon: 1d }
`;

/** A third, for how jobs take turns, what breaks down, and hosts that come and go. */
export const TURNS_EXAMPLE_YAML = `
apiVersion: slicewise/v1
name: turns
fleet:
  hosts:
    - { name: train, count: 6, cpu: 128, memory: 1TiB, rack: 2, nic: 25GB/s, oversubscription: 2, gpus: { model: A100-80GB, count: 8 } }
    - { name: mig, count: 2, cpu: 96, memory: 1TiB, gpus: { model: A100-80GB, count: 8 }, sharing: { mode: mig, layout: [ 3g.40gb@4, 2g.20gb@0 ] } }
    - { name: cloud, count: 4, cpu: 64, memory: 256GiB, gpus: { model: L4, count: 4 } }
workload:
  synthetic:
    until: 5d
    arrivals: { process: poisson, rate: 30/h }
    classes:
      - name: training
        weight: 1
        cpu: 16
        memory: 128GiB
        gpus: 8
        workers: 2
        layout: { within: rack, prefer: host, maxPerHost: 1, apartFrom: [ slice ] }
        models: [ A100-80GB ]
        tenants: { vision: 3, speech: 1 }
        queue: research/training
        priority: 10
        preemptible: true
        checkpoint: { every: 30m, save: 20s, restore: 40s }
        lifetime: { kind: lognormal, median: 3h, sigma: 1 }
      - { name: slice, cpu: 4, memory: 16GiB, gpus: 1, slot: { profile: 2g.20gb }, models: [ A100-80GB ], tenant: students, lifetime: { kind: exponential, mean: 1h } }
      - { name: notebook, cpu: 4, memory: 16GiB, gpus: 1, gpu: 50%, pool: small, lifetime: { kind: exponential, mean: 1h } }
policy:
  queueing: quotas
  scheduling:
    fill: easy
    depth: 50
    preemption: evict
    stopBy: checkpoint
    rounds: 1m
    minRun: 10m
    estimates: { of: stated, noise: 0.5 }
    maxJobsPerUser: 40
    maxGpusPerUser: 32
    quotas: { research: { guaranteed: 16, max: 48 }, research/training: { guaranteed: 8, weight: 2 } }
  pools:
    - name: small
      hosts: [ cloud ]
      scores: { best-fit: 0.7, fgd: 0.3 }
      queueing: wfq
      scheduling: { fill: skip, weights: { students: 2 }, resourceWeights: { compute: 0.7, memory: 30% } }
faults:
  crews: 2
  jobs: restart
  retries: 5
  racks: [ { name: left, hosts: [ train-0000, train-0001 ] } ]
  failures:
    - { kind: gpu, between: { kind: exponential, mean: 400d }, repair: { kind: lognormal, median: 4h, sigma: 1 } }
    - { kind: rack, crew: false, log: [ { at: 2d, host: left, for: 2h } ] }
  process: { kind: exponential, mean: 20d }
  windows: [ { at: 1d, for: 4h, every: 7d, drain: 2h, hosts: train-0003, running: stop } ]
  spares: [ { hosts: train, standby: 1, switchOver: 10m } ]
elastic:
  groups:
    - name: cloud
      hosts: cloud
      min: 1
      max: 4
      boot: { kind: uniform, min: 600s, max: 900s }
      out: { jobs: 1, allocated: 85%, window: 5m }
      in: { idle: 10m }
      week: [ { days: [ 0, 1 ], from: 8h, to: 18h, hosts: 2 } ]
      price: { perHour: 0.8, egress: { perGb: 0.09, data: 1GB } }
      spot: { every: 12h, notice: 2m, back: 30m }
  bursts: [ { to: small, waited: 2m, classes: [ notebook ] } ]
repartition: [ { hosts: mig, policy: periodic, every: 1h, running: save } ]
experiment: { kind: timed, horizon: 6d, warmup: 1d }
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
