import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { gavelSections } from '../../bench/validation/gavel/sections.ts';
import { fifoPerf } from '../../bench/validation/gavel/twin.ts';
import { isMissed } from '../../bench/validation/sharing/table.ts';

const folder = fileURLToPath(new URL('../../../shared/traces/gavel/', import.meta.url));

test.skipIf(!existsSync(folder))(
  'fifo_perf comes out near every published rate (skipped where ../shared/traces/gavel is missing)',
  { timeout: 60_000 },
  async () => {
    // The product at one rate below the knee and one beyond; all of them are for the validation run.
    const [product, plain] = await gavelSections(folder, ({ jobsPerHour }) =>
      [2.4, 5.2].includes(jobsPerHour),
    );
    expect([product?.rows.length, plain?.rows.length]).toEqual([3, 12]);
    const rows = [...(product?.rows ?? []), ...(plain?.rows ?? [])];
    expect(rows.filter(isMissed).map(({ name }) => name)).toEqual([]);
  },
);

test('fifo_perf by hand: the fastest free type in order of arrival, whole steps a round, anew each round', () => {
  // One GPU of each of two types. 1.001 steps/s do 360 whole steps in a round, 0.5 do 180.
  const job = (arrivalUnit: number, steps: number) => ({ arrivalUnit, steps, throughputs: [0.5, 1.001] });
  const hours = fifoPerf([job(0, 500), job(0, 300), job(0, 90)], [1, 1], 1, 3);
  // Job 0: 360 steps in round 0, the last 140 in round 1. Job 1: 180 on the slow type in round 0 and, as job 0 has the fast
  // one again, the last 120 on it in round 1. Job 2 waits for round 2 and has the fast type.
  expect(hours[0]! * 3600).toBeCloseTo(360 + 140 / 1.001, 9);
  expect(hours[1]! * 3600).toBeCloseTo(360 + 120 / 0.5, 9);
  expect(hours[2]! * 3600).toBeCloseTo(720 + 90 / 1.001, 9);
});
