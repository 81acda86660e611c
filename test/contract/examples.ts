import { gpuById, gpuMemoryMib, migModelOfGpu } from '../../sim/hardware/index.ts';
import { vgpuGpusOfGpu, vgpuTypesOf } from '../../sim/hardware/vgpu/index.ts';
import {
  type Card,
  type CardSpec,
  type ConfigOf,
  ParameterValues,
  SHARING_PARAMETERS,
  type SharingConfig,
  type SharingModeName,
  sharingMode,
} from '../../sim/sharing/index.ts';

/**
 * What the residents of a card divide among each other.
 *
 * `time`: one at a time, so that speeds times busy time add up to 1 at most. `compute`: side by side, so that speeds
 * times compute do, and speeds times bandwidth. `parts`: each part of the hardware by itself, so that residents that
 * are always busy add up to one that is alone there.
 */
type Conserved = 'time' | 'compute' | 'parts';

/** A GPU and a way to share it that go together. */
export interface Example {
  readonly title: string;
  readonly config: SharingConfig;
  readonly card: CardSpec;
  /** Names that a request by profile may use there. */
  readonly profiles: readonly string[];
  readonly conserved: Conserved;
}

/** A link of 16 lanes of the fourth generation. */
const LINK_BYTES_PER_SEC = 31.5e9;

/** A GPU of the catalogue as a mode sees it. */
export function cardOf(id: string): CardSpec {
  const catalogue = gpuById(id);
  if (catalogue === undefined) throw new RangeError(`The catalogue has no GPU "${id}"`);
  return {
    model: id,
    catalogue,
    memoryMib: gpuMemoryMib(catalogue),
    linkBytesPerSec: LINK_BYTES_PER_SEC,
  };
}

/** A GPU that the catalogue does not have. */
export function cardBeyondCatalogue(model: string, memoryMib: number): CardSpec {
  return { model, catalogue: null, memoryMib, linkBytesPerSec: LINK_BYTES_PER_SEC };
}

/** Every figure at its typical value, but for those that are stated. */
export function figures(stated: Readonly<Record<string, number>> = {}): ParameterValues {
  return new ParameterValues(SHARING_PARAMETERS, stated);
}

/** A new card of an example. */
export function openExample({ config, card }: Example, values: ParameterValues = figures()): Card {
  return sharingMode(config.mode).createCard(config, card, values);
}

function example(
  card: CardSpec,
  config: SharingConfig,
  profiles: readonly string[] = [],
  conserved: Conserved = 'time',
): Example {
  const options = Object.entries(config)
    .filter(([key, value]) => key !== 'mode' && value !== null)
    .map(([key, value]) => `${key} ${String(value)}`);
  return {
    title: [`${config.mode} on ${card.model}`, ...options].join(', '),
    config,
    card,
    profiles,
    conserved,
  };
}

function migProfiles(card: CardSpec): readonly string[] {
  const model = card.catalogue === null ? undefined : migModelOfGpu(card.catalogue);
  return model?.profiles.map((each) => each.name) ?? [];
}

/** Names of the vGPU types of a GPU, of one backing. */
function vgpuTypes(card: CardSpec, backing: 'time-sliced' | 'mig'): readonly string[] {
  const entries = card.catalogue === null ? [] : vgpuGpusOfGpu(card.catalogue);
  return entries.flatMap((entry) =>
    vgpuTypesOf(entry.id)
      .filter((type) => (type.backing === 'time-sliced') === (backing === 'time-sliced'))
      .map((type) => type.type),
  );
}

function vgpu(id: string, config: Omit<ConfigOf<'vgpu'>, 'mode' | 'sliceMs'>): Example {
  const card = cardOf(id);
  const types = [...vgpuTypes(card, 'time-sliced'), ...vgpuTypes(card, 'mig').slice(0, 1)];
  return example(card, { mode: 'vgpu', sliceMs: null, ...config }, types);
}

function mig(id: string, layout: readonly string[] | null, computeInstances = false): Example {
  const card = cardOf(id);
  const compute = computeInstances ? ['1c.3g.40gb', '2c.3g.40gb', '1c.4g.40gb', '2c.7g.80gb'] : [];
  return example(
    card,
    { mode: 'mig', layout, computeInstances },
    [...migProfiles(card), ...compute],
    'parts',
  );
}

function migVgpu(
  id: string,
  scheduler: ConfigOf<'mig-vgpu'>['scheduler'],
  series: string | null,
  layout: readonly string[] | null = null,
): Example {
  const card = cardOf(id);
  const types = [...vgpuTypes(card, 'mig'), ...vgpuTypes(card, 'time-sliced').slice(0, 1)];
  return example(card, { mode: 'mig-vgpu', layout, scheduler, series }, types, 'parts');
}

function timeSlicing(id: string, replicas: number, profile: string | null, fails = false): Example {
  return example(
    cardOf(id),
    { mode: 'time-slicing', replicas, failRequestsGreaterThanOne: fails, profile },
    ['replica', ...(profile === null ? [] : [profile])],
    profile === null ? 'time' : 'parts',
  );
}

function mps(
  id: string,
  clients: number | null,
  threadPercent: number | null,
  cuda: string | null = null,
): Example {
  return example(cardOf(id), { mode: 'mps', clients, threadPercent, cuda }, ['client'], 'compute');
}

function apiRemoting(network: ConfigOf<'api-remoting'>['network'], sessions: number): Example {
  return example(
    cardOf('a40'),
    { mode: 'api-remoting', network, roundTripUs: null, bytesPerSec: null, sessions },
    ['session'],
  );
}

/** GPUs and options of every mode, from the usual to the odd. */
export const EXAMPLES: readonly Example[] = [
  example(cardOf('rtx-3090'), { mode: 'bare-metal' }),
  example(cardOf('h100-sxm5-80gb'), { mode: 'bare-metal' }),
  example(cardOf('t4'), { mode: 'passthrough' }),
  example(cardBeyondCatalogue('some GPU', 8192), { mode: 'passthrough' }),
  example(cardOf('radeon-pro-v620'), { mode: 'sriov', vfs: 4, scheduler: null, partition: null }, ['VF']),
  example(cardOf('flex-170'), { mode: 'sriov', vfs: 31, scheduler: null, partition: null }, ['VF']),
  example(cardOf('s7150x2'), { mode: 'sriov', vfs: 3, scheduler: null, partition: null }, ['VF']),
  example(cardOf('mi300x'), { mode: 'sriov', vfs: 8, scheduler: null, partition: 'CPX' }, ['VF'], 'parts'),
  vgpu('a16', { sizes: 'equal', scheduler: 'best-effort', series: null }),
  vgpu('a40', { sizes: 'equal', scheduler: 'equal-share', series: 'Q' }),
  vgpu('l4', { sizes: 'equal', scheduler: 'fixed-share', series: 'B' }),
  vgpu('a100-pcie-80gb', { sizes: 'equal', scheduler: 'best-effort', series: null }),
  vgpu('l40s', { sizes: 'mixed', scheduler: 'equal-share', series: null }),
  vgpu('a100-pcie-80gb', { sizes: 'mixed', scheduler: 'best-effort', series: null }),
  mig('a30', null),
  mig('a100-sxm4-80gb', null),
  mig('a100-sxm4-80gb', null, true),
  mig('h100-sxm5-80gb', ['3g.40gb@4', '2g.20gb', '1g.10gb', '1g.10gb']),
  mig('rtx-pro-6000-blackwell-se', null),
  migVgpu('a100-pcie-80gb', 'best-effort', null),
  migVgpu('a100-pcie-80gb', 'best-effort', 'C', ['3g.40gb', '2g.20gb', '1g.10gb']),
  migVgpu('rtx-pro-6000-blackwell-se', 'equal-share', null),
  migVgpu('rtx-pro-6000-blackwell-se', 'fixed-share', 'Q'),
  timeSlicing('t4', 4, null),
  timeSlicing('rtx-4090', 7, null, true),
  timeSlicing('a100-sxm4-80gb', 100, null),
  timeSlicing('a100-sxm4-80gb', 2, '1g.10gb'),
  timeSlicing('h100-sxm5-80gb', 5, '3g.40gb', true),
  timeSlicing('a30', 3, '2g.12gb'),
  mps('p100-pcie-16gb', null, null),
  mps('a100-sxm4-80gb', null, null),
  mps('h100-sxm5-80gb', null, 30, '13.1'),
  mps('a100-sxm4-80gb', 7, null, '12.9'),
  mps('l4', 3, 60),
  example(cardOf('v100-sxm2-32gb'), { mode: 'hook' }),
  example(cardOf('l40s'), { mode: 'hook' }),
  example(cardOf('p100-pcie-16gb'), { mode: 'uvm-swap', turnSec: 30 }, ['virtual GPU']),
  example(cardOf('a100-sxm4-40gb'), { mode: 'uvm-swap', turnSec: 2 }, ['virtual GPU']),
  apiRemoting('rdma', 8),
  apiRemoting('ethernet-10g', 3),
  apiRemoting('ethernet-1g', 1),
  example(
    cardBeyondCatalogue('HD Graphics 530', 4096),
    { mode: 'gvt-g', lowMib: null, highMib: null, fences: null },
    ['i915-GVTg_V5_8', 'i915-GVTg_V5_4', 'i915-GVTg_V5_2', 'i915-GVTg_V5_1'],
  ),
  example(
    cardBeyondCatalogue('HD Graphics 530', 8192),
    { mode: 'gvt-g', lowMib: 1024, highMib: 4096, fences: 32 },
    ['i915-GVTg_V5_8', 'i915-GVTg_V5_4', 'i915-GVTg_V5_2', 'i915-GVTg_V5_1'],
  ),
  example(cardOf('quadro-rtx-4000'), { mode: 'paravirtual', tenants: 12 }, ['guest']),
  example(cardBeyondCatalogue('host CPU', 65_536), { mode: 'software', tenants: 6 }, ['renderer']),
  example(cardBeyondCatalogue('Jetson AGX Orin', 65_536), { mode: 'edge-pool', tenants: 6 }, ['container']),
  example(cardBeyondCatalogue('Jetson Orin Nano', 8192), { mode: 'edge-pool', tenants: 1 }, ['container']),
];

/** The examples of one mode. */
export function examplesOf(mode: SharingModeName): readonly Example[] {
  return EXAMPLES.filter((each) => each.config.mode === mode);
}
