import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { catalogNames } from '../../cli/load-scenario.ts';
import { triesFor } from '../../sim/experiment/give-back/candidates.ts';
import { Stated } from '../../sim/experiment/give-back/stated.ts';
import { variantLines } from '../../sim/experiment/give-back/variants.ts';
import { normalizeScenario } from '../../sim/index.ts';
import { BUCKETS, CAUSE_NAMES } from '../../sim/observe/waterfall/buckets.ts';

const CATALOG = join(import.meta.dirname, '..', '..', 'scenarios', 'catalog');
const CAUSES = new Set<string>(CAUSE_NAMES);

/** Everything that may be tried for any bucket of a scenario. */
function allTries(document: object) {
  const normalized = normalizeScenario(document);
  if (!normalized.ok) throw new Error(JSON.stringify(normalized.problems));
  if (normalized.scenario.experiment.kind === 'fill') return [];
  const stated = new Stated(normalized.document);
  return BUCKETS.flatMap((bucket) => {
    const { candidates, ladders } = triesFor(bucket, CAUSES, normalized.scenario, stated);
    const steps = ladders.flatMap((ladder) =>
      [ladder.from - 1, ladder.least].map((count) => ladder.at(count)),
    );
    return [...candidates, ...steps].map((candidate) => ({ bucket, candidate }));
  });
}

/** The first and the last of each bucket. */
function sampleOf(tries: ReturnType<typeof allTries>): ReturnType<typeof allTries> {
  return tries.filter(({ bucket }, i) => tries[i - 1]?.bucket !== bucket || tries[i + 1]?.bucket !== bucket);
}

describe('A change is a variant of the scenario', () => {
  test('of each catalogue scenario as it is written: pasted in, it makes another sound scenario, or the change itself is not sound', () => {
    const sound = new Map<string, number>();
    for (const name of catalogNames(CATALOG).filter((each) => !each.includes('/'))) {
      const { whatIf: _own, ...document } = parse(
        readFileSync(join(CATALOG, `${name}.yaml`), 'utf8'),
      ) as Record<string, unknown>;
      const tries = sampleOf(allTries(document));
      if (tries.length === 0) continue;
      const lines = tries.flatMap(({ bucket, candidate }) =>
        variantLines([{ bucket, changes: [{ ...candidate, isConfirmed: true }] }]),
      );
      const { whatIf } = parse(['whatIf:', ...lines].join('\n')) as { whatIf: readonly object[] };
      const pasted = normalizeScenario({
        ...document,
        whatIf: whatIf.map((each, i) => ({ ...each, name: `v${i}` })),
      });
      const problems = pasted.ok ? [] : pasted.problems;
      tries.forEach(({ bucket, candidate }, i) => {
        const own = problems.filter(({ path }) => path.includes(`whatIf[${i}]`));
        if (own.length === 0) sound.set(bucket, (sound.get(bucket) ?? 0) + 1);
        // The mode does not take the demand, a pool names the hosts: never a path that leads to nothing.
        for (const { message } of own) expect(message, `${name}: ${candidate.text}`).toMatch(/^makes /);
      });
    }
    for (const bucket of BUCKETS.filter((each) => each !== 'useful')) {
      expect(sound.get(bucket), bucket).toBeGreaterThan(0);
    }
  }, 60_000);

  test('nothing is written where nothing is confirmed, and odd names stay in their quotes', () => {
    const changes = [{ text: 'a: "b" # c', set: { 'fleet.hosts["a.b"].count': 1 }, isConfirmed: true }];
    expect(parse(['whatIf:', ...variantLines([{ bucket: 'no-demand', changes }])].join('\n'))).toEqual({
      whatIf: [
        { name: 'give-back-no-demand', description: 'a: "b" # c', set: { 'fleet.hosts["a.b"].count': 1 } },
      ],
    });
    expect(variantLines([{ bucket: 'idle', changes: [{ ...changes[0]!, isConfirmed: false }] }])).toEqual([]);
    expect(variantLines([{ bucket: 'idle', changes: [] }])).toEqual([]);
  });
});
