import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readOpenbPods } from '../../scenarios/importers/openb.ts';
import type { TaskRequest } from '../../sim/cluster/request.ts';
import { typicalMix } from '../../sim/workload/typical-mix.ts';
import { needsOpenbFiles, OPENB_FOLDER } from '../importers/openb-files.ts';

const request = (
  cpuMilli: number,
  gpuMilli: number,
  gpuCount: number,
  models: readonly string[] = [],
  memoryMib = 1,
): TaskRequest => ({ cpuMilli, memoryMib, gpuCount, gpuMilli, models });

interface Counted {
  readonly row: readonly [cpu: number, milli: number, count: number, models: string];
  readonly count: number;
}

/** The rule step by step: count by scanning, repeatedly take the most frequent of what is left. */
function slowMix(
  tasks: readonly TaskRequest[],
  percent: number,
): { row: Counted['row']; frequency: number }[] {
  const rows = tasks.map((t) => [t.cpuMilli, t.gpuMilli, t.gpuCount, t.models.join('|')] as const);
  const texts = rows.map((row) => JSON.stringify(row));
  let left: Counted[] = [...new Set(texts)].map((text) => ({
    row: JSON.parse(text) as Counted['row'],
    count: texts.filter((other) => other === text).length,
  }));
  const taken: Counted[] = [];
  let covered = 0;
  while (covered < (percent * tasks.length) / 100) {
    const first = left.reduce((a, b) => {
      if (a.count !== b.count) return a.count > b.count ? a : b;
      for (const i of [0, 1, 2, 3] as const) if (a.row[i] !== b.row[i]) return a.row[i] > b.row[i] ? a : b;
      return a;
    });
    taken.push(first);
    covered += first.count;
    left = left.filter((other) => other !== first);
  }
  return taken.map(({ row, count }) => {
    const frequency = count / tasks.length;
    return { row, frequency: left.length === 0 ? frequency : frequency / (covered / tasks.length) };
  });
}

const flat = (mix: ReturnType<typeof typicalMix>) =>
  mix.map(({ request: r, frequency }) => ({
    row: [r.cpuMilli, r.gpuMilli, r.gpuCount, r.models.join('|')],
    frequency,
  }));

describe('typicalMix', () => {
  test('takes shapes by frequency, then CPU, share, count and model text, until the share is covered', () => {
    const few = fc.record({
      cpuMilli: fc.constantFrom(1000, 2000),
      memoryMib: fc.nat(3),
      gpuCount: fc.constantFrom(1, 2),
      gpuMilli: fc.constantFrom(500, 1000),
      models: fc.constantFrom<string[]>([], ['G2'], ['T4', 'G2'], ['G2', 'T4'], ['G2', 'G2']),
    });
    fc.assert(
      fc.property(
        fc.array(few, { minLength: 1, maxLength: 40 }),
        fc.constantFrom(95, 60, 7, 29, 100),
        (tasks, percent) => {
          expect(flat(typicalMix(tasks, percent / 100))).toEqual(slowMix(tasks, percent));
        },
      ),
      { seed: 12, numRuns: 2000 },
    );
  });

  test('does not look at memory', () => {
    const mix = typicalMix([request(1000, 500, 1, [], 1), request(1000, 500, 1, [], 2)]);
    expect(mix).toEqual([{ request: request(1000, 500, 1, [], 0), frequency: 1 }]);
  });

  test('leaves frequencies as they are when nothing is cut, and scales them to sum 1 when it is', () => {
    const tasks = [...Array(9).fill(request(1000, 500, 1)), request(1, 500, 1)];
    expect(typicalMix(tasks, 1).map((typical) => typical.frequency)).toEqual([0.9, 0.1]);
    expect(typicalMix(tasks, 0.9).map((typical) => typical.frequency)).toEqual([1]);
  });

  test('counts a task with a weight that many times, and one of weight 0 not at all', () => {
    const [a, b, c] = [request(1000, 500, 1), request(2000, 500, 1), request(3000, 500, 1)];
    const weighted = typicalMix([
      { ...a, weight: 3 },
      { ...b, weight: 1 },
      { ...c, weight: 0 },
    ]);
    expect(weighted).toEqual(typicalMix([a, b, a, a]));
  });

  test('rejects a share out of range and an empty workload', () => {
    expect(() => typicalMix([request(1, 1, 1)], 0)).toThrow(/share must be above 0 and at most 1, got 0/);
    expect(() => typicalMix([request(1, 1, 1)], 95)).toThrow(RangeError);
    expect(() => typicalMix([])).toThrow(/there are no tasks/);
  });

  test('agrees with the slow rule on the published lists, with and without models', async (context) => {
    needsOpenbFiles(context);
    // The numbers of shapes were counted over the raw text of the files, not through the importer.
    for (const [name, shapes] of [
      ['default', 35],
      ['gpuspec33', 127],
    ] as const) {
      const { tasks } = await readOpenbPods(
        createReadStream(join(OPENB_FOLDER, `openb_pod_list_${name}.csv`)),
      );
      const mix = typicalMix(tasks);
      expect(flat(mix)).toEqual(slowMix(tasks, 95));
      expect(mix, name).toHaveLength(shapes);
      expect(mix.reduce((sum, typical) => sum + typical.frequency, 0)).toBeCloseTo(1, 12);
    }
  });
});
