import type { ReplayGeometry } from '../../sim/experiment/replay-header.ts';
import { geometryOf, MIG_MODELS, placementsIn } from '../../sim/hardware/mig/index.ts';
import {
  type CardState,
  type JobKind,
  type ReplayHeader,
  type ReplayJob,
  ReplayState,
} from '../../sim/observe/replay/index.ts';
import type { SharingConfig } from '../../sim/sharing/config.ts';
import type { Slot } from '../../sim/sharing/slot.ts';

/** The MIG geometries of all models of the catalogue, as a replay has them. */
const GEOMETRIES: readonly ReplayGeometry[] = MIG_MODELS.map((model) => {
  const geometry = geometryOf(model);
  return {
    model: model.id,
    units: Math.max(...geometry.placements.map(({ profile, start }) => start + profile.size)),
    computeSlices: model.gpuSlicesTotal,
    placements: placementsIn(geometry, geometry.all).map(({ profile, start }) => ({
      profile: profile.name,
      start,
      size: profile.size,
      computeSlices: profile.gpuSlices,
    })),
  };
});

export function cardOf(config: SharingConfig, change: Partial<CardState> = {}): CardState {
  return { sharing: JSON.stringify(config), standing: null, held: 0, cut: null, isCutHeld: false, ...change };
}

export interface MadeHost {
  readonly pool: number;
  readonly gpus: readonly { readonly model: string; readonly count: number }[];
}

/** The head of a replay of a fleet. */
export function headerOf(
  hosts: readonly MadeHost[],
  cards: readonly (CardState | undefined)[],
): ReplayHeader {
  const pools = [...new Set(hosts.map(({ pool }) => pool))].sort((a, b) => a - b);
  return {
    schema: 'slicewise/replay@1',
    version: '0',
    seed: 1,
    scenario: {},
    pools: pools.map((pool) => ({
      name: `pool ${pool}`,
      hosts: hosts.flatMap((host, h) => (host.pool === pool ? [h] : [])),
    })),
    catalogue: {
      gpus: hosts.flatMap(({ gpus }) =>
        gpus.map(({ model }) => ({
          model,
          name: null,
          memoryMib: 23_034,
          memoryGb: 24,
          boardWatts: null,
          sources: [],
        })),
      ),
      geometries: GEOMETRIES,
    },
    start: {
      hosts: hosts.map(({ gpus }, h) => ({ name: `host ${h}`, cpuMilli: 64_000, memoryMib: 2 ** 18, gpus })),
      cards,
    },
  };
}

export function slotOf(change: Partial<Slot>): Slot {
  return {
    label: 'part',
    profile: 'part',
    milli: 0,
    memoryMib: 0,
    start: -1,
    size: 0,
    domain: 0,
    computeShare: 1,
    bandwidthShare: 1,
    ...change,
  };
}

export function jobOf(number: number, change: Partial<ReplayJob> = {}, tenant = ''): ReplayJob {
  const kind: JobKind = {
    demand: 0,
    kind: 'batch',
    claim: { tenant, label: '', priority: 0 } as unknown as JobKind['claim'],
    layout: undefined,
    kin: undefined,
    requests: [
      { cpuMilli: 0, memoryMib: 0, gpuCount: 1, gpuMilli: 0, models: [], ask: undefined, speeds: undefined },
    ],
  };
  return {
    slot: number,
    number,
    name: `job ${number}`,
    kind,
    arrivalUs: 0,
    durationUs: 1e6,
    estimateUs: 1e6,
    phase: 'running',
    sinceUs: 0,
    startedUs: 0,
    starts: 1,
    group: -1,
    isActive: true,
    parts: [],
    to: undefined,
    ...change,
  };
}

export function stateOf({ start }: ReplayHeader): ReplayState {
  return new ReplayState(start.hosts, start.cards);
}
