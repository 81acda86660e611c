import { formatPath, type Path } from './path.ts';
import type { Note } from './problem.ts';
import { memoryQuantity } from './quantities/memory.ts';
import type { ScenarioDocument } from './schema/scenario.ts';
import type { HostGroup, Scenario, TaskClass } from './types.ts';

/** What the author of a valid scenario may not expect: roundings, and settings without effect. */
export function findNotes(written: ScenarioDocument, scenario: Scenario): readonly Note[] {
  return [
    ...roundings(written),
    ...classesThatFitNowhere(scenario),
    ...unusedLifetimes(written),
    ...unusedSettings(written),
  ].map(([path, message]) => ({ path: formatPath(path), message }));
}

type Remark = readonly [Path, string];

function roundings({ fleet, workload }: ScenarioDocument): readonly Remark[] {
  const rounding = (path: Path, memory: string): readonly Remark[] => {
    const reading = memoryQuantity.read(memory);
    return reading.ok && reading.note !== undefined ? [[path, reading.note]] : [];
  };
  return [
    ...(fleet.hosts ?? []).flatMap(({ memory }, index) =>
      rounding(['fleet', 'hosts', index, 'memory'], memory),
    ),
    ...(workload.synthetic?.classes ?? []).flatMap(({ memory }, index) =>
      rounding(['workload', 'synthetic', 'classes', index, 'memory'], memory),
    ),
  ];
}

/** A class no host could hold even when empty: its tasks wait for ever, or are dropped when filling. */
function classesThatFitNowhere({ fleet, workload }: Scenario): readonly Remark[] {
  if (fleet.kind !== 'hosts') return [];
  return (workload.synthetic?.classes ?? []).flatMap((taskClass, index): readonly Remark[] =>
    fleet.groups.some((group) => holds(group, taskClass))
      ? []
      : [
          [
            ['workload', 'synthetic', 'classes', index],
            `no host of the fleet can hold a task of class "${taskClass.name}"`,
          ],
        ],
  );
}

function holds(group: HostGroup, { cpuMilli, memoryMib, gpuCount, models }: TaskClass): boolean {
  if (cpuMilli > group.cpuMilli || memoryMib > group.memoryMib) return false;
  let fitting = 0;
  for (const gpu of group.gpus) if (models.length === 0 || models.includes(gpu.model)) fitting += gpu.count;
  return gpuCount <= fitting;
}

function unusedLifetimes({ workload }: ScenarioDocument): readonly Remark[] {
  const used = new Set(workload.synthetic?.classes.map(({ lifetime }) => lifetime));
  return Object.keys(workload.synthetic?.lifetimes ?? {})
    .filter((name) => !used.has(name))
    .map((name): Remark => [['workload', 'synthetic', 'lifetimes', name], 'is used by no class']);
}

function unusedSettings(written: ScenarioDocument): readonly Remark[] {
  const remarks: Remark[] = [];
  if (
    written.experiment?.kind === 'fill' &&
    written.experiment.order === 'file' &&
    written.experiment.target !== undefined
  ) {
    remarks.push([['experiment', 'target'], 'has no effect where order is file']);
  }
  return remarks;
}
