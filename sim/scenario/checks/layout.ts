import { NEARNESS_NAMES } from '../names.ts';
import { nameHint } from '../nearest-name.ts';
import { valueAt } from '../path.ts';
import { type Finding, quoteValue } from '../problem.ts';
import type { LayoutDocument, WorkersDocument } from '../schema/layout.ts';
import { repeats } from './common.ts';
import type { CheckContext } from './context.ts';
import { demandsOf, type FoundDemand } from './demands-of.ts';
import type { Sound } from './sound.ts';

/** Rules about places that contradict each other, or name what is not there. */
export function checkLayouts(context: CheckContext): readonly Finding[] {
  const known = labelsOf(context.document);
  return demandsOf(context).flatMap((found) => {
    const { workers = 1, layout } = found.demand as Sound<WorkersDocument>;
    if (layout === undefined) return [];
    return [...checkRules(found, layout, workers), ...checkNames(found, layout, known)];
  });
}

function checkRules(
  { path, gpus }: FoundDemand,
  { within = 'pool', prefer, spread = 'none', maxPerHost }: Sound<LayoutDocument>,
  workers: number,
): readonly Finding[] {
  const here = [...path, 'layout'];
  const findings: Finding[] = [];
  if (prefer !== undefined && NEARNESS_NAMES.indexOf(prefer) > NEARNESS_NAMES.indexOf(within)) {
    const message = `must be as within (${within}) or nearer, got ${prefer}`;
    findings.push({ path: [...here, 'prefer'], message });
  }
  for (const [key, nearness] of [['within', within] as const, ['prefer', prefer] as const]) {
    if (nearness !== 'island' || gpus !== 0) continue;
    findings.push({ path: [...here, key], message: 'must not be island: it asks for no GPU' });
  }
  if (workers < 2) return findings;
  if ((within === 'host' && spread !== 'none') || (within === 'rack' && spread === 'racks')) {
    const message = `must leave room for ${workers} workers within one ${within}, got ${spread}`;
    findings.push({ path: [...here, 'spread'], message });
  }
  if (within === 'host' && maxPerHost !== undefined && maxPerHost < workers) {
    const message = `must be at least workers (${workers}) where all are within one host, got ${maxPerHost}`;
    findings.push({ path: [...here, 'maxPerHost'], message });
  }
  return findings;
}

function checkNames(
  { path }: FoundDemand,
  { apartFrom = [] }: Sound<LayoutDocument>,
  known: readonly string[],
): readonly Finding[] {
  const here = [...path, 'layout', 'apartFrom'];
  return [
    ...repeats(apartFrom, (at) => [...here, at]),
    ...apartFrom.flatMap((name, at): readonly Finding[] => {
      if (name === undefined || known.includes(name)) return [];
      const message = `must be the name of a class, service or session group, got ${quoteValue(name)}`;
      return [{ path: [...here, at], message, hint: nameHint(name, known) }];
    }),
  ];
}

/** Names of all that asks for room, right or wrong in other ways. */
function labelsOf(document: unknown): readonly string[] {
  const lists = [['synthetic', 'classes'], ['services'], ['sessions']];
  const names = lists.flatMap((at) => {
    const found = valueAt(document, ['workload', ...at]);
    return Array.isArray(found) ? found.map((each: unknown) => valueAt(each, ['name'])) : [];
  });
  return names.filter((name) => typeof name === 'string');
}
