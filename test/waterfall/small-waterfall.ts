import type { Fleet } from '../../sim/cluster/fleet.ts';
import { WaitLedger } from '../../sim/observe/wait-ledger.ts';
import { Waterfall } from '../../sim/observe/waterfall/waterfall.ts';
import { runSmall, type SmallRun } from '../queueing/pool-run.ts';

/** GPU-seconds of a hand-made run by bucket and cause, `geometry gpu-room`: exact, so that they can be worked out by hand. */
export function waterfallOf(setup: SmallRun): Record<string, number> {
  let waterfall: Waterfall | undefined;
  runSmall({
    ...setup,
    books: (fleet: Fleet, hosts) => {
      const own = new Waterfall(fleet, 0, [hosts]);
      waterfall = own;
      const waits = new WaitLedger(fleet, 0, [hosts], own);
      return { work: own, waits, observers: [waits, own] };
    },
  });
  const found = waterfall as Waterfall;
  const sums: Record<string, number> = {};
  let all = 0n;
  for (const { bucket, cause, amount } of found.lines()) {
    all += amount;
    const key = bucket === cause ? bucket : `${bucket} ${cause}`;
    sums[key] = (sums[key] ?? 0) + Number(amount) / 1e12;
  }
  if (all !== found.capacity()) throw new Error(`${all} is not ${found.capacity()}`);
  return sums;
}
