import type { Placer } from '../../policies/placement/placer.ts';
import type { FillRule } from '../../policies/queueing/names.ts';
import type { RunContext } from '../run-context.ts';
import type { Scheduler } from '../scheduler.ts';
import type { BackfillGuard } from '../scheduling.ts';
import { ConservativeGuard } from './conservative.ts';
import { EasyGuard } from './easy.ts';
import { type BackfillOptions, DEFAULT_BACKFILL } from './expected.ts';

export { type BackfillOptions, DEFAULT_BACKFILL } from './expected.ts';

/** What guards passed-over jobs under a fill rule, for a pool that places with `placer`; undefined where nobody does. */
export function guardFor(
  fill: FillRule,
  { fleet }: Pick<RunContext, 'fleet'>,
  placer: Placer,
  options: BackfillOptions = DEFAULT_BACKFILL,
): ((scheduler: Scheduler) => BackfillGuard) | undefined {
  switch (fill) {
    case 'easy':
      return (scheduler) => new EasyGuard(fleet, placer, scheduler, options);
    case 'conservative':
      return (scheduler) => new ConservativeGuard(fleet, placer, scheduler, options);
    case 'block':
    case 'skip':
      return undefined;
  }
}
