import { type Path, valueAt } from '../path.ts';
import { type PresetKind, presetOf } from '../preset-defaults.ts';
import { assumedFigures } from '../presets/index.ts';
import type { DemandDocument } from '../schema/demand.ts';
import type { ScenarioDocument } from '../schema/scenario.ts';
import type { Remark } from './remark.ts';

/** Which figures that a document takes from presets nobody has published. */
export function presetNotes({ workload }: ScenarioDocument): readonly Remark[] {
  const { synthetic, services = [], sessions = [] } = workload;
  return [
    ...notesOf('class', ['workload', 'synthetic', 'classes'], synthetic?.classes ?? []),
    ...notesOf('service', ['workload', 'services'], services),
    ...notesOf('session', ['workload', 'sessions'], sessions),
  ];
}

function notesOf(kind: PresetKind, above: Path, demands: readonly DemandDocument[]): readonly Remark[] {
  return demands.flatMap((written, index): readonly Remark[] => {
    const preset = presetOf(written.preset, kind);
    if (preset === undefined) return [];
    const keys = assumedFigures(preset)
      .map(({ key }) => DOCUMENT_KEYS[key] ?? key)
      .filter((key) => !isWritten(written, key));
    if (keys.length === 0) return [];
    return [[[...above, index, 'preset'], `brings figures that are assumed: ${keys.join(', ')}`]];
  });
}

/** Whether the document states a key, so that the preset's figure does not count. Only `use` is joined key by key. */
function isWritten(written: DemandDocument, key: string): boolean {
  const [first = '', second] = key.split('.');
  if (first === 'slot' && written.gpu !== undefined) return true;
  return valueAt(written, first === 'use' && second !== undefined ? [first, second] : [first]) !== undefined;
}

/** Figures of presets under the keys of documents; those of equal names are not listed. */
const DOCUMENT_KEYS: Readonly<Record<string, string>> = {
  cpuMilli: 'cpu',
  memoryMib: 'memory',
  gpuCount: 'gpus',
  referenceModel: 'reference',
  lifetimeSec: 'lifetime',
  durationSec: 'duration',
  batchSec: 'batch.times',
  maxBatch: 'batch.max',
  batchWaitUs: 'batch.wait',
  objectiveUs: 'objective',
  'use.memoryMib': 'use.memory',
  'use.linkBytesPerSec': 'use.link',
  'use.syncCallsPerSec': 'use.syncCalls',
  'frames.gpuMs': 'frames.gpu',
  'frames.cpuMs': 'frames.cpu',
  'frames.targetFps': 'frames.target',
  'frames.limiterFps': 'frames.limiter',
  'frames.encodeMs': 'frames.encode',
  'frames.networkMs': 'frames.network',
  'frames.displayMs': 'frames.display',
  'frames.deadlineMs': 'frames.deadline',
};
