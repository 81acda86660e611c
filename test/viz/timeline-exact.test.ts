import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalizeScenario, summarize } from '../../sim/index.ts';
import { type ReplayOutline, readSegment } from '../../sim/observe/replay/index.ts';
import { curvesOf } from '../../viz/replay/series.ts';
import { EXACT_NAMES, type ExactSource, exactCurves } from '../../viz/replay/series-exact.ts';
import { lives } from '../property/life-scenarios.ts';
import { outlineOf, readFrom, runWithReplay } from '../replay/run-with-replay.ts';

/** A run, its replay, and what the run itself says of its course. */
function recorded(document: object) {
  const checked = normalizeScenario(document);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  const { file, run } = runWithReplay(checked.scenario, [], { document: checked.document });
  const outline = outlineOf(file);
  const source: ExactSource = {
    segments: outline.segments,
    segment: async (number) =>
      readFrom(
        file,
        readSegment(outline, outline.segments[number] as (typeof outline.segments)[0], file.length),
      ),
    rest: async () => true,
  };
  const tables = { digest: run.digest, endUs: 0, result: summarize([run]) };
  const told: ReplayOutline = { ...outline, tables };
  return { source, curves: curvesOf(told) };
}

describe('Curves from the events', () => {
  test('are those that the run measured by itself, bucket by bucket', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(lives, fc.double({ min: 0, max: 0.8, noNaN: true }), async (document, part) => {
        const { source, curves } = recorded(document);
        for (const name of EXACT_NAMES) {
          const stated = curves.find((each) => each.name === name);
          if (stated === undefined) continue;
          // The last bucket may be a short one.
          const last = stated.edges.length - 2;
          const first = Math.floor(part * last);
          if (last - first < 1) continue;
          const [fromUs, toUs] = [stated.edges[first] as number, stated.edges[last] as number];
          const exact = (await exactCurves(source, fromUs, toUs, last - first))?.get(name);
          for (const what of ['mean', 'min', 'max'] as const) {
            const expected = stated[what].slice(first, last);
            // The numbers of a result have nine digits.
            const close = exact?.[what].map((found, i) => {
              const there = expected[i] ?? null;
              return found !== null && there !== null && Math.abs(found - there) < 1e-6 ? there : found;
            });
            expect(close, `${name} ${what}`).toEqual(expected);
            compared += expected.length;
          }
        }
      }),
      { numRuns: 12 },
    );
    expect(compared).toBeGreaterThan(1000);
  }, 60_000);

  test('of a span that nobody wants any more are given up', async () => {
    const { source, curves } = recorded(fc.sample(lives, { numRuns: 1, seed: 3 })[0] as object);
    let asked = 0;
    const found = await exactCurves({ ...source, rest: async () => ++asked < 1 }, 0, 1e9, 10);
    expect(found).toBeUndefined();
    expect(asked).toBe(1);
    expect(curves.length).toBeGreaterThan(0);
  });
});
