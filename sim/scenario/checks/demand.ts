import { CatalogueNameError } from '../../hardware/index.ts';
import { nameHint } from '../nearest-name.ts';
import { isMapping, type Path, valueAt } from '../path.ts';
import { presetBrings } from '../preset-defaults.ts';
import { type Finding, quoteValue } from '../problem.ts';
import { cpuQuantity } from '../quantities/cpu.ts';
import { gpuShareQuantity } from '../quantities/gpu-share.ts';
import { memoryQuantity } from '../quantities/memory.ts';
import { readValid } from '../quantities/quantity.ts';
import { shareQuantity } from '../quantities/ratio.ts';
import { catalogueGpu, lookUpGpu } from '../resolve/card-spec.ts';
import { isStated, repeats } from './common.ts';
import type { CheckContext } from './context.ts';
import { demandsOf, type FoundDemand } from './demands-of.ts';

/** What the values of each demand must satisfy together and with the names of the fleet. */
export function checkDemands(context: CheckContext): readonly Finding[] {
  const models = fleetModels(context.document);
  return demandsOf(context).flatMap((found) => [
    ...checkNeeded(context.document, found),
    ...checkGpuRequest(context.document, found),
    ...checkSlot(context, found),
    ...checkUse(found),
    ...checkModels(found, models),
    ...checkReference(found),
    ...checkSpeedByModel(found, models),
  ]);
}

/** What every demand needs, stated or from a preset. */
function checkNeeded(document: unknown, { path, kind, demand }: FoundDemand): readonly Finding[] {
  const needed = { cpu: cpuQuantity.accepts, memory: memoryQuantity.accepts };
  return Object.entries(needed).flatMap(([key, accepts]) => {
    const here = [...path, key];
    // A preset whose name is wrong is told there: what it would have brought is not missed here.
    const hasPreset = isStated(document, [...path, 'preset']);
    const isBrought = hasPreset && (demand.preset === undefined || presetBrings(demand.preset, kind, key));
    if (isStated(document, here) || isBrought) return [];
    return [{ path: here, message: `is missing: must be ${accepts}` }];
  });
}

/** Keys that say something about GPUs, and so need some. */
const GPU_KEYS = [
  'slot',
  'models',
  'reference',
  'use',
  'speedByModel',
  'communication',
  'lifecycle',
] as const;

/** Number of GPUs and what is said of each must agree: none with none, some with some. */
function checkGpuRequest(document: unknown, { path, demand, gpus }: FoundDemand): readonly Finding[] {
  if (gpus === undefined) return [];
  const { gpu } = demand;
  const findings: Finding[] = [];
  const shareMilli = gpu === undefined ? undefined : readValid(gpuShareQuantity, gpu);
  if (gpus === 0) {
    const message = `needs gpus of at least 1, got gpus ${gpus}`;
    if (shareMilli !== undefined && shareMilli > 0) findings.push({ path: [...path, 'gpu'], message });
    for (const key of GPU_KEYS) {
      const isEmpty = key === 'models' && demand.models?.length === 0;
      if (isStated(document, [...path, key]) && demand[key] != null && !isEmpty) {
        findings.push({ path: [...path, key], message });
      }
    }
  } else if (shareMilli === 0) {
    const message = `must be above 0 where gpus is ${gpus}, got ${quoteValue(gpu)}`;
    findings.push({ path: [...path, 'gpu'], message });
  }
  return findings;
}

/** One way of asking for a part of a card. */
function checkSlot({ document, isFaulty }: CheckContext, { path, demand }: FoundDemand): readonly Finding[] {
  const here = [...path, 'slot'];
  const findings: Finding[] = [];
  if (isStated(document, here) && isStated(document, [...path, 'gpu'])) {
    findings.push({
      path: here,
      message: 'must not stand beside gpu: both say which part of a GPU it wants',
    });
  }
  const written = valueAt(document, here);
  if (!isMapping(written) || isFaulty(here)) return findings;
  const bySize = ['memory', 'compute'].filter((key) => isStated(written, [key]));
  const byName = isStated(written, ['profile']);
  if (byName && bySize.length > 0) {
    const message = `must ask by size or by profile, got profile and ${bySize.join(' and ')}`;
    findings.push({ path: here, message });
  } else if (!byName && bySize.length === 0) {
    findings.push({ path: here, message: 'must have memory, compute or both, or a profile, got none' });
  } else if (!byName && isStated(written, ['count'])) {
    findings.push({
      path: [...here, 'count'],
      message: 'needs a profile: parts by size are asked for one by one',
    });
  } else if (!byName) {
    const slot = demand.slot as { readonly memory?: string; readonly compute?: string | number };
    const memoryMib = readValid(memoryQuantity, slot.memory ?? '0MiB');
    const computeMilli = readValid(gpuShareQuantity, slot.compute ?? 0);
    if (memoryMib === 0 && computeMilli === 0) {
      findings.push({ path: here, message: 'must ask for some memory or some compute, got none of both' });
    }
  }
  return findings;
}

function checkUse({ path, demand }: FoundDemand): readonly Finding[] {
  const { busy, compute } = demand.use ?? {};
  if (compute === undefined || busy === undefined) return [];
  if (readValid(shareQuantity, compute) <= readValid(shareQuantity, busy)) return [];
  const message = `must be at most busy (${busy}): compute units work only while there is work, got ${quoteValue(compute)}`;
  return [{ path: [...path, 'use', 'compute'], message }];
}

function checkModels(
  { path, demand }: FoundDemand,
  known: readonly string[] | undefined,
): readonly Finding[] {
  const { models = [] } = demand;
  const unknown = models.flatMap((model, at) =>
    model === undefined ? [] : checkModel([...path, 'models', at], model, known),
  );
  return [...unknown, ...repeats(models, (at) => [...path, 'models', at])];
}

function checkModel(path: Path, model: string, known: readonly string[] | undefined): readonly Finding[] {
  if (known === undefined || known.includes(model)) return [];
  const message = `must be a GPU model of the fleet, got ${quoteValue(model)}`;
  return [{ path, message, hint: nameHint(model, known) }];
}

function checkSpeedByModel(
  { path, demand }: FoundDemand,
  known: readonly string[] | undefined,
): readonly Finding[] {
  return Object.keys(demand.speedByModel ?? {}).flatMap((model) => {
    if (known === undefined || known.includes(model) || catalogueGpu(model) !== null) return [];
    const message = `must be a GPU model of the fleet, or a GPU of the catalogue, got ${quoteValue(model)}`;
    return [{ path: [...path, 'speedByModel', model], message, hint: nameHint(model, known) }];
  });
}

function checkReference({ path, demand }: FoundDemand): readonly Finding[] {
  const { reference } = demand;
  if (reference == null) return [];
  const answer = lookUpGpu(reference);
  if (!(answer instanceof CatalogueNameError)) return [];
  const names = answer.candidates.join(', ');
  const [what, hint] =
    answer.reason === 'ambiguous'
      ? ['the name of one GPU', `say which of ${names}`]
      : ['a GPU', `nearest known names: ${names}`];
  const message = `must be ${what} of the catalogue, got ${quoteValue(reference)}`;
  return [{ path: [...path, 'reference'], message, hint }];
}

/** GPU models that the fleet names, in its order, right or wrong in other ways; undefined for a fleet in a trace. */
function fleetModels(document: unknown): readonly string[] | undefined {
  const groups = valueAt(document, ['fleet', 'hosts']);
  if (!Array.isArray(groups)) return undefined;
  const models = new Set<string>();
  for (const group of groups as readonly unknown[]) {
    const gpus = valueAt(group, ['gpus']);
    for (const gpu of Array.isArray(gpus) ? (gpus as readonly unknown[]) : [gpus]) {
      const model = valueAt(gpu, ['model']);
      if (typeof model === 'string') models.add(model);
    }
  }
  return [...models];
}
