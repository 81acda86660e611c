import { MAX_SEED } from '../limits.ts';
import type { Finding } from '../problem.ts';
import type { CheckContext } from './context.ts';

/** Replications run with seed, seed + 1, ...: beyond the largest seed, two of them would be one and the same run. */
export function checkSeeds({ sound }: CheckContext): readonly Finding[] {
  const { seed = 1, replications = 1 } = sound;
  const most = MAX_SEED - (replications - 1);
  if (seed <= most) return [];
  return [
    { path: ['seed'], message: `must be at most ${most} for ${replications} replications, got ${seed}` },
  ];
}
