import type { CardSpec } from '../card-spec.ts';
import type { SharingMode } from '../mode.ts';
import { VfCard } from './sriov/card.ts';
import { sriovProblems } from './sriov/check.ts';
import { partitionOf, sriovGpuOf, vfCounts, vfMemoryMib } from './sriov/layout.ts';
import { sriovOperations } from './sriov/operations.ts';
import { SRIOV_PARAMETERS } from './sriov/parameters.ts';
import { partitionSpeeds } from './sriov/partition-speeds.ts';
import { vfScheduler } from './sriov/schedulers.ts';
import type { VfCardKind } from './sriov/split-card.ts';
import { TurnSpeeds } from './vgpu/turn-speeds.ts';

/** AMD MxGPU and Intel SR-IOV: the GPU shows up as several PCIe functions, each passed to a virtual machine. */
export const sriov: SharingMode<'sriov'> = {
  name: 'sriov',
  title: 'SR-IOV, AMD and Intel',
  summary: 'the GPU is split into equal PCIe functions, with memory of their own and the engines in turn',
  leavesOut: [
    'Memory that the host driver keeps for itself is published for no GPU of AMD: functions get a little too much there.',
    'Error correction is taken to be off on Flex and Battlemage; with it on, functions have 13 to 19 % less memory.',
    'Unequal memory quotas of newer Intel drivers are not modelled: all functions are alike.',
    'MI300X: the released driver is qualified for one function; other numbers are what its source provides for.',
    'MI300X: one memory pool for all partitions (NPS1); with NPS4 bandwidth would be apart as well.',
    'MI300X partitions do not take turns, so that the scheduler changes nothing there.',
    'Turns of the host itself on Intel GPUs (20 or 64 ms) are left out: the host draws nothing.',
    'Live migration on Windows Server 2025 has no published times: the only path is a restart on the target.',
  ],
  parameters: SRIOV_PARAMETERS,
  traits: {
    memoryIsolation: 'hard',
    faultIsolation: 'soft',
    faultEnds: 'tenant',
    performanceIsolation: 'share',
    liveMigration: 'some',
    hostMetrics: 'partly',
    peerToPeer: 'no',
    memoryReserved: true,
    layoutChange: 'card',
    graphics: 'some',
    source:
      'sharing modes table, SR-1, SR-2, SR-5, SR-6 (documented, code); peer to peer, graphics (unverified)',
  },
  check: sriovProblems,
  createCard(config, card, values) {
    const gpu = tableEntry(card);
    const scheduler = vfScheduler(gpu, config.scheduler);
    if (scheduler === undefined) {
      throw new RangeError(`Cannot split ${card.model}: it has no scheduler "${config.scheduler}"`);
    }
    const efficiency = {
      lone: values.get('sriov.lone'),
      loneInteractive: values.get('sriov.lone-interactive'),
      aggregate: values.get('sriov.aggregate'),
    };
    const partition = (vfs: number) => partitionOf(gpu, { ...config, vfs });
    const isSpatial = (vfs: number) => vfs > 1 && partition(vfs) !== undefined;
    const kind: VfCardKind = {
      counts: vfCounts(gpu, config.partition === null ? undefined : partition(config.vfs)),
      layout: (vfs) => ({ vfs, memoryMib: vfMemoryMib(gpu, vfs, card), isSpatial: isSpatial(vfs) }),
      speeds: (vfs) => {
        if (isSpatial(vfs)) {
          return (residents, into) => partitionSpeeds(residents, 1 / vfs, efficiency, into);
        }
        const turns = new TurnSpeeds(scheduler.holders, efficiency, () => vfs);
        return (residents, into) => turns.speeds(residents, into);
      },
      config: (vfs) => (vfs === config.vfs ? config : { ...config, vfs }),
      way: (from, to) => (partition(from)?.mode === partition(to)?.mode ? 'vf-count' : 'partition'),
    };
    return new VfCard(card, kind, config.vfs);
  },
  operations: ({ vfs }, card) => sriovOperations(vfMemoryMib(tableEntry(card), vfs, card)),
  licence: () => ({ edition: 'none', metric: 'none', source: 'SR-7 (unverified for Intel)' }),
};

function tableEntry(card: CardSpec) {
  const gpu = sriovGpuOf(card);
  if (gpu === undefined) throw new RangeError(`Cannot split ${card.model}: it has no virtual functions`);
  return gpu;
}
