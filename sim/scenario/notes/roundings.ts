import type { Path } from '../path.ts';
import { memoryQuantity } from '../quantities/memory.ts';
import type { DemandDocument } from '../schema/demand.ts';
import type { ScenarioDocument } from '../schema/scenario.ts';
import type { Remark } from './remark.ts';

/** Memory that is kept in whole MiB and was not written so. */
export function roundings({ fleet, workload }: ScenarioDocument): readonly Remark[] {
  const { synthetic, services = [], sessions = [] } = workload;
  return [
    ...(fleet.hosts ?? []).flatMap(({ memory, gpus = [], sharing }, index) => {
      const path = ['fleet', 'hosts', index];
      const isList = Array.isArray(gpus);
      const gvtg = typeof sharing === 'object' && sharing?.mode === 'gvt-g' ? sharing : undefined;
      return [
        ...rounding([...path, 'memory'], memory),
        ...(isList ? gpus : [gpus]).flatMap((gpu, at) =>
          rounding([...path, 'gpus', ...(isList ? [at] : []), 'memory'], gpu.memory),
        ),
        ...rounding([...path, 'sharing', 'low'], gvtg?.low),
        ...rounding([...path, 'sharing', 'high'], gvtg?.high),
      ];
    }),
    ...ofDemands(['workload', 'synthetic', 'classes'], synthetic?.classes ?? []),
    ...ofDemands(['workload', 'services'], services),
    ...ofDemands(['workload', 'sessions'], sessions),
  ];
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
