import { expect, test } from 'vitest';
import type { RunningRule } from '../../sim/engine/repartition/setup.ts';
import { WaitLedger } from '../../sim/observe/wait-ledger.ts';
import { Waterfall } from '../../sim/observe/waterfall/waterfall.ts';
import { PERIODIC, runCards } from '../repartition/card-run.ts';

/** GPU-seconds by bucket and cause of one card in two halves, of which a job wants the whole, and what the engine counts. */
function run(running: RunningRule) {
  let waterfall: Waterfall | undefined;
  const { counts } = runCards({
    layout: ['3g.20gb@0', '3g.20gb@4'],
    isBySlices: true,
    policy: { ...PERIODIC, running },
    jobs: [
      // On a half it does 3/7 of a second's work in a second.
      { name: 'small', at: 0, runs: 42, profile: '3g.20gb' },
      { name: 'large', at: 10, runs: 100, profile: '7g.40gb' },
    ],
    // Before the card is cut back for whoever waits.
    horizon: 100,
    books: (fleet) => {
      const own = new Waterfall(fleet, 0, [[0]]);
      waterfall = own;
      const waits = new WaitLedger(fleet, 0, [[0]], own);
      return { work: own, waits, observers: [waits, own] };
    },
  });
  const sums: Record<string, number> = {};
  for (const { bucket, cause, amount } of (waterfall as Waterfall | undefined)?.lines() ?? []) {
    sums[`${bucket} ${cause}`] = (sums[`${bucket} ${cause}`] ?? 0) + Number(amount) / 1e12;
  }
  return { sums, closedSec: (counts?.closedGpuUs ?? 0) / 1e6 };
}

// An A100 deletes a half in 0.21 s and creates the whole in 0.24 s (RL_MIG_scheduler).
test('What a cut has stopped is work done again, and no part of what the cut closes', () => {
  const { sums, closedSec } = run('stop');
  // The idle half goes at 10 s, the job is stopped at 10.21 s, its half goes and the whole stands at 10.66 s.
  const closed = (0.21 * 3 + 0.45 * 6) / 7;
  expect(closedSec).toBeCloseTo(closed, 9);
  expect(sums['changing repartition']).toBeCloseTo(closed, 6);
  // Jobs of these runs use a hundredth of the card at full speed, and 4,286 millionths on a half.
  const redone = sums['redone repartition'] as number;
  expect(redone).toBeCloseTo((0.01 * 10.21 * 3) / 7, 9);
  expect((sums['useful work'] as number) + redone).toBeCloseTo(0.004286 * 10.21 + 0.01 * (100 - 10.66), 9);
});

test('Sevenths of a card are booked in whole millionths of a GPU for as long as they are closed', () => {
  const { sums, closedSec } = run('wait');
  // The idle half is closed from 10 s until the job ends at 98 s, both halves until the whole stands at 98.45 s.
  expect(closedSec).toBeCloseTo((88 * 3 + 0.45 * 6) / 7, 9);
  expect(sums['changing repartition']).toBeCloseTo(88 * 0.428571 + 0.45 * 0.857143, 9);
  expect(sums['redone repartition']).toBeUndefined();
});
