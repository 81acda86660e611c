import { allox } from './allox.ts';
import { finishTime } from './finish-time.ts';
import { makespan } from './makespan.ts';
import { maxMin } from './max-min.ts';
import { TIME_SHARE_NAMES, type TimeShareName } from './names.ts';
import type { TimeSharePolicy } from './policy.ts';
import { throughput } from './throughput.ts';
import { waterFilling } from './water-filling.ts';

const byName: Readonly<Record<TimeShareName, TimeSharePolicy>> = {
  'max-min': maxMin,
  'water-filling': waterFilling,
  'finish-time': finishTime,
  makespan,
  throughput,
  allox,
};

/** All policies that divide GPU time, in listing order. */
export const TIME_SHARE_POLICIES: readonly TimeSharePolicy[] = TIME_SHARE_NAMES.map((name) => byName[name]);

/** The policy of that name. */
export function timeSharePolicy(name: TimeShareName): TimeSharePolicy {
  return byName[name];
}
