import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readStored } from '../../cli/sweep/store.ts';
import { joinPoints, keptPoints } from '../../sim/experiment/sweep/index.ts';
import { partFiles } from '../../viz/app/sweep-place.ts';
import { heatOf } from '../../viz/views/sweep/heat-scene.ts';
import { linesOf } from '../../viz/views/sweep/lines.ts';
import { listText, lookOf, numbersOf, rangeText } from '../../viz/views/sweep/look.ts';
import { betterOf, keptOf, modelOf, type SweepModel } from '../../viz/views/sweep/model.ts';
import { orderOf } from '../../viz/views/sweep/points-table.tsx';
import { type ReadSweep, readSweep } from '../../viz/views/sweep/read-sweep.ts';
import { filesOf } from '../../viz/views/sweep/sources.ts';
import { tradeOffOf } from '../../viz/views/sweep/trade-off-scene.ts';
import { SMALL_YAML } from '../cli/small-scenario.ts';
import { TemporaryFolder } from '../cli/temporary-folder.ts';
import { runInto, smallPlan } from '../sweep/small-sweep.ts';

const folder = new TemporaryFolder();
const plan = smallPlan(folder.write('s.yaml', SMALL_YAML), 3);
const at = folder.at('sweep');
await runInto(at, plan);
const [resultName = ''] = readdirSync(join(at, 'results'));
const manifestText = readFileSync(join(at, 'manifest.json'), 'utf8');
const resultBytes = readFileSync(join(at, 'results', resultName));

/** Files as somebody chooses them in a browser, read as the page reads them. */
async function readChosen(files: Readonly<Record<string, string | Uint8Array>>): Promise<ReadSweep> {
  const chosen = Object.entries(files).map(
    ([name, text]) => new File([text as string], name, { lastModified: 0 }),
  );
  const { sweep } = partFiles(chosen);
  if (sweep === undefined) throw new Error('none of them is of a sweep');
  return readSweep(await filesOf(sweep), () => {});
}

const whole = { 'manifest.json': manifestText, [resultName]: resultBytes };

function textStream(text: string, cuts: readonly number[]): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1))), bytes.length].sort((a, b) => a - b);
  return new ReadableStream({
    start(controller) {
      let from = 0;
      for (const end of ends) {
        if (end > from) controller.enqueue(bytes.slice(from, end));
        from = end;
      }
      controller.close();
    },
  });
}

test('lines come whole, however the file is cut into pieces', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'ü', '\n', '{', '名'), maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.nat(80), { maxLength: 6 }), async (all, cuts) => {
      const found: { text: string; line: number; isOpen: boolean }[] = [];
      for await (const lines of linesOf(textStream(all, cuts)))
        for (const { bytes, line, isOpen } of lines)
          found.push({ text: new TextDecoder().decode(bytes), line, isOpen });
      const parts = all.split('\n');
      const last = parts.pop() as string;
      expect(found).toEqual([
        ...parts.map((each, i) => ({ text: each, line: i + 1, isOpen: false })),
        ...(last === '' ? [] : [{ text: last, line: parts.length + 1, isOpen: true }]),
      ]);
    }),
  );
});

describe('The files of a sweep', () => {
  test('say in the page what they say at the command line', async () => {
    const read = await readChosen(whole);
    const { outcomes } = readStored(at, plan.manifest);
    expect(read.notes).toEqual([]);
    expect(read.results).toEqual(joinPoints(plan.manifest, keptPoints(plan.manifest), outcomes));
    expect(read.results.digest).toMatch(/^[0-9a-f]{16}$/);
  });

  test('that are torn, damaged or missing are told of, and the rest is shown', async () => {
    const torn = await readChosen({ ...whole, [resultName]: resultBytes.subarray(0, -100) });
    expect(torn.notes).toEqual([expect.stringContaining(`${resultName}, line 18 is torn at its end`)]);
    expect(torn.results).toMatchObject({ done: 17, digest: null });

    const turned = Uint8Array.from(resultBytes);
    turned[500] = (turned[500] as number) ^ 1;
    const damaged = await readChosen({ ...whole, [resultName]: turned });
    expect(damaged.notes).toEqual([expect.stringContaining('line 1 is damaged')]);
    expect(damaged.results.done).toBe(17);

    const none = await readChosen({ 'manifest.json': manifestText });
    expect(none.notes).toEqual([expect.stringContaining('no result files')]);
    expect(none.results.done).toBe(0);
  });

  test('of another sweep among them contradict it, and are told of', async () => {
    const other = smallPlan(folder.write('t.yaml', `${SMALL_YAML}\nseed: 99\n`), 3);
    const there = folder.at('other');
    await runInto(there, other);
    const [name = ''] = readdirSync(join(there, 'results'));
    const both = await readChosen({ ...whole, 'zz.jsonl': readFileSync(join(there, 'results', name)) });
    expect(both.results.done).toBe(18);
    expect(both.notes).toHaveLength(18);
    expect(both.notes[0]).toContain('is no run of this sweep');
  });

  test.each([
    ['is torn', manifestText.slice(0, 300), 'torn or damaged'],
    ['is of something else', '{"a":1}', 'something else than a sweep'],
    ['is null', 'null', 'something else than a sweep'],
    ['is of a later version', '{"schema":"slicewise/sweep@9"}', 'slicewise/sweep@9'],
    ['was changed', manifestText.replace('"fgd"', '"first-fit"'), 'changed by hand'],
  ])('need a manifest: one that %s is refused', async (_, text, words) => {
    await expect(readChosen({ ...whole, 'manifest.json': text })).rejects.toThrow(words);
  });

  test('need one manifest, not none and not two', async () => {
    await expect(readChosen({ [resultName]: resultBytes })).rejects.toThrow(
      'no manifest.json among the 1 files',
    );
    const twice = ['manifest.json', 'manifest.json'].map((name) => new File([manifestText], name));
    const { sweep } = partFiles(twice);
    await expect(filesOf(sweep as NonNullable<typeof sweep>)).rejects.toThrow('There are 2 manifests');
  });

  test('are told from other files that are opened with them', () => {
    const names = ['manifest.json', 'index.json', 'a.jsonl', 'b.replay', 'c.json'];
    const { sweep, others } = partFiles(names.map((name) => new File([], name)));
    expect(sweep?.kind).toBe('files');
    expect(others.map(({ name }) => name)).toEqual(['b.replay', 'c.json']);
    const alone = partFiles([new File([], 'index.json')]);
    expect([alone.sweep, alone.others.length]).toEqual([undefined, 1]);
  });

  test('with runs that failed say which, and a later success of such a run counts', async () => {
    const later = folder.at('failed');
    await runInto(later, plan);
    const [name = ''] = readdirSync(join(later, 'results'));
    const { encodeLine } = await import('../../cli/sweep/result-line.ts');
    const failed = encodeLine({
      id: plan.ids[2] as string,
      index: 2,
      status: 'failed',
      error: 'out of memory',
      elapsedMs: 1,
    });
    const path = join(later, 'results', name);
    appendFileSync(path, failed);
    expect((await readChosen({ ...whole, [name]: readFileSync(path) })).results.failures).toEqual([]);
    const lines = resultBytes.toString('utf8').split('\n');
    const without = lines.filter((line) => !line.includes('"index":2,'));
    writeFileSync(path, `${without.join('\n')}${failed}`);
    const { results } = await readChosen({ 'manifest.json': manifestText, [name]: readFileSync(path) });
    expect(results.failures).toMatchObject([{ index: 2, point: 0, error: 'out of memory' }]);
    expect(results.points[0]).toMatchObject({ done: 2, failed: 1 });
  });
});

/** A sweep as it could be read, with values by hand: `null` for a point that has none. */
function madeModel(values: readonly (readonly [a: number | null, b: number | null])[]): SweepModel {
  const metric = (value: number | null) => ({ value, unit: 'seconds' as const, n: 1 });
  const factors = ['p', 'q'].map((path) => ({ part: 'list' as const, path, values: [] }));
  const points = values.map(([a, b], point) => ({
    point,
    values: [`${point % 3}`, `word${point % 2}`],
    done: 1,
    failed: 0,
    metrics: { 'wait.mean': metric(a), 'gpu.utilized.mean': metric(b) },
  }));
  const results = { design: { factors, samples: 1, seed: 1 }, points };
  return modelOf({ manifest: { seeds: [1] }, results, notes: [] } as unknown as ReadSweep);
}

const few = fc.option(fc.integer({ min: 0, max: 4 }), { nil: null });
const pairs = fc.array(fc.tuple(few, few), { minLength: 1, maxLength: 12 });

test('the front is of the points that no other is at least as good as in both, by every pair', () => {
  fc.assert(
    fc.property(pairs, fc.boolean(), fc.boolean(), (values, isXHigher, isYHigher) => {
      const model = madeModel(values);
      const criteria = [
        { metric: 'wait.mean', better: isXHigher ? 'higher' : 'lower' },
        { metric: 'gpu.utilized.mean', better: isYHigher ? 'higher' : 'lower' },
      ] as const;
      const found = tradeOffOf(model, criteria, new Uint8Array(values.length).fill(1));
      const gains = values.flatMap(([a, b], p) =>
        a === null || b === null ? [] : [{ p, x: isXHigher ? a : -a, y: isYHigher ? b : -b }],
      );
      const front = gains.filter(
        (one) => !gains.some((two) => two.x >= one.x && two.y >= one.y && (two.x > one.x || two.y > one.y)),
      );
      expect([...(found?.front ?? [])].sort((a, b) => a - b)).toEqual(front.map(({ p }) => p));
    }),
  );
});

test('a point is kept where all of its values are within the ranges; one without a value is not', () => {
  const end = fc.oneof(fc.integer({ min: -1, max: 5 }), fc.constantFrom(-Infinity, Infinity));
  fc.assert(
    fc.property(pairs, end, end, (values, a, b) => {
      const model = madeModel(values);
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const kept = keptOf(model, new Map([['wait.mean', [low, high] as const]]));
      const isKnown = values.some(([value]) => value !== null);
      expect([...kept]).toEqual(
        values.map(([value]) => (!isKnown || (value !== null && value >= low && value <= high) ? 1 : 0)),
      );
    }),
  );
});

test('a cell is the mean of the points that are kept and have both values, with their count', () => {
  fc.assert(
    fc.property(pairs, (values) => {
      const model = madeModel(values);
      const [p, q] = model.factors;
      const metric = model.axis('wait.mean');
      if (p === undefined || q === undefined || metric === undefined) return;
      const kept = Uint8Array.from(values, (_, i) => (i % 4 === 3 ? 0 : 1));
      const heat = heatOf(p, q, metric, kept);
      for (const [column, name] of p.names.entries())
        for (const [row, word] of q.names.entries()) {
          const own = values.flatMap(([value], i) =>
            kept[i] === 1 && value !== null && `${i % 3}` === name && `word${i % 2}` === word ? [value] : [],
          );
          const cell = heat.cells[row * p.names.length + column];
          expect(cell?.points.length ?? 0).toBe(own.length);
          if (own.length > 0) expect(cell?.mean).toBeCloseTo(own.reduce((a, b) => a + b) / own.length, 9);
        }
    }),
  );
});

test('the table has each point that is kept once, in order, those without a value last', () => {
  fc.assert(
    fc.property(pairs, fc.boolean(), (values, isDown) => {
      const model = madeModel(values);
      const kept = Uint8Array.from(values, (_, i) => (i % 5 === 2 ? 0 : 1));
      const order = orderOf(model, kept, { by: 'wait.mean', isDown });
      expect([...order].sort((a, b) => a - b)).toEqual(values.flatMap((_, p) => (kept[p] === 1 ? [p] : [])));
      const shown = order.map((p) => values[p]?.[0] ?? null);
      const known = shown.filter((value) => value !== null);
      expect(shown.slice(known.length).every((value) => value === null)).toBe(true);
      expect(known).toEqual(known.toSorted((a, b) => (isDown ? b - a : a - b)));
    }),
  );
});

describe('What is looked at', () => {
  test('goes into a link as numbers and back', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(60), { maxLength: 40 }), (numbers) => {
        const sorted = numbers.sort((a, b) => a - b);
        expect(numbersOf(listText(sorted))).toEqual(sorted);
      }),
    );
    expect(listText([1, 2, 3, 7])).toBe('1-3,7');
    const many = Array.from({ length: 5000 }, (_, i) => 2 * i);
    expect(listText(many).length).toBeLessThan(1000);
    expect(many.slice(0, 100)).toEqual(numbersOf(listText(many)).slice(0, 100));
  });

  test('of ranges keeps the ends that are open, and what no page wrote gives no range', () => {
    const model = madeModel([
      [1, 2],
      [3, 4],
    ]);
    const read = (text: string) => lookOf(model, { 'range.wait.mean': text }).ranges.get('wait.mean');
    for (const range of [
      [1, 2],
      [-Infinity, 2.5],
      [0, Infinity],
      [-3, -1],
    ] as const)
      expect(read(rangeText(range))).toEqual(range);
    for (const wrong of ['', '1', 'a~b', '5~1', '1~2~3', 'NaN~']) expect(read(wrong)).toBeUndefined();
    expect(lookOf(model, { 'range.no.such': '1~2' }).ranges.size).toBe(0);
  });

  test('is what tells most where nothing is said, and never something that the sweep does not have', () => {
    const model = madeModel([
      [1, 2],
      [3, 4],
      [0, 1],
    ]);
    const first = lookOf(model, {});
    expect(first.metrics).toEqual(['wait.mean', 'gpu.utilized.mean']);
    expect(first.tradeOff?.map(({ better }) => better)).toEqual(['lower', 'higher']);
    expect(betterOf('gpu.utilized.mean')).toBe('higher');
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom('p', 'q', 'wait.mean', '-wait.mean', 'wait.mean:higher', '0-9'),
    );
    const word = fc.constantFrom(
      'metrics',
      'across',
      'up',
      'cell',
      'x',
      'y',
      'sort',
      'points',
      'range.set:p',
    );
    fc.assert(
      fc.property(fc.dictionary(word, text), (said) => {
        const look = lookOf(model, said);
        expect(look.metrics.length).toBeGreaterThan(0);
        for (const metric of look.metrics) expect(model.metrics).toContain(metric);
        expect(new Set([look.map?.across, look.map?.up])).toEqual(new Set(['p', 'q']));
        for (const each of look.tradeOff ?? []) expect(['lower', 'higher']).toContain(each.better);
        for (const p of look.selected) expect(p).toBeLessThan(3);
      }),
    );
  });
});
