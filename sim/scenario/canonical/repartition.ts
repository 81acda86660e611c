import type { RepartitionDocument } from '../schema/repartition.ts';
import { canonicalDuration } from './distribution.ts';

/** The section with every default written out; keys of other policies are not there. */
export function canonicalRepartition(written: RepartitionDocument) {
  return written.map((rule) => {
    const { policy } = rule;
    const hosts = typeof rule.hosts === 'string' ? [rule.hosts] : [...rule.hosts];
    const creation = rule.creation ?? (policy === 'defragment' ? 'driver' : 'chosen');
    if (policy === 'on-demand') return { hosts, policy, creation };
    const reviews = {
      every: rule.every == null ? null : canonicalDuration(rule.every),
      atUnserved: rule.atUnserved ?? true,
      gap: canonicalDuration(rule.gap ?? '0s'),
    };
    const horizon = canonicalDuration(rule.horizon ?? '1h');
    if (policy === 'periodic') {
      return {
        hosts,
        policy,
        creation,
        ...reviews,
        atChange: rule.atChange ?? false,
        running: rule.running ?? 'wait',
        migrate: rule.migrate ?? null,
        patience: rule.patience === null ? null : canonicalDuration(rule.patience ?? '1h'),
        runningWeight: rule.runningWeight ?? 1,
        horizon,
      };
    }
    return {
      hosts,
      policy,
      creation,
      ...reviews,
      gainPerCost: rule.gainPerCost ?? 1,
      maxMoves: rule.maxMoves ?? 2,
      horizon,
      migrate: rule.migrate ?? null,
    };
  });
}

export type CanonicalRepartition = ReturnType<typeof canonicalRepartition>;
