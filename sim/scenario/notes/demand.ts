import type { Path } from '../path.ts';
import { statesPlaces } from '../resolve/places.ts';
import type { DemandDocument } from '../schema/demand.ts';
import type { ScenarioDocument } from '../schema/scenario.ts';
import type { Demand, HostGroup, Scenario } from '../types.ts';
import type { Remark } from './remark.ts';

/** What is assumed of tasks, replicas and sessions, and which of them fit nowhere. */
export function demandNotes(written: ScenarioDocument, scenario: Scenario): readonly Remark[] {
  const { fleet, workload } = scenario;
  const groups = fleet.kind === 'hosts' ? fleet.groups : undefined;
  const notesOf = (
    above: Path,
    what: (name: string) => string,
    documents: readonly DemandDocument[],
    demands: readonly (Demand & { readonly name: string })[],
  ): readonly Remark[] =>
    demands.flatMap((demand, index) => {
      const path = [...above, index];
      return [
        ...(groups === undefined || groups.some((group) => holds(group, demand))
          ? []
          : [[path, `no host of the fleet can hold ${what(demand.name)}`] as Remark]),
        ...layoutNotes(path, demand, groups),
        ...useNotes(path, documents[index] as DemandDocument, demand, groups?.some(statesPlaces) === true),
      ];
    });
  const { synthetic, services, sessions } = written.workload;
  return [
    ...notesOf(
      ['workload', 'synthetic', 'classes'],
      (name) => `a task of class "${name}"`,
      synthetic?.classes ?? [],
      workload.synthetic?.classes ?? [],
    ),
    ...notesOf(
      ['workload', 'services'],
      (name) => `a replica of service "${name}"`,
      services ?? [],
      workload.services,
    ),
    ...notesOf(
      ['workload', 'sessions'],
      (name) => `a session of group "${name}"`,
      sessions ?? [],
      workload.sessions,
    ),
    ...traceNotes(written, groups),
  ];
}

/** Whether a host of the group could hold it when empty, the part of a GPU aside: it would wait for ever, or be dropped. */
function holds(group: HostGroup, { cpuMilli, memoryMib, gpuCount, models }: Demand): boolean {
  if (cpuMilli > group.cpuMilli || memoryMib > group.memoryMib) return false;
  let fitting = 0;
  for (const gpu of group.gpus) if (models.length === 0 || models.includes(gpu.model)) fitting += gpu.count;
  return gpuCount <= fitting;
}

/** Keys that count only on GPUs shared by a mode; communication also where hosts say how they are joined. */
const MODE_KEYS = ['use', 'reference', 'speedByModel', 'communication', 'lifecycle'] as const;

function useNotes(
  path: Path,
  written: DemandDocument,
  demand: Demand,
  areJoined: boolean,
): readonly Remark[] {
  if (demand.gpuCount === 0) return [];
  if (demand.use === null) {
    return MODE_KEYS.filter((key) => written[key] != null && !(key === 'communication' && areJoined)).map(
      (key): Remark => [[...path, key], 'has no effect: no host group shares its GPUs by a mode'],
    );
  }
  const remarks: Remark[] = [];
  const percent = `${demand.gpuMilli / 10} %`;
  if (written.use === undefined && written.preset === undefined) {
    const memory = demand.use.memoryMib === 0 ? '' : `, and ${demand.use.memoryMib} MiB of memory`;
    remarks.push([
      path,
      `use is not stated: assumed to use ${percent} of the compute and bandwidth of a GPU all the time${memory}`,
    ]);
  } else if (written.preset === undefined) {
    const open = (['busy', 'compute', 'bandwidth'] as const).filter(
      (key) => written.use?.[key] === undefined,
    );
    if (open.length > 0) {
      const { busy, compute, bandwidth } = demand.use;
      const values = { busy, compute, bandwidth };
      const assumed = open.map((key) => `${key} ${values[key] * 100} %`).join(', ');
      remarks.push([[...path, 'use'], `does not state ${open.join(', ')}: assumed ${assumed}`]);
    }
  }
  if (written.slot === undefined && written.gpu !== undefined && demand.slot?.kind === 'part') {
    const percentOfCompute = `${demand.slot.computeMilli / 10} %`;
    remarks.push([
      path,
      `asks by share: taken as a part with ${percentOfCompute} of the compute and the memory that the mode gives with it`,
    ]);
  }
  if (demand.communication > 0 && demand.gpuCount * (demand.workers ?? 1) < 2) {
    remarks.push([[...path, 'communication'], 'has no effect: it has one GPU']);
  }
  return remarks;
}

/** Rules about racks where nobody says which hosts stand in one. */
function layoutNotes(
  path: Path,
  { layout, workers = 1 }: Demand,
  groups: readonly HostGroup[] | undefined,
): readonly Remark[] {
  if (layout === undefined || workers === 1 || groups?.some(({ rack }) => rack !== undefined) === true)
    return [];
  const isAboutRacks = layout.within === 'rack' || layout.prefer === 'rack' || layout.spread === 'racks';
  return isAboutRacks
    ? [[[...path, 'layout'], 'no host states its rack: each counts as a rack of its own']]
    : [];
}

/** Traces do not say how tasks use a GPU. */
function traceNotes(
  { workload }: ScenarioDocument,
  groups: readonly HostGroup[] | undefined,
): readonly Remark[] {
  if (workload.trace === undefined || !groups?.some(({ sharing }) => sharing !== null)) return [];
  return [
    [
      ['workload', 'trace'],
      'does not say how tasks use GPUs: each is assumed to use its share of compute and bandwidth all the time',
    ],
  ];
}
