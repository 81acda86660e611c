import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ClusterObserver, type Job, type Part, replicate } from '../../sim/index.ts';
import { resolveClaim } from '../../sim/scenario/resolve/claim.ts';
import type { HostGroup, Scenario, SessionGroup } from '../../sim/scenario/types.ts';
import { sharedScenarios } from './shared-scenarios.ts';

/** Hosts of a model of their own. */
const apart: HostGroup = {
  name: 'apart',
  count: 2,
  cpuMilli: 16_000,
  memoryMib: 65_536,
  gpus: [{ model: 'Apart 1', count: 1, pcieLanes: 16, pcieGen: 4, nvlink: null, memoryMib: 24_576 }],
  sharing: { mode: 'software', tenants: 8 },
  numaDomains: 1,
  uplinkBytesPerSec: null,
};

/** Users there, who always find room. */
const users: SessionGroup = {
  name: 'aparts',
  claim: resolveClaim({}, false),
  cpuMilli: 100,
  memoryMib: 100,
  gpuCount: 1,
  gpuMilli: 100,
  models: ['Apart 1'],
  slot: { kind: 'part', computeMilli: 0, memoryMib: 0 },
  slotCount: 1,
  use: {
    workload: 'desktop',
    busy: 0.4,
    compute: 0.4,
    bandwidth: 0.1,
    memoryMib: 100,
    linkBytesPerSec: 1e6,
    processes: 1,
    syncCallsPerSec: 0,
    speedByProfile: null,
  },
  referenceModel: null,
  speedByModel: {},
  communication: 0,
  lifecycle: null,
  users: 5,
  logon: { kind: 'always' },
  durationSec: null,
  activity: { onSec: { kind: 'exponential', mean: 20 }, offSec: { kind: 'exponential', mean: 20 } },
  frames: null,
};

/** Everybody says which models will do, and those do not include the hosts apart. */
function settled(scenario: Scenario): Scenario {
  const { fleet, workload, policy } = scenario;
  const models =
    fleet.kind === 'hosts' ? [...new Set(fleet.groups.flatMap((g) => g.gpus.map((gpu) => gpu.model)))] : [];
  const accept = <D extends { readonly gpuCount: number; readonly models: readonly string[] }>(
    demand: D,
  ): D => (demand.gpuCount === 0 || demand.models.length > 0 ? demand : { ...demand, models });
  const { synthetic, services, sessions } = workload;
  return {
    ...scenario,
    workload: {
      ...workload,
      synthetic: synthetic && {
        ...synthetic,
        // CPU work would go there.
        classes: synthetic.classes.map((each) =>
          each.gpuCount === 0 ? { ...each, cpuMilli: 20_000 } : accept(each),
        ),
      },
      services: services.map(accept),
      sessions: sessions.map(accept),
    },
    policy: {
      ...policy,
      placement: policy.placement === 'random' || policy.placement === 'fgd' ? 'best-fit' : policy.placement,
      tieBreak: 'host-order',
      referenceHost: { cpuMilli: 32_000, gpuCount: 4 },
    },
    experiment: { ...scenario.experiment, horizonUs: 7200e6 } as Scenario['experiment'],
  };
}

/** What happened to whom and when, the users apart aside. */
function storyOf(scenario: Scenario): { lines: string[]; readings: [string, number | null][] } {
  const lines: string[] = [];
  const tell =
    (what: string) =>
    (atUs: number, { name }: Job, parts: readonly Part[] = []) => {
      if (name.startsWith('aparts/')) return;
      lines.push(`${atUs} ${what} ${name} ${JSON.stringify(parts.map(({ host, gpus }) => [host, gpus]))}`);
    };
  const observer: ClusterObserver = {
    placed: tell('placed'),
    ready: tell('ready'),
    moved: tell('moved'),
    finished: tell('finished'),
    failed: tell('failed'),
    freed: tell('freed'),
    answered: (atUs, service, arrivedUs) => lines.push(`${atUs} answered ${service} ${arrivedUs}`),
  };
  const run = replicate(scenario, {}, scenario.seed, { observers: () => [observer] });
  return {
    lines,
    readings: run.readings
      .filter(([name]) => /^(service|session)/.test(name) && !name.startsWith('session.aparts'))
      .map(([name, { value }]) => [name, value]),
  };
}

const withHosts = (scenario: Scenario): Scenario =>
  scenario.fleet.kind === 'hosts'
    ? { ...scenario, fleet: { kind: 'hosts', groups: [...scenario.fleet.groups, apart] } }
    : scenario;
const withUsers = (scenario: Scenario): Scenario => ({
  ...scenario,
  workload: { ...scenario.workload, sessions: [...scenario.workload.sessions, users] },
});

describe('What goes on apart moves nobody', () => {
  test.each([
    ['hosts that nobody accepts', (s: Scenario) => s, withHosts],
    ['users who work on hosts of their own', withHosts, (s: Scenario) => withUsers(withHosts(s))],
  ] as const)('%s', (_title, before, after) => {
    fc.assert(
      fc.property(sharedScenarios({ services: 'any', sessions: true, changes: 'moving' }), (drawn) => {
        const scenario = settled(drawn);
        expect(storyOf(after(scenario))).toEqual(storyOf(before(scenario)));
      }),
      { numRuns: 50 },
    );
  });
});
