import { KNOWN_METRICS, knownUnit, unaliased } from '../../objectives/index.ts';
import { nameHint } from '../nearest-name.ts';
import { isMapping, type Path, parsePath, valueAt } from '../path.ts';
import type { Finding } from '../problem.ts';
import type { PlanDocument } from '../schema/plan.ts';
import type { ScenarioDocument } from '../schema/scenario.ts';
import { applyVariant } from '../what-if.ts';
import { repeats } from './common.ts';
import { findReplicaProblems } from './plan-replicas.ts';

/** Combinations of options, and plans of one of them: what has more is stated too finely to be searched. */
const MOST_COMBINATIONS = 1000;
const MOST_COUNTS = 100_000;

/**
 * What is wrong with what can be planned of a document that is sound itself: every setting must lead somewhere. What options
 * come to together is for the planner: some may not go with others.
 *
 * @param document found valid, its variants apart
 */
export function findPlanProblems(document: unknown): readonly Finding[] {
  if (!isMapping(document) || !isMapping(document.plan)) return [];
  const plan = document.plan as PlanDocument;
  const { choices = [], counts = [], demands = [], weigh = [] } = plan;
  const root = document as { readonly experiment?: { readonly kind?: string }; readonly cost?: unknown };
  const findings: Finding[] = [];
  if ((root.experiment?.kind ?? 'timed') !== 'timed')
    findings.push({ path: ['plan'], message: 'needs a timed experiment: nothing is served in a fill run' });
  if (plan.minimise === 'cost' && root.cost == null)
    findings.push({
      path: ['plan', 'minimise'],
      message: 'needs a cost section that says what the hosts cost',
    });
  const { search = 3, most } = plan.replications ?? {};
  if (most !== undefined && most < search)
    findings.push({
      path: ['plan', 'replications', 'most'],
      message: `must not be below search (${search}), got ${most}`,
    });
  findings.push(
    ...repeats(
      choices.map(({ name }) => name),
      (index) => ['plan', 'choices', index, 'name'],
    ),
    ...repeats(
      counts.map(({ name, path }) => name ?? path),
      (index) => ['plan', 'counts', index, counts[index]?.name === undefined ? 'path' : 'name'],
    ),
    ...repeats(
      demands.map(({ name }) => name),
      (index) => ['plan', 'demands', index, 'name'],
    ),
  );
  for (const [c, { options }] of choices.entries()) {
    findings.push(
      ...repeats(
        options.map(({ name }) => name),
        (index) => ['plan', 'choices', c, 'options', index, 'name'],
      ),
    );
    for (const [o, { set = {} }] of options.entries())
      findings.push(...unsettable(document, set, ['plan', 'choices', c, 'options', o]));
  }
  for (const [d, { set = {} }] of demands.entries())
    findings.push(...unsettable(document, set, ['plan', 'demands', d]));
  if (plan.replicas !== undefined)
    findings.push(...findReplicaProblems(document as ScenarioDocument, plan.replicas, ['plan', 'replicas']));
  for (const [a, axis] of counts.entries()) findings.push(...ofAxis(document, axis, a));
  const combinations = choices.reduce((product, { options }) => product * options.length, 1);
  if (combinations > MOST_COMBINATIONS)
    findings.push({
      path: ['plan', 'choices'],
      message: `must not have more than ${MOST_COMBINATIONS} combinations of options, got ${combinations}`,
    });
  const points = counts.reduce(
    (product, { from = 1, to, step = 1 }) => product * Math.max(1, Math.floor((to - from) / step) + 1),
    1,
  );
  if (points > MOST_COUNTS)
    findings.push({
      path: ['plan', 'counts'],
      message: `must not have more than ${MOST_COUNTS} combinations of counts, got ${points}: take larger steps`,
    });
  for (const [w, text] of weigh.entries()) {
    const metric = text.replace(/:(higher|lower)$/, '');
    if (knownUnit(unaliased(metric)) === undefined)
      findings.push({
        path: ['plan', 'weigh', w],
        message: `there is no metric "${metric}"`,
        hint: nameHint(metric, KNOWN_METRICS),
      });
  }
  return findings;
}

function unsettable(
  document: unknown,
  set: Readonly<Record<string, unknown>>,
  above: Path,
): readonly Finding[] {
  const applied = applyVariant(document, { name: 'option', set: { ...set } });
  if (applied.ok) return [];
  return applied.problems.map((problem) => ({ ...problem, path: [...above, ...problem.path] }));
}

function ofAxis(
  document: unknown,
  { path, from = 1, to }: NonNullable<PlanDocument['counts']>[number],
  index: number,
): readonly Finding[] {
  const at = (key: string): Path => ['plan', 'counts', index, key];
  const findings: Finding[] = [];
  if (to < from) findings.push({ path: at('to'), message: `must not be below from (${from}), got ${to}` });
  if (parsePath(path) === undefined)
    return [
      ...findings,
      { path: at('path'), message: `must be a path such as fleet.hosts.gpu.count, got "${path}"` },
    ];
  const applied = applyVariant(document, { name: 'count', set: { [path]: to } });
  if (!applied.ok)
    return [
      ...findings,
      ...applied.problems.map(({ message, hint }) => ({ path: at('path'), message, hint })),
    ];
  const place = applied.places[0]?.path ?? [];
  const before = valueAt(document, place);
  if (before !== undefined && before !== null && typeof before !== 'number')
    findings.push({
      path: at('path'),
      message: `must lead to a number, and leads to ${JSON.stringify(before)}`,
    });
  return findings;
}
