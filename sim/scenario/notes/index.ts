import { formatPath } from '../path.ts';
import type { Note } from '../problem.ts';
import type { ScenarioDocument } from '../schema/scenario.ts';
import type { Scenario } from '../types.ts';
import { changeNotes } from './changes.ts';
import { demandNotes } from './demand.ts';
import { fleetNotes } from './fleet.ts';
import { presetNotes } from './presets.ts';
import type { Remark } from './remark.ts';
import { roundings } from './roundings.ts';
import { schedulingNotes } from './scheduling.ts';

/** What the author of a valid scenario may not expect: roundings, assumptions, and settings without effect. */
export function findNotes(written: ScenarioDocument, scenario: Scenario): readonly Note[] {
  return [
    ...roundings(written),
    ...fleetNotes(written, scenario),
    ...changeNotes(written, scenario),
    ...demandNotes(written, scenario),
    ...presetNotes(written),
    ...schedulingNotes(written, scenario),
    ...unusedLifetimes(written),
    ...unusedSettings(written),
  ].map(([path, message]) => ({ path: formatPath(path), message }));
}

function unusedLifetimes({ workload }: ScenarioDocument): readonly Remark[] {
  const used = new Set(workload.synthetic?.classes.map(({ lifetime }) => lifetime));
  return Object.keys(workload.synthetic?.lifetimes ?? {})
    .filter((name) => !used.has(name))
    .map((name): Remark => [['workload', 'synthetic', 'lifetimes', name], 'is used by no class']);
}

function unusedSettings({ experiment, workload }: ScenarioDocument): readonly Remark[] {
  const remarks: Remark[] = [];
  if (experiment?.kind === 'fill' && experiment.order === 'file' && experiment.target !== undefined) {
    remarks.push([['experiment', 'target'], 'has no effect where order is file']);
  }
  for (const [index, { logon = 'always', duration }] of (workload.sessions ?? []).entries()) {
    const isAlways = logon === 'always' || logon.kind === 'always';
    if (isAlways && duration != null) {
      remarks.push([['workload', 'sessions', index, 'duration'], 'has no effect where logon is always']);
    }
  }
  return remarks;
}
