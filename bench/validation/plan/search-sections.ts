import type { IntegerSolver } from '../../../sim/index.ts';
import type { Row, Section } from '../sharing/table.ts';
import { plan } from './answering.ts';
import { questionOf } from './questions.ts';
import { cheapestOfAll } from './trying-all.ts';

const SMALL = 30;
const MEDIUM = 20;
/** Median part of its cost that a plan of a medium question may have above the proven bound. */
const MOST_GAP = 0.05;

/** Small questions against trying all of their plans, and how far medium ones are from what is proven. */
export function searchSections(solver: IntegerSolver): readonly Section[] {
  return [smallQuestions(solver), mediumQuestions(solver)];
}

function smallQuestions(solver: IntegerSolver): Section {
  const rows = Array.from({ length: SMALL }, (_, i): Row => {
    const { document, about } = questionOf(i + 1, 'small');
    const found = plan(document, solver);
    const all = cheapestOfAll(document);
    const cost = found.plan?.amount.value ?? Number.POSITIVE_INFINITY;
    const isBoundKept =
      all.serving === 0 ||
      [found.bound, found.cheaper?.bound].every(
        (bound) => (bound ?? Number.POSITIVE_INFINITY) <= all.amount + 1e-6,
      );
    const isSame = cost === all.amount || Math.abs(cost - all.amount) < 1e-6;
    return {
      name: about,
      ours: isSame && isBoundKept ? 0 : 1,
      accept: [0, 0],
      note: `cost ${money(cost)}, of all ${money(all.amount)}, proven bound ${money(found.bound)}; ${all.serving} of ${found.searched.plans} plans serve, ${found.searched.run} run`,
    };
  });
  return {
    title: `${SMALL} small questions against trying all of their plans`,
    about: '0: the same cost, and the bound is not above it.',
    rows,
  };
}

function mediumQuestions(solver: IntegerSolver): Section {
  const gaps: number[] = [];
  const gapsByRuns: number[] = [];
  const rows = Array.from({ length: MEDIUM }, (_, i): Row => {
    const { document, about } = questionOf(i + 1, 'medium');
    const { gap, plan: found, bound, cheaper, searched } = plan(document, solver);
    if (gap !== null) gaps.push(gap);
    if (cheaper !== null) gapsByRuns.push(cheaper.gap);
    const counts = found?.counts.map(({ name, count }) => `${count} of ${name}`).join(', ') ?? 'none serves';
    return {
      name: about,
      ours: gap ?? Number.NaN,
      note: `${counts}: cost ${money(found?.amount.value)}, proven bound ${money(bound)}; of ${cheaper?.plans ?? 0} cheaper plans ${cheaper?.run ?? 0} run, bound then ${money(cheaper?.bound)}; ${searched.run} of ${searched.plans} plans run, ${searched.proven} proven out`,
    };
  });
  return {
    title: `${MEDIUM} medium questions: how far the plan is from what is proven`,
    about:
      'Gap: the part of the cost of the plan that is above the bound. It holds what a limit of waiting takes beyond the work, which no linear program proves. Cheaper plans that were run and do not serve need no proof.',
    rows: [
      ...rows,
      { name: 'median gap, by proof alone', ours: medianOf(gaps), accept: [0, MOST_GAP] },
      {
        name: 'median gap, by proof and runs',
        ours: medianOf(gapsByRuns),
        accept: [0, MOST_GAP],
        note: 'cheaper plans that nothing is proven of run by themselves, six at most beyond the search',
      },
    ],
  };
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle)] as number)) / 2;
}

const money = (value: number | null | undefined) =>
  value == null || !Number.isFinite(value) ? '-' : value.toFixed(2);
