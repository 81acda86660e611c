import type { Ring } from './ring.ts';
import type { SliceRules } from './rules.ts';

/**
 * Runs a ring whose tenants keep their slots: slot i of the cycle is tenant i's, the others are nobody's, and a slot
 * passes whether its tenant has work or not. Within its slot a tenant runs whenever it has work. Kernels that run over
 * push all later slots back, and the tenant's own later slots are shortened by what it owes. Runs until the ring is past
 * its horizon.
 *
 * @param slots in the cycle, at least one for each tenant
 */
export function runKeptSlots(ring: Ring, rules: SliceRules, slots: number): void {
  if (nobodyRunsOver(ring, rules, slots)) runApart(ring, rules, slots);
  else runSlotBySlot(ring, rules, slots);
}

/** Whether every slot has its full length and ends on time. */
function nobodyRunsOver(ring: Ring, rules: SliceRules, slots: number): boolean {
  const run = rules.sliceUs - (slots > 1 ? rules.switchUs : 0);
  return ring.kernelUs.every((kernel, i) => {
    const owes = rules.averaging > 0 && (ring.owedUs[i] as number) >= rules.averaging;
    return !owes && (kernel === 0 || (ring.workUs[i] === Infinity && run % kernel === 0));
  });
}

/** Slots never move, so that the end of a frame follows from its begin and its work, whatever the others do. */
function runApart(ring: Ring, rules: SliceRules, slots: number): void {
  const { sliceUs } = rules;
  const { count, workUs, submitUs } = ring;
  const lost = slots > 1 ? rules.switchUs : 0;
  const run = sliceUs - lost;
  const cycleUs = slots * sliceUs;
  const doneUs = new Float64Array(count).fill(Infinity);
  for (let i = 0; i < count; i++) schedule(i);

  while (ring.open > 0) {
    let first = 0;
    for (let i = 1; i < count; i++) if ((doneUs[i] as number) < (doneUs[first] as number)) first = i;
    const at = doneUs[first] as number;
    workUs[first] = 0;
    ring.finish(first, at);
    schedule(first);
  }

  function schedule(i: number): void {
    const from = submitUs[i] as number;
    if (from === Infinity) return;
    ring.submit(i);
    doneUs[i] = end(i * sliceUs, from, workUs[i] as number);
  }

  /** @param firstSlotUs start of the tenant's slot in cycle 0 */
  function end(firstSlotUs: number, from: number, work: number): number {
    if (slots === 1) return from + work;
    const slotStart = firstSlotUs + Math.floor((from - firstSlotUs) / cycleUs) * cycleUs;
    const start = Math.max(from, slotStart + lost);
    const left = slotStart + sliceUs - start;
    if (work <= left) return start + work;
    const rest = work - Math.max(0, left);
    const fullCycles = Math.ceil(rest / run) - 1;
    return slotStart + (fullCycles + 1) * cycleUs + lost + rest - fullCycles * run;
  }
}

/** Goes from one slot in which anything happens to the next. */
function runSlotBySlot(ring: Ring, rules: SliceRules, slots: number): void {
  const { sliceUs, averaging } = rules;
  const { count, workUs, submitUs, kernelUs, owedUs } = ring;
  const lost = slots > 1 ? rules.switchUs : 0;
  const cycleUs = slots * sliceUs;
  /** The slot that begins now. */
  let slot = 0;
  let now = 0;

  while (ring.open > 0) {
    let owner = slot;
    let at = slot < count ? firstLiveSlot(slot) : Infinity;
    // On a busy card something happens in every slot: only otherwise the next such slot has to be looked for.
    for (let i = 0; at !== now && i < count; i++) {
      const start = firstLiveSlot(i);
      if (start < at) {
        at = start;
        owner = i;
      }
    }
    now = passSlot(owner, at);
    slot = owner + 1 === slots ? 0 : owner + 1;
  }

  /** Start of the first slot of the tenant that has work or is shortened, if those before it have their full length. */
  function firstLiveSlot(i: number): number {
    const ahead = i - slot;
    const start = now + (ahead < 0 ? ahead + slots : ahead) * sliceUs;
    if ((workUs[i] as number) > 0 || (averaging > 0 && (owedUs[i] as number) >= averaging)) return start;
    const late = (submitUs[i] as number) - (start + sliceUs);
    return late < 0 ? start : start + (Math.floor(late / cycleUs) + 1) * cycleUs;
  }

  /** @returns when the next slot begins */
  function passSlot(i: number, startUs: number): number {
    let endUs = startUs + sliceUs;
    if (averaging > 0) {
      const givenBack = Math.min(sliceUs, Math.floor((owedUs[i] as number) / averaging));
      owedUs[i] = (owedUs[i] as number) - givenBack;
      endUs -= givenBack;
    }
    const kernel = kernelUs[i] as number;
    let at = startUs + lost;
    while (at < endUs) {
      if (workUs[i] === 0) {
        if ((submitUs[i] as number) >= endUs) break;
        at = Math.max(at, submitUs[i] as number);
        ring.submit(i);
      }
      const left = endUs - at;
      const chunk = kernel === 0 ? left : Math.ceil(left / kernel) * kernel;
      const work = workUs[i] as number;
      if (work > chunk) {
        workUs[i] = work - chunk;
        at += chunk;
        if (at > endUs && averaging > 0) owedUs[i] = (owedUs[i] as number) + at - endUs;
        return at;
      }
      workUs[i] = 0;
      at += work;
      ring.finish(i, at);
    }
    if (at <= endUs || endUs <= startUs + lost) return endUs;
    if (averaging > 0) owedUs[i] = (owedUs[i] as number) + at - endUs;
    return at;
  }
}
