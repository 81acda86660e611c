import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadSolver } from '../../cli/load-solver.ts';
import { type Metric, normalizeScenario, REFUSALS, replicate, summarize } from '../../sim/index.ts';
import { REFUSAL_RULES } from '../../sim/sharing/index.ts';

const text = readFileSync('docs/results.md', 'utf8');

interface Row {
  readonly unit: string;
  readonly pattern: RegExp;
  readonly name: string;
}

const PLACEHOLDERS: Readonly<Record<string, string>> = {
  NAME: '[a-z][a-z-]*',
  CATEGORY: '(?:lack-gpu|lack-cpu|lack-both|no-access|no-gpu-satisfied|no-gpu-lack-cpu|satisfied)',
  REASON: '.+',
  GROUP: '[a-z][a-z0-9-]*',
  PART: '.+',
  FROM: '[a-z][a-z0-9-]*',
  INTO: '[a-z][a-z0-9-]*',
};

/** Rows of the tables of metrics; `.p50` stands for the name before it with another last word. */
const rows: readonly Row[] = [...text.matchAll(/^\| (`[^|]*`) \| ([^|]+) \| (.+) \|$/gm)].flatMap(
  ([, names = '', unit = '', meaning = '']) => {
    const found: string[] = [];
    for (const [, name = ''] of names.matchAll(/`([^`]+)`/g)) {
      found.push(name.startsWith('.') ? (found.at(-1) ?? '').replace(/\.[^.]+$/, name) : name);
    }
    for (const [, name = ''] of meaning.matchAll(/`([a-z.]+\.REASON)`/g)) found.push(name);
    return found.map((name) => ({
      unit: unit.trim(),
      name,
      pattern: new RegExp(
        `^${name.replaceAll('.', '\\.').replace(/[A-Z]{4,}/g, (word) => PLACEHOLDERS[word] ?? word)}$`,
      ),
    }));
  },
);

/** A service with and without objective, sessions with and without frames, jobs that fail, are refused and wait, changes of hosts. */
const TIMED = `apiVersion: slicewise/v1
name: everything
seed: 5
replications: 2
fleet:
  hosts:
    - { name: slices, cpu: 64, memory: 512GiB, gpus: { model: A100-SXM4-80GB, count: 2 }, sharing: { mode: time-slicing, replicas: 4 } }
    - { name: desks, count: 3, cpu: 64, memory: 512GiB, gpus: { model: A16, count: 2 }, sharing: vgpu }
workload:
  synthetic:
    tasks: 60
    arrivals: { process: poisson, rate: 30/h }
    classes:
      - { name: large, cpu: 1, memory: 1GiB, gpus: 1, slot: { memory: 1GiB }, models: [A100-SXM4-80GB], use: { memory: 45GiB }, lifetime: { kind: exponential, mean: 10m } }
      - { name: twins, cpu: 1, memory: 1GiB, gpus: 1, slot: { profile: A16-2B }, models: [A16], lifetime: { kind: exponential, mean: 20m } }
      - { name: giant, weight: 0.2, cpu: 500, memory: 1GiB, lifetime: { kind: exponential, mean: 10m } }
  services:
    - { name: quick, preset: resnet-50-inference-latency, replicas: 1, models: [A100-SXM4-80GB], traffic: { kind: open, arrivals: { process: poisson, rate: 5/s } } }
    - { name: bulk, preset: yolos-small-inference, replicas: 1, models: [A100-SXM4-80GB], traffic: { kind: closed, clients: 2 } }
  sessions:
    - { name: office, preset: office-desktop, users: 6, slot: { profile: A16-1B }, models: [A16], logon: { kind: always }, lifecycle: host }
    - { name: viewers, users: 3, cpu: 1, memory: 1GiB, slot: { profile: A16-1B }, models: [A16] }
changes:
  - { at: 1h, hosts: desks-0000, running: migrate, migrate: vsphere-8.0, closed: 10m }
  - { at: 90m, hosts: slices, running: stop, closed: 5m }
experiment: { kind: timed, horizon: 2h, warmup: 10m }
`;
const FILL = `apiVersion: slicewise/v1
name: fill
fleet: { hosts: [ { name: node, count: 2, cpu: 16, memory: 64GiB, gpus: { model: A100-80GB, count: 4 } } ] }
workload: { synthetic: { tasks: 40, classes: [ { name: half, cpu: 1, memory: 1GiB, gpus: 1, gpu: 50% } ] } }
experiment: { kind: fill, target: 1.5, hindsight: true }
`;

const FAULTY = `apiVersion: slicewise/v1
name: faulty
fleet: { hosts: [ { name: node, count: 2, cpu: 16, memory: 64GiB, gpus: { model: A100-80GB, count: 4 } } ] }
workload: { synthetic: { tasks: 40, arrivals: { process: poisson, rate: 20/h }, classes: [ { name: c, cpu: 1, memory: 1GiB, gpus: 1, lifetime: { kind: exponential, mean: 1h }, deadline: { factor: 2 } } ] } }
faults: { failures: [ { kind: host, between: { kind: exponential, mean: 2h }, repair: { kind: constant, value: 5m } } ] }
experiment: { kind: timed, horizon: 6h }
`;

/** Cards that are cut anew while jobs run. */
const RELAID = `apiVersion: slicewise/v1
name: relaid
fleet: { hosts: [ { name: mig, count: 2, cpu: 96, memory: 1TiB, gpus: { model: A100-SXM4-80GB, count: 2 }, sharing: { mode: mig, layout: [3g.40gb, 3g.40gb] } } ] }
workload:
  synthetic:
    until: 6h
    arrivals: { process: poisson, rate: 20/h }
    classes:
      - { name: small, cpu: 2, memory: 8GiB, gpus: 1, slot: { profile: 1g.10gb }, lifetime: { kind: exponential, mean: 30m } }
      - { name: large, cpu: 8, memory: 32GiB, gpus: 1, slot: { profile: 3g.40gb }, lifetime: { kind: exponential, mean: 1h } }
repartition: [ { hosts: mig, policy: periodic, every: 10m } ]
experiment: { kind: timed, horizon: 8h }
`;

/** Two tenants, of which one has gangs that exchange data between hosts. */
const TENANTS = `apiVersion: slicewise/v1
name: tenants
fleet: { hosts: [ { name: node, count: 2, cpu: 16, memory: 64GiB, nic: 25Gbit/s, gpus: { model: A100-SXM4-80GB, count: 2 } } ] }
workload:
  synthetic:
    tasks: 20
    arrivals: { process: poisson, rate: 20/h }
    classes:
      - { name: gang, tenant: a, cpu: 1, memory: 1GiB, gpus: 1, workers: 4, communication: 20%, lifetime: { kind: exponential, mean: 10m } }
      - { name: single, tenant: b, cpu: 1, memory: 1GiB, gpus: 1, lifetime: { kind: exponential, mean: 10m } }
experiment: { kind: timed, horizon: 6h, hindsight: true }
`;

/** Fewer licences than guests, and hosts that are licensed by the core. */
const LICENSED = `apiVersion: slicewise/v1
name: licensed
fleet: { hosts: [ { name: desks, cpu: 64, memory: 512GiB, gpus: { model: A16, count: 4 }, sharing: vgpu } ] }
workload: { sessions: [ { name: office, users: 3, cpu: 1, memory: 4GiB, slot: { profile: A16-1B }, use: { busy: 10%, memory: 800MiB } } ] }
licences: { pools: [ { name: vpc, edition: vpc, entitled: 1, subscriptions: [ { seats: 1, term: 1h } ] }, { name: vvf, edition: vvf, entitled: 60 } ] }
experiment: { kind: timed, horizon: 2h }
`;

/** The hybrid pool of the catalogue for two days, with a little money. */
function bursting(): string {
  const text = readFileSync('scenarios/catalog/cloud-burst.yaml', 'utf8');
  return text.replace('cap: 300', 'cap: 5').replaceAll('7d', '2d');
}

const solver = await loadSolver();

function metricsOf(yaml: string): Readonly<Record<string, Metric>> {
  const checked = normalizeScenario(parse(yaml));
  if (!checked.ok) throw new Error(checked.problems.map((p) => `${p.path}: ${p.message}`).join('\n'));
  const { scenario } = checked;
  const seeds = Array.from({ length: scenario.replications }, (_, i) => scenario.seed + i);
  return summarize(seeds.map((seed) => replicate(scenario, {}, seed, { solver }))).metrics;
}

describe('docs/results.md and what runs print', () => {
  let printed: readonly (readonly [string, Metric])[];
  beforeAll(() => {
    printed = [TIMED, FILL, FAULTY, RELAID, TENANTS, LICENSED, bursting()].flatMap((yaml) =>
      Object.entries(metricsOf(yaml)),
    );
  });

  test('every metric of a run is in one row, with its unit', () => {
    expect(printed.length).toBeGreaterThan(100);
    const wrong = printed.flatMap(([name, { unit }]) => {
      const found = rows.filter(({ pattern }) => pattern.test(name));
      return found.length === 1 && found[0]?.unit === unit ? [] : [`${name} (${unit}): ${found.length} rows`];
    });
    expect(wrong).toEqual([]);
  });

  test('every row is a metric of some run', () => {
    const missing = rows.filter(({ pattern }) => !printed.some(([name]) => pattern.test(name)));
    expect(missing.map(({ name }) => name)).toEqual([]);
  });
});

test('docs/results.md has every rule by which shared cards refuse, in its words, and every other constraint', () => {
  const rules = [...text.matchAll(/^\| `([a-z-]+)` \| ([^|]+) \|$/gm)].map(([, rule, says]) => [rule, says]);
  expect(rules).toEqual(Object.entries(REFUSAL_RULES));
  for (const constraint of REFUSALS) expect(text).toContain(`\`${constraint}\``);
});
