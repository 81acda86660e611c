import type { Need } from './needs.ts';

/** Who holds which licences from when to when. */
export interface StayOfSeats {
  readonly seats: readonly Need[];
  readonly fromUs: number;
  readonly toUs: number;
}

/**
 * The first instant from `startUs` on at which these licences are free for so long beside all stays; Infinity: none.
 *
 * @param total of a pool, as many as there are to be had; below 0 where nobody knows
 * @param later of a pool, the same from later instants on, by time
 */
export function freeFrom(
  needs: readonly Need[],
  startUs: number,
  spanUs: number,
  stays: readonly StayOfSeats[],
  total: (pool: number) => number,
  later: (pool: number) => readonly Later[] = () => [],
): number {
  const wanted = new Map<number, Need[]>();
  for (const need of needs) {
    const of = wanted.get(need.pool);
    if (of === undefined) wanted.set(need.pool, [need]);
    else of.push(need);
  }
  let fromUs = startUs;
  for (;;) {
    let nextUs = fromUs;
    for (const [pool, of] of wanted) {
      nextUs = Math.max(nextUs, freeInPool(pool, of, fromUs, spanUs, stays, total(pool), later(pool)));
    }
    if (nextUs === fromUs || nextUs === Number.POSITIVE_INFINITY) return nextUs;
    fromUs = nextUs;
  }
}

/** How many licences there are from an instant on. */
interface Later {
  readonly atUs: number;
  readonly entitled: number;
}

/** What comes or goes at an instant. */
interface Step {
  readonly atUs: number;
  readonly gpu: number;
  readonly by: 1 | -1;
}

/** The first instant from `fromUs` on at which licences of one pool are free for so long: one sweep over time. */
function freeInPool(
  pool: number,
  wanted: readonly Need[],
  fromUs: number,
  spanUs: number,
  stays: readonly StayOfSeats[],
  total: number,
  later: readonly Later[],
): number {
  const steps: Step[] = [];
  for (const stay of stays) {
    if (stay.toUs <= fromUs || stay.toUs <= stay.fromUs) continue;
    for (const seat of stay.seats) {
      if (seat.pool !== pool || seat.isOutside) continue;
      steps.push({ atUs: Math.max(fromUs, stay.fromUs), gpu: seat.gpu, by: 1 });
      if (stay.toUs < Number.POSITIVE_INFINITY) steps.push({ atUs: stay.toUs, gpu: seat.gpu, by: -1 });
    }
  }
  steps.sort((a, b) => a.atUs - b.atUs);
  const usage = new Usage(wanted);
  let startUs = fromUs;
  let next = 0;
  for (let atUs = fromUs; atUs < startUs + spanUs; ) {
    for (; next < steps.length && (steps[next] as Step).atUs <= atUs; next++) usage.add(steps[next] as Step);
    let change = 0;
    while ((later[change]?.atUs ?? Number.POSITIVE_INFINITY) <= atUs) change += 1;
    const untilUs = Math.min(
      steps[next]?.atUs ?? Number.POSITIVE_INFINITY,
      later[change]?.atUs ?? Number.POSITIVE_INFINITY,
    );
    // Whoever starts before it is otherwise again meets this.
    if (usage.withWanted > (later[change - 1]?.entitled ?? total)) startUs = untilUs;
    if (untilUs === Number.POSITIVE_INFINITY) return startUs;
    atUs = untilUs;
  }
  return startUs;
}

/** How many licences are out at an instant, and how many with those that are wanted: machines one by one, GPUs once each. */
class Usage {
  readonly #ofGpu = new Map<number, number>();
  #count = 0;

  constructor(wanted: readonly Need[]) {
    for (const { gpu } of wanted) this.add({ gpu, by: 1 });
  }

  get withWanted(): number {
    return this.#count;
  }

  add({ gpu, by }: Pick<Step, 'gpu' | 'by'>): void {
    if (gpu < 0) {
      this.#count += by;
      return;
    }
    const before = this.#ofGpu.get(gpu) ?? 0;
    this.#ofGpu.set(gpu, before + by);
    if (before === 0) this.#count += 1;
    else if (before + by === 0) this.#count -= 1;
  }
}
