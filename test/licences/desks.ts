import type { ClusterObserver } from '../../sim/cluster/changes.ts';
import type { HostSpec } from '../../sim/cluster/fleet.ts';
import type { LicenceLevels, LicencePoolSetup, LicenceSetup } from '../../sim/engine/licences/setup.ts';
import type { SchedulingRules } from '../../sim/engine/scheduling.ts';
import type { FaultUnit } from '../../sim/faults/index.ts';
import type { PlacementPolicyName } from '../../sim/policies/placement/names.ts';
import type { QueueingConfig, QueueingPolicy } from '../../sim/policies/queueing/discipline.ts';
import { fifo } from '../../sim/policies/queueing/fifo.ts';
import { type SharedGpu, sharingMode, type WorkloadClass } from '../../sim/sharing/index.ts';
import { logged, NO_FAULTS } from '../faults/fault-setup.ts';
import { runSmall, type SmallJob, type SmallRun } from '../queueing/pool-run.ts';
import { cardOf, named, part, values, vgpuConfig } from '../sharing/vgpu-cards.ts';

/** An A10 that costs its tenants nothing: who is alone on it goes at full speed. */
export function a10(mode: 'vgpu' | 'passthrough' = 'vgpu'): SharedGpu {
  return {
    mode: sharingMode(mode),
    config: mode === 'vgpu' ? vgpuConfig() : { mode },
    spec: cardOf('A10'),
    values: values({ 'vgpu.lone': 1, 'vgpu.aggregate': 1, 'passthrough.compute': 1 }),
  };
}

/** Hosts with so many such cards. */
function hostsWith(cards: readonly number[], sharing = a10()): readonly HostSpec[] {
  return cards.map((count, h) => ({
    name: `h${h}`,
    cpuMilli: 1_000_000,
    memoryMib: 2 ** 30,
    gpus: [{ model: 'A10', count, sharing }],
  }));
}

/** A job that has a card for itself, of a vGPU type: by default a workstation. */
export function guest(
  name: string,
  at: number,
  runs: number,
  profile = 'A10-24Q',
  more: Partial<SmallJob> = {},
): SmallJob {
  return { name, at, runs, ask: named(profile), ...more };
}

/** One that has a whole card passed through. */
export function passedThrough(name: string, at: number, runs: number, workload: WorkloadClass): SmallJob {
  return { name, at, runs, ask: { ...part(0, { workload }), slot: { kind: 'whole' } } };
}

export function pool(change: Partial<LicencePoolSetup> = {}): LicencePoolSetup {
  return {
    name: 'vws',
    metric: 'user',
    covers: ['RTX vWS'],
    entitled: 1,
    whenNone: 'degrade',
    leaseUs: 1000e6,
    renewalUs: 100e6,
    ...change,
  };
}

/** Half the speed from 300 s on, nothing from 3000 s on. */
const HALF_THEN_NOTHING: LicenceSetup['restrictions'] = [
  { afterUs: 300e6, fps: null, compute: 0.5 },
  { afterUs: 3000e6, fps: null, compute: 0 },
];

function server(number: number): FaultUnit {
  return { kind: 'licence-server', name: `licence-server-${number}`, hosts: [], gpu: -1 };
}

/** The levels of a pool from some time on, in seconds. */
export interface Told extends LicenceLevels {
  readonly at: number;
  readonly pool: number;
}

export interface LicensedRun {
  readonly jobs: readonly SmallJob[];
  readonly pools: readonly LicencePoolSetup[];
  readonly restrictions?: LicenceSetup['restrictions'];
  readonly cards?: readonly number[];
  readonly sharing?: SharedGpu;
  readonly placement?: PlacementPolicyName;
  /** Of each server: when it fails and for how long, in seconds. */
  readonly outages?: readonly (readonly (readonly [number, number])[])[];
  readonly horizon?: number;
  readonly policy?: QueueingPolicy;
  readonly rules?: Partial<SchedulingRules>;
  readonly config?: Partial<QueueingConfig>;
  readonly guard?: SmallRun['guard'];
  readonly observer?: ClusterObserver;
}

export function runLicensed(setup: LicensedRun) {
  const told: Told[] = [];
  const asked: boolean[] = [];
  let expired = 0;
  const { outages } = setup;
  const stories = runSmall({
    hostSpecs: hostsWith(setup.cards ?? [8], setup.sharing),
    jobs: setup.jobs,
    policy: setup.policy ?? fifo,
    ...(setup.rules === undefined ? {} : { rules: setup.rules }),
    ...(setup.config === undefined ? {} : { config: setup.config }),
    guard: setup.guard,
    ...(setup.observer === undefined ? {} : { observer: setup.observer }),
    ...(setup.placement === undefined ? {} : { placement: setup.placement }),
    horizon: setup.horizon ?? 1_000_000,
    licences: {
      pools: setup.pools,
      restrictions: setup.restrictions ?? HALF_THEN_NOTHING,
      listener: {
        levels: (atUs, number, { inUse, needed, lacking }) =>
          told.push({ at: atUs / 1e6, pool: number, inUse, needed, lacking: { ...lacking } }),
        asked: (_pool, isGranted) => asked.push(isGranted),
        expired: () => {
          expired += 1;
        },
      },
    },
    ...(outages === undefined
      ? {}
      : { faults: () => ({ ...NO_FAULTS, units: outages.map((log, i) => logged(server(i), ...log)) }) }),
  });
  return { story: (name: string) => stories.get(name)!, stories, told, asked, expired };
}
