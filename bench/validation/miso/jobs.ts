import { exp, log } from '../../../sim/kernel/math.ts';
import { type RandomStream, RandomStreams } from '../../../sim/kernel/random.ts';

/** One job of the experiment. */
export interface MisoJob {
  readonly name: string;
  /** Key of the speeds. */
  readonly program: string;
  readonly arrivalUs: number;
  /** Time alone on the whole card. */
  readonly workUs: number;
}

/** What the authors' lists say of each job, by its number. */
export interface MisoLists {
  readonly programs: Readonly<Record<string, string>>;
  readonly seconds: Readonly<Record<string, number>>;
}

/**
 * Gaps between arrivals. `poisson-process`: exponential, the usual reading of Poisson arrivals. `authors`: whole seconds
 * drawn from a Poisson distribution, which their program does; nearly even gaps.
 */
export type Gaps = 'poisson-process' | 'authors';

const MEAN_GAP_SEC = 60;

/** The jobs in a random order; while no more than a third of them have come the mean gap is half as long. */
export function jobsOf({ programs, seconds }: MisoLists, seed: number, gaps: Gaps): MisoJob[] {
  const streams = new RandomStreams(seed);
  const gap = streams.stream('arrival-gap');
  const order = Object.keys(seconds);
  streams.stream('job-order').shuffle(order);
  let arrivalSec = 0;
  return order.map((number, i) => {
    const mean = i <= Math.floor(order.length / 3) ? MEAN_GAP_SEC / 2 : MEAN_GAP_SEC;
    arrivalSec += gaps === 'authors' ? poisson(mean, gap) : -mean * log(1 - gap.next());
    return {
      name: `job-${number}`,
      program: programs[number] as string,
      arrivalUs: Math.round(arrivalSec * 1e6),
      workUs: Math.round((seconds[number] as number) * 1e6),
    };
  });
}

/** Knuth's product of uniforms: exact, and fast enough for small means. */
function poisson(mean: number, stream: RandomStream): number {
  const limit = exp(-mean);
  let count = -1;
  for (let product = 1; product > limit; count++) product *= stream.next();
  return count;
}
