import { CatalogueNameError, gpuMemoryMib } from '../../hardware/index.ts';
import type { ConfigProblem } from '../../sharing/index.ts';
import { canonicalGpuGroup } from '../canonical/fleet.ts';
import { canonicalSharing } from '../canonical/sharing.ts';
import { type Path, valueAt } from '../path.ts';
import { type Finding, quoteValue } from '../problem.ts';
import { positiveByteRateQuantity } from '../quantities/byte-rate.ts';
import { readValid } from '../quantities/quantity.ts';
import { lookUpGpu } from '../resolve/card-spec.ts';
import { resolveGpuGroup } from '../resolve/fleet.ts';
import { CardTable, type SharingGroup } from '../resolve/fleet-cards.ts';
import { resolveSharing } from '../resolve/sharing.ts';
import type { GpuGroupDocument, HostGroupDocument } from '../schema/scenario.ts';
import type { SharingDocument } from '../schema/sharing.ts';
import { groupsToBeShared } from './change-hosts.ts';
import type { CheckContext } from './context.ts';
import { gpuGroupsOf } from './fleet.ts';
import type { Sound } from './sound.ts';

/** Whether each group's GPUs are known well enough, and can be shared as it says. */
export function checkSharing(context: CheckContext): readonly Finding[] {
  const table = new CardTable();
  const later = groupsToBeShared(context);
  return (context.sound.fleet?.hosts ?? []).flatMap((group, index) =>
    group === undefined ? [] : checkGroup(context, table, ['fleet', 'hosts', index], group, later.has(index)),
  );
}

function checkGroup(
  { document, isFaulty }: CheckContext,
  table: CardTable,
  path: Path,
  group: Sound<HostGroupDocument>,
  isSharedLater: boolean,
): readonly Finding[] {
  const isShared = isSharedLater || valueAt(document, [...path, 'sharing']) != null;
  const sharing = sharingOf(path, group, isFaulty);
  const findings: Finding[] = [];
  const isList = Array.isArray(group.gpus);
  for (const [at, gpu] of gpuGroupsOf(group).entries()) {
    const gpuPath = isList ? [...path, 'gpus', at] : [...path, 'gpus'];
    if (gpu?.model === undefined || isFaulty(gpuPath)) continue;
    const whole = gpu as GpuGroupDocument;
    const own = checkGpu(gpuPath, whole, isShared);
    findings.push(...own);
    if (sharing === undefined || own.length > 0) continue;
    const card = table.of(sharing, resolveGpuGroup(canonicalGpuGroup(whole)));
    findings.push(
      ...(card?.problems ?? []).map((problem) =>
        modeProblem([...path, 'sharing'], group.sharing as SharingDocument, problem, whole.model),
      ),
    );
  }
  return findings;
}

/** How the group shares its GPUs; undefined where it does not, or says so wrongly. */
function sharingOf(
  path: Path,
  { sharing, uplink }: Sound<HostGroupDocument>,
  isFaulty: CheckContext['isFaulty'],
): SharingGroup | undefined {
  if (sharing == null || isFaulty([...path, 'sharing'])) return undefined;
  return {
    sharing: resolveSharing(canonicalSharing(sharing as SharingDocument)),
    uplinkBytesPerSec: uplink == null ? null : readValid(positiveByteRateQuantity, uplink),
  };
}

/** What must be known of a GPU, more of it where a mode shares it. */
function checkGpu(
  path: Path,
  { model, memory, pcie }: GpuGroupDocument,
  isShared: boolean,
): readonly Finding[] {
  const answer = lookUpGpu(model);
  if (!(answer instanceof CatalogueNameError)) {
    if (memory == null) return [];
    const message = `is for models that the catalogue does not have: it has ${quoteValue(model)} with ${gpuMemoryMib(answer.gpu)}MiB`;
    return [{ path: [...path, 'memory'], message }];
  }
  if (!isShared) return [];
  const names = answer.candidates.join(', ');
  if (answer.reason === 'ambiguous') {
    const message = `must be the name of one GPU of the catalogue where a mode shares it, got ${quoteValue(model)}, which several have`;
    return [{ path: [...path, 'model'], message, hint: `say which of ${names}` }];
  }
  if (memory == null) {
    const message = `must be a GPU of the catalogue where a mode shares it, or have its memory stated beside it, got ${quoteValue(model)}`;
    return [{ path: [...path, 'model'], message, hint: `nearest known names: ${names}` }];
  }
  const missing = pcie == null ? [] : (['lanes', 'gen'] as const).filter((key) => pcie[key] == null);
  if (missing.length !== 1) return [];
  const message = `is missing: the catalogue does not have ${quoteValue(model)}, so lanes and gen belong together`;
  return [{ path: [...path, 'pcie', ...missing], message }];
}

/** Keys of a mode's options that the document writes differently, with a unit in the value instead of the name. */
const DOCUMENT_KEYS: Readonly<Record<string, string>> = {
  sliceMs: 'slice',
  turnSec: 'turn',
  roundTripUs: 'roundTrip',
  bytesPerSec: 'bandwidth',
  lowMib: 'low',
  highMib: 'high',
};

/** A mode's problem with a GPU, at the option of `sharing` that is to blame. */
export function modeProblem(
  path: Path,
  sharing: SharingDocument,
  { key, message }: ConfigProblem,
  model: string,
): Finding {
  // Beside a mode written as a name alone there is no key to point at.
  const place = typeof sharing === 'string' ? path : [...path, DOCUMENT_KEYS[key] ?? key];
  return { path: place, message: `${message} (GPU ${quoteValue(model)})` };
}
