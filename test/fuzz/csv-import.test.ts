import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ImportReport } from '../../scenarios/importers/import-report.ts';
import { readOpenbNodes, readOpenbPods } from '../../scenarios/importers/openb.ts';

const POD_HEADER =
  'name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time';
const NODE_HEADER = 'sn,cpu_milli,memory_mib,gpu,model';

/** What a damaged or hand-edited trace may hold in a field. */
const cell = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('0', '1', '1000', '8', '99', 'openb-pod-1', '', 'T4|G2') },
  { weight: 1, arbitrary: fc.integer().map(String) },
  { weight: 1, arbitrary: fc.double().map(String) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...[
        'NaN',
        'Infinity',
        '-0',
        '+1',
        '1e3',
        '0x10',
        '1_000',
        '1,000',
        '"1"',
        '"1',
        '1"',
        '""',
        '"',
        '"a\nb"',
      ],
      ...[
        '\0',
        '\uFEFF',
        '\uFFFD',
        '\r',
        ' 7 ',
        '__proto__',
        'constructor',
        '９',
        '1.0',
        '9007199254740993',
        'null',
      ],
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
);
const row = fc.oneof(
  { weight: 4, arbitrary: fc.array(cell, { minLength: 11, maxLength: 11 }).map((cells) => cells.join(',')) },
  { weight: 2, arbitrary: fc.array(cell, { maxLength: 14 }).map((cells) => cells.join(',')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
);

function expectCleanReport(report: ImportReport, given: number): void {
  expect(report.kept + report.badCount).toBe(report.rows);
  expect(given).toBe(report.refused === undefined ? report.kept : 0);
  expect(report.badCellCount).toBeGreaterThanOrEqual(report.badCount);
  expect(report.bad).toHaveLength(Math.min(report.badCellCount, 1000));
  for (const bad of report.bad) {
    expect(bad.line).toBeGreaterThan(1);
    expect(bad.value.length).toBeLessThanOrEqual(80);
    expect(bad.message).toMatch(/^must /);
  }
}

test('10,000 random malformed rows give clean reports and never throw', async () => {
  const files = fc.sample(fc.array(row, { minLength: 25, maxLength: 25 }), { seed: 7, numRuns: 400 });
  let kept = 0;
  let bad = 0;
  for (const rows of files) {
    const { tasks, report } = await readOpenbPods([POD_HEADER, '\n', rows.join('\n')]);
    expectCleanReport(report, tasks.length);
    kept += report.kept;
    bad += report.badCount;
    for (const task of tasks) {
      expect(Number.isSafeInteger(task.cpuMilli) && Number.isSafeInteger(task.memoryMib)).toBe(true);
      expect(task.gpuCount === 0 ? task.gpuMilli === 0 : task.gpuMilli >= 1 && task.gpuMilli <= 1000).toBe(
        true,
      );
    }
  }
  expect(bad).toBeGreaterThan(5000); // the rows are indeed malformed
  expect(kept).toBeGreaterThan(0); // and not all of them
});

test('random bytes in place of a file give a reason, not an exception', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 4 }), async (pieces) => {
      const { tasks, report } = await readOpenbPods(pieces);
      expect(tasks).toEqual([]);
      expect(report.refused).toMatch(/./);
    }),
    { seed: 8, numRuns: 1000 },
  );
});

test('a strict import gives all rows or none', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 3 }), fc.boolean(), async (rows, strict) => {
      const text = `${NODE_HEADER}\n${rows.join('\n')}\nn,1,1,1,T4`;
      const { hosts, report } = await readOpenbNodes([text], { strict });
      expectCleanReport(report, hosts.length);
      expect(report.refused !== undefined).toBe(strict && report.badCount > 0);
    }),
    { seed: 9, numRuns: 1000 },
  );
});
