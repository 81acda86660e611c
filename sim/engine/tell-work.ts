import type { ClusterObserver } from '../cluster/changes.ts';
import type { Micros } from '../kernel/time.ts';
import type { CardRun } from './card-run.ts';

/**
 * Passes on what cards do to the observers who ask for it, where it has changed; undefined where nobody asks, so that
 * nothing is looked at.
 */
export function tellWork(
  observers: readonly ClusterObserver[],
): ((nowUs: number, run: CardRun) => void) | undefined {
  const asking = observers.filter(({ worked }) => worked !== undefined);
  if (asking.length === 0) return undefined;
  const told: { work: number; isBusy: boolean; link: number }[] = [];
  return (nowUs, run) => {
    const work = run.utilization;
    const isBusy = run.residents.activeCount > 0;
    const link = run.linkBytesNow();
    let last = told[run.gpu];
    if (last === undefined) {
      last = { work: 0, isBusy: false, link: 0 };
      told[run.gpu] = last;
    }
    if (last.work === work && last.isBusy === isBusy && last.link === link) return;
    last.work = work;
    last.isBusy = isBusy;
    last.link = link;
    for (const observer of asking) observer.worked?.(nowUs as Micros, run.gpu, work, isBusy, link);
  };
}
