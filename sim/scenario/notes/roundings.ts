import type { Path } from '../path.ts';
import { memoryQuantity } from '../quantities/memory.ts';
import type { DemandDocument } from '../schema/demand.ts';
import type { ScenarioDocument } from '../schema/scenario.ts';
import type { SharingDocument } from '../schema/sharing.ts';
import type { Remark } from './remark.ts';

/** Memory that is kept in whole MiB and was not written so. */
export function roundings({ fleet, workload, changes = [] }: ScenarioDocument): readonly Remark[] {
  const { synthetic, services = [], sessions = [] } = workload;
  return [
    ...(fleet.hosts ?? []).flatMap(({ memory, gpus = [], sharing }, index) => {
      const path = ['fleet', 'hosts', index];
      const isList = Array.isArray(gpus);
      return [
        ...rounding([...path, 'memory'], memory),
        ...(isList ? gpus : [gpus]).flatMap((gpu, at) =>
          rounding([...path, 'gpus', ...(isList ? [at] : []), 'memory'], gpu.memory),
        ),
        ...ofSharing([...path, 'sharing'], sharing),
      ];
    }),
    ...ofDemands(['workload', 'synthetic', 'classes'], synthetic?.classes ?? []),
    ...ofDemands(['workload', 'services'], services),
    ...ofDemands(['workload', 'sessions'], sessions),
    ...changes.flatMap(({ sharing }, index) => ofSharing(['changes', index, 'sharing'], sharing)),
  ];
}

function ofSharing(path: Path, sharing: SharingDocument | null | undefined): readonly Remark[] {
  if (typeof sharing !== 'object' || sharing?.mode !== 'gvt-g') return [];
  return [...rounding([...path, 'low'], sharing.low), ...rounding([...path, 'high'], sharing.high)];
}

function ofDemands(above: Path, demands: readonly DemandDocument[]): readonly Remark[] {
  return demands.flatMap(({ memory, slot, use }, index) => [
    ...rounding([...above, index, 'memory'], memory),
    ...(typeof slot === 'object' ? rounding([...above, index, 'slot', 'memory'], slot.memory) : []),
    ...rounding([...above, index, 'use', 'memory'], use?.memory),
  ]);
}

function rounding(path: Path, memory: string | null | undefined): readonly Remark[] {
  if (memory == null) return [];
  const reading = memoryQuantity.read(memory);
  return reading.ok && reading.note !== undefined ? [[path, reading.note]] : [];
}
