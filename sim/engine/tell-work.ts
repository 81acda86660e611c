import type { CardWork, ClusterObserver, Job } from '../cluster/changes.ts';
import type { Micros } from '../kernel/time.ts';
import type { CardRun } from './card-run.ts';

/**
 * Passes on what cards do to the observers who ask for it, where it has changed, and for whom they do it; undefined where
 * nobody asks, so that nothing is looked at.
 *
 * @param jobAt the job on a seat of a card
 */
export function tellWork(
  observers: readonly ClusterObserver[],
  jobAt: (run: CardRun, seat: number) => Job,
): ((nowUs: number, run: CardRun) => void) | undefined {
  const asking = observers.filter(({ worked }) => worked !== undefined);
  const askingWho = observers.filter(({ workedFor }) => workedFor !== undefined);
  if (asking.length === 0 && askingWho.length === 0) return undefined;
  const told: { work: number; isBusy: boolean; link: number }[] = [];
  const shares = new Shares(jobAt);
  return (nowUs, run) => {
    if (askingWho.length > 0) {
      shares.lookAt(run);
      for (const observer of askingWho) observer.workedFor?.(nowUs as Micros, run.gpu, shares);
    }
    if (asking.length === 0) return;
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

/** Who does the work of one card: made once, looked at anew for each. */
class Shares implements CardWork {
  count = 0;
  readonly #bySeat: number[] = [];
  readonly #jobAt: (run: CardRun, seat: number) => Job;
  #run: CardRun | undefined;

  constructor(jobAt: (run: CardRun, seat: number) => Job) {
    this.#jobAt = jobAt;
  }

  lookAt(run: CardRun): void {
    this.#run = run;
    this.count = run.residents.count === 0 ? 0 : run.workBySeat(this.#bySeat);
  }

  job(i: number): Job {
    return this.#jobAt(this.#run as CardRun, i);
  }

  work(i: number): number {
    return this.#bySeat[i] as number;
  }
}
