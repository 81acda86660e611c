import type { Ring } from './ring.ts';
import type { SliceRules } from './rules.ts';

/**
 * Runs a ring whose tenants take turns while they have work: the next turn goes to the first tenant after the last one
 * that has work at that instant. A turn ends when its slice is used up (at the first end of a kernel at or after that),
 * or when its tenant has no work left. Runs until the ring is past its horizon.
 *
 * As long as nobody finishes or comes and every turn has its full length, all turns of a cycle are alike, and whole
 * cycles are taken in one step. What a turn does is arithmetic too, however many kernels it runs.
 */
export function runBestEffort(ring: Ring, rules: SliceRules): void {
  const { sliceUs, switchUs, averaging } = rules;
  const { count, workUs, submitUs, kernelUs, owedUs } = ring;
  let now = 0;
  let last = count - 1;
  /** Whose work the card has loaded; -1: nobody's yet. */
  let loaded = -1;
  let earliestSubmit = ring.earliestSubmit();
  let busy = workUs.reduce((sum, work) => sum + (work > 0 ? 1 : 0), 0);
  /** Turns until jumping is worth another try: once a cycle, so that trying costs O(1) a turn. */
  let turnsToJump = 0;

  while (ring.open > 0) {
    if (earliestSubmit <= now) {
      for (let i = 0; i < count; i++) {
        if ((submitUs[i] as number) > now) continue;
        ring.submit(i);
        busy += 1;
      }
      earliestSubmit = ring.earliestSubmit();
      turnsToJump = 0;
    }
    if (busy === 0) {
      now = earliestSubmit;
      continue;
    }
    if (turnsToJump === 0) {
      jump();
      turnsToJump = busy;
      if (earliestSubmit <= now) continue;
    }
    turnsToJump -= 1;
    turn();
  }

  function nextWithWork(after: number): number {
    let i = after;
    do i = i + 1 === count ? 0 : i + 1;
    while (workUs[i] === 0);
    return i;
  }

  function turn(): void {
    const i = nextWithWork(last);
    last = i;
    let sliceLeft = sliceUs;
    if (averaging > 0) {
      const givenBack = Math.min(sliceUs, Math.floor((owedUs[i] as number) / averaging));
      owedUs[i] = (owedUs[i] as number) - givenBack;
      sliceLeft -= givenBack;
    }
    const lost = loaded === i || loaded < 0 ? 0 : switchUs;
    sliceLeft -= lost;
    // Nothing would be left after the switch: the tenant is passed over and the card stays as it is.
    if (sliceLeft <= 0) return;
    loaded = i;
    now += lost;
    const kernel = kernelUs[i] as number;
    do {
      const chunk = kernel === 0 ? sliceLeft : Math.ceil(sliceLeft / kernel) * kernel;
      const work = workUs[i] as number;
      if (work > chunk) {
        workUs[i] = work - chunk;
        now += chunk;
        sliceLeft -= chunk;
        break;
      }
      workUs[i] = 0;
      now += work;
      sliceLeft -= work;
      ring.finish(i, now);
      turnsToJump = 0;
      const next = submitUs[i] as number;
      if (next > now) {
        busy -= 1;
        if (next < earliestSubmit) earliestSubmit = next;
        break;
      }
      ring.submit(i);
    } while (sliceLeft > 0);
    if (sliceLeft < 0 && averaging > 0) owedUs[i] = (owedUs[i] as number) - sliceLeft;
  }

  /** Takes as many whole cycles as go by before anybody finishes or comes; none where turns are not all alike. */
  function jump(): void {
    const first = nextWithWork(last);
    const lost = busy > 1 ? switchUs : 0;
    // The first turn of a cycle must begin with a switch if the others do.
    if (loaded < 0 || (loaded === first) !== (busy === 1)) return;
    const run = sliceUs - lost;
    let cycleUs = 0;
    let cycles = Infinity;
    let end = first;
    for (let i = first, k = 0; k < busy; k++, i = nextWithWork(i)) {
      const kernel = kernelUs[i] as number;
      const gain = kernel === 0 ? run : Math.ceil(run / kernel) * kernel;
      if (averaging > 0 && (gain !== run || (owedUs[i] as number) >= averaging)) return;
      cycles = Math.min(cycles, Math.floor(((workUs[i] as number) - 1) / gain));
      if (cycles === 0) return;
      cycleUs += lost + gain;
      end = i;
    }
    cycles = Math.min(cycles, Math.floor((earliestSubmit - now) / cycleUs));
    if (cycles === 0) return;
    for (let i = first, k = 0; k < busy; k++, i = nextWithWork(i)) {
      const kernel = kernelUs[i] as number;
      workUs[i] = (workUs[i] as number) - cycles * (kernel === 0 ? run : Math.ceil(run / kernel) * kernel);
    }
    now += cycles * cycleUs;
    last = end;
    loaded = end;
  }
}
