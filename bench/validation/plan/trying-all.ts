import { judgePlan, meanReading } from '../../../sim/experiment/plan/judged.ts';
import { planSpace, scenarioOf } from '../../../sim/experiment/plan/space.ts';
import { verificationRuns } from '../../../sim/experiment/plan/verification.ts';
import { normalizeScenario, type Replication, replicate } from '../../../sim/index.ts';

/** Every plan of a question run and judged, one after the other, with nothing proven and nothing ruled out. */
export function cheapestOfAll(written: Readonly<Record<string, unknown>>): {
  amount: number;
  serving: number;
} {
  const normalized = normalizeScenario(written);
  if (!normalized.ok || normalized.document.plan == null) throw new RangeError('Cannot plan');
  const { document } = normalized;
  const asked = normalized.document.plan;
  const space = planSpace(written, asked);
  const { search = 0, most = 0, verify = 0 } = asked.replications ?? {};
  const serves = (counts: readonly number[], option: (typeof space.combinations)[number]) => {
    const found = scenarioOf(space, option, counts);
    if (!found.ok) return undefined;
    const { scenario } = found;
    const objectives = scenario.objectives ?? [];
    const run = (seeds: readonly number[]) => seeds.map((seed) => replicate(scenario, {}, seed));
    let runs: Replication[] = run(Array.from({ length: search }, (_, i) => document.seed + i));
    let judged = judgePlan(objectives, runs);
    while (judged.verdict === 'undecided' && runs.length < most) {
      const more = Math.min(
        most - runs.length,
        Math.max(1, Math.min(judged.needed ?? runs.length, runs.length)),
      );
      runs = [...runs, ...run(Array.from({ length: more }, (_, i) => document.seed + runs.length + i))];
      judged = judgePlan(objectives, runs);
    }
    if (judged.verdict !== 'serves') return undefined;
    const amount = meanReading(runs, 'cost.perMonth') as number;
    const fresh: Replication[] = [];
    for (const part of [0, 1]) {
      for (const { plan: drawn, seed } of verificationRuns(
        found,
        { seed: document.seed, isUncertain: true },
        verify,
        part,
      ))
        fresh.push(replicate(drawn.scenario, {}, seed));
      const verified = judgePlan(objectives, fresh);
      if (verified.verdict === 'serves')
        return { amount, verified: meanReading(fresh, 'cost.perMonth') as number };
      if (verified.verdict === 'fails') return undefined;
    }
    return undefined;
  };
  const lines = space.axes.reduce<readonly (readonly number[])[]>(
    (all, { values }) => all.flatMap((counts) => values.map((value) => [...counts, value])),
    [[]],
  );
  let best: { amount: number; verified: number } | undefined;
  let serving = 0;
  for (const option of space.combinations)
    for (const counts of lines) {
      const found = serves(counts, option);
      if (found === undefined) continue;
      serving += 1;
      if (best === undefined || found.amount < best.amount) best = found;
    }
  return { amount: best?.verified ?? Number.POSITIVE_INFINITY, serving };
}
