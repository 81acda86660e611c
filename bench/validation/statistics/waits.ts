import { log } from '../../../sim/kernel/math.ts';
import { RandomStream } from '../../../sim/kernel/random.ts';

/** Waits of M/M/1 with mean service 1 from empty, the first `dropped` left out. */
export function waits(load: number, customers: number, seed: number, dropped = 1000): number[] {
  const gaps = RandomStream.named(seed, 'gaps');
  const services = RandomStream.named(seed, 'services');
  const found: number[] = [];
  let wait = 0;
  for (let i = 0; i < customers + dropped; i++) {
    if (i >= dropped) found.push(wait);
    wait = Math.max(0, wait - log(services.nextOpen()) + log(gaps.nextOpen()) / load);
  }
  return found;
}

/** The p-quantile of those waits in the steady state. */
export const waitQuantile = (load: number, p: number) =>
  p <= 1 - load ? 0 : -log((1 - p) / load) / (1 - load);

let missed = 0;

/** Prints a number beside its bounds. */
export function row(what: string, value: number, low: number, high: number): void {
  const isIn = value >= low && value <= high;
  if (!isIn) missed += 1;
  console.log(
    `${isIn ? 'ok  ' : 'MISS'} ${what.padEnd(84)} ${Number(value.toPrecision(4))} (${low} to ${high})`,
  );
}

/** Rows outside their bounds so far. */
export const missedRows = () => missed;
