import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalizeScenario, summarize } from '../../sim/index.ts';
import { type ReplayOutline, readSegment } from '../../sim/observe/replay/index.ts';
import { curvesOf } from '../../viz/replay/series.ts';
import { type ExactSource, exactBooks, exactCurves } from '../../viz/replay/series-exact.ts';
import { FragmentBook } from '../../viz/replay/series-fragment.ts';
import { lives } from '../property/life-scenarios.ts';
import { outlineOf, readFrom, runWithReplay, segmentsOf } from '../replay/run-with-replay.ts';
import { normalized } from '../scenario/problems-of.ts';

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
  const books = () => new Map([...exactBooks(outline)].map(([name, make]) => [name, make()]));
  return { source, books, curves: curvesOf(told) };
}

/** How many values were compared, by what the series measures. */
type Compared = Map<string, number>;

/** From some bucket on, the curves from the events are those of the result. */
async function expectTheSame(document: object, part: number, compared: Compared): Promise<void> {
  const { source, books, curves } = recorded(document);
  const own = books();
  for (const stated of curves) {
    const book = own.get(stated.name);
    if (book === undefined) {
      expect(stated.name, 'a series that only the run knows').toMatch(/^(cost|licences)\./);
      continue;
    }
    // The last bucket may be a short one.
    const last = stated.edges.length - 2;
    const first = Math.floor(part * last);
    if (last - first < 1) continue;
    const [fromUs, toUs] = [stated.edges[first] as number, stated.edges[last] as number];
    const found = await exactCurves(source, new Map([[stated.name, book]]), fromUs, toUs, last - first);
    const exact = found?.get(stated.name);
    expect(exact?.unit).toBe(stated.unit);
    for (const what of ['mean', 'min', 'max'] as const) {
      const expected = stated[what].slice(first, last);
      // The numbers of a result have nine digits.
      const close = exact?.[what].map((value, i) => {
        const there = expected[i] ?? null;
        return value !== null && there !== null && Math.abs(value - there) < 1e-6 ? there : value;
      });
      expect(close, `${stated.name} ${what}`).toEqual(expected);
      const measure = stated.name.replace(/\.(pool|gpuModel)\..*/, ', parts');
      compared.set(measure, (compared.get(measure) ?? 0) + expected.filter((value) => value !== null).length);
    }
  }
}

describe('Curves from the events', () => {
  test('are those that the run measured by itself, bucket by bucket', async () => {
    const compared: Compared = new Map();
    await fc.assert(
      fc.asyncProperty(lives, fc.double({ min: 0, max: 0.8, noNaN: true }), (document, part) =>
        expectTheSame(document, part, compared),
      ),
      { numRuns: 16 },
    );
    for (const name of [
      ...['gpu.allocated', 'gpu.utilized', 'fragmentation', 'jobs.waiting', 'jobs.running'],
      ...['jobs.waitingGpus', 'gpu.allocated, parts', 'gpu.utilized, parts'],
    ])
      expect(compared.get(name) ?? 0, name).toBeGreaterThan(500);
  }, 60_000);

  test('know how fragmented the fleet is by how it is, to the last bit, whatever was before', () => {
    let odd = 0;
    let compared = 0;
    for (const document of fc.sample(lives, { numRuns: 12, seed: 5 })) {
      const checked = normalized(document);
      const { file } = runWithReplay(checked.scenario, [], { document: checked.document });
      const { mix } = outlineOf(file).header;
      if (mix === undefined) continue;
      const kept = new FragmentBook(mix);
      for (const segment of segmentsOf(file)) {
        const cursor = segment.open();
        kept.begin(cursor.state);
        for (let step = 0; cursor.step() !== undefined; step++) {
          for (let host = 0; host < cursor.state.hosts.length; host++) kept.look(host);
          if (step % 7 > 0) continue;
          const anew = new FragmentBook(mix);
          anew.begin(cursor.state);
          expect(kept.value).toBe(anew.value);
          compared += 1;
          if (!Number.isInteger(kept.value)) odd += 1;
        }
      }
    }
    expect(compared).toBeGreaterThan(200);
    // Of these rounding could make others.
    expect(odd).toBeGreaterThan(100);
  });

  test('of a span that nobody wants any more are given up', async () => {
    const { source, books, curves } = recorded(fc.sample(lives, { numRuns: 1, seed: 3 })[0] as object);
    let asked = 0;
    const found = await exactCurves({ ...source, rest: async () => ++asked < 1 }, books(), 0, 1e9, 10);
    expect(found).toBeUndefined();
    expect(asked).toBe(1);
    expect(curves.length).toBeGreaterThan(0);
  });
});
