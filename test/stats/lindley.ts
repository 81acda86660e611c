import { log } from '../../sim/kernel/math.ts';
import { RandomStream } from '../../sim/kernel/random.ts';

/** Waits of successive customers of an M/M/1 queue with mean service 1 that starts empty, by Lindley's recursion. */
export function mm1Waits(load: number, customers: number, seed: number): number[] {
  const gaps = RandomStream.named(seed, 'gaps');
  const services = RandomStream.named(seed, 'services');
  let wait = 0;
  return Array.from({ length: customers }, () => {
    const now = wait;
    wait = Math.max(0, wait - log(services.nextOpen()) + log(gaps.nextOpen()) / load);
    return now;
  });
}

/** Mean wait of M/M/1 with mean service 1. */
export const mm1Mean = (load: number) => load / (1 - load);

/** A standard normal number, by Marsaglia's polar method. */
export function normal(random: RandomStream): number {
  for (;;) {
    const u = 2 * random.next() - 1;
    const v = 2 * random.next() - 1;
    const s = u * u + v * v;
    if (s > 0 && s < 1) return u * Math.sqrt((-2 * log(s)) / s);
  }
}
