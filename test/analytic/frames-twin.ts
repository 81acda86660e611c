import type { RingTenant } from '../../sim/sharing/frames/ring.ts';
import type { SliceRules } from '../../sim/sharing/frames/rules.ts';

/** One frame in whole microseconds. */
export interface TwinFrame {
  readonly tenant: number;
  readonly beginUs: number;
  readonly submitUs: number;
  readonly doneUs: number;
  readonly encodedUs: number;
  readonly nextBeginUs: number;
}

type FrameTenant = Extract<RingTenant, { kind: 'frames' }>;

/** The loop of one tenant as the words of the model have it, with nothing shared between tenants but the encoders. */
class Loop {
  readonly tenant: RingTenant;
  readonly #index: number;
  readonly #shared: Shared;
  work = 0;
  owed = 0;
  beginUs = 0;
  submitUs = Infinity;
  #submittedUs = 0;
  #encodedUs = 0;
  #work = 0;

  constructor(tenant: RingTenant, index: number, shared: Shared) {
    this.tenant = tenant;
    this.#index = index;
    this.#shared = shared;
    if (tenant.kind !== 'idle') this.owed = tenant.owedUs;
    if (tenant.kind === 'batch') this.work = Infinity;
    if (tenant.kind === 'frames') this.#begin(tenant, tenant.firstBeginUs);
  }

  get kernelUs(): number {
    return this.tenant.kind === 'idle' ? 0 : this.tenant.kernelUs;
  }

  isOpen(horizonUs: number): boolean {
    return this.tenant.kind === 'frames' && this.beginUs < horizonUs;
  }

  arrive(nowUs: number): void {
    if (this.submitUs > nowUs) return;
    this.work = this.#work;
    this.#submittedUs = this.submitUs;
    this.submitUs = Infinity;
  }

  #begin(tenant: FrameTenant, atUs: number): void {
    this.beginUs = tenant.activity === null ? atUs : tenant.activity.from(atUs);
    this.submitUs = this.beginUs + tenant.cpuUs;
    this.#work = tenant.lengths.nextWorkUs(this.beginUs);
  }

  finish(doneUs: number): void {
    const tenant = this.tenant as FrameTenant;
    const [beginUs, submitUs, before] = [this.beginUs, this.#submittedUs, this.#encodedUs];
    this.#encodedUs = this.#shared.encode(Math.max(doneUs, before), tenant.lengths.nextEncodeUs());
    this.#begin(tenant, Math.max(doneUs, beginUs + tenant.periodUs, before));
    this.#shared.frames.push({
      tenant: this.#index,
      beginUs,
      submitUs,
      doneUs,
      encodedUs: this.#encodedUs,
      nextBeginUs: this.beginUs,
    });
  }
}

class Shared {
  readonly frames: TwinFrame[] = [];
  readonly #engines: number[];

  constructor(engines: number) {
    this.#engines = Array(engines).fill(0);
  }

  encode(atUs: number, lengthUs: number): number {
    if (this.#engines.length === 0) return atUs + lengthUs;
    this.#engines.sort((a, b) => a - b);
    this.#engines[0] = Math.max(atUs, this.#engines[0]!) + lengthUs;
    return this.#engines[0];
  }
}

function start(tenants: readonly RingTenant[], rules: SliceRules) {
  const shared = new Shared(rules.encoders);
  return { shared, loops: tenants.map((tenant, i) => new Loop(tenant, i, shared)) };
}

/** What the tenant gives back of this turn. */
function giveBack(loop: Loop, rules: SliceRules): number {
  if (rules.averaging === 0) return 0;
  const given = Math.min(rules.sliceUs, Math.floor(loop.owed / rules.averaging));
  loop.owed -= given;
  return given;
}

/**
 * The model walked turn by turn and, within a turn, kernel by kernel.
 *
 * @param slots of the cycle where slots are kept
 * @param owedUs is given what each tenant owes at the end
 */
export function sliceBySlice(
  tenants: readonly RingTenant[],
  rules: SliceRules,
  slots: number,
  horizonUs: number,
  owedUs: number[] = [],
): TwinFrame[] {
  const { shared, loops } = start(tenants, rules);
  const isOpen = () => {
    for (const loop of loops) if (loop.isOpen(horizonUs)) return true;
    return false;
  };
  if (rules.scheduler === 'best-effort') bestEffort();
  else keptSlots();
  owedUs.splice(0, Infinity, ...loops.map(({ owed }) => owed));
  return shared.frames;

  function bestEffort(): void {
    let now = 0;
    let last = loops.length - 1;
    let loaded = -1;
    while (isOpen()) {
      for (const loop of loops) loop.arrive(now);
      let turn = -1;
      for (let step = 1; step <= loops.length && turn < 0; step++) {
        const i = (last + step) % loops.length;
        if (loops[i]!.work > 0) turn = i;
      }
      if (turn < 0) {
        now = Math.min(...loops.map((loop) => loop.submitUs));
        continue;
      }
      last = turn;
      const loop = loops[turn]!;
      const length = rules.sliceUs - giveBack(loop, rules);
      const lost = loaded < 0 || loaded === turn ? 0 : rules.switchUs;
      if (length <= lost) continue;
      loaded = turn;
      const end = now + length;
      now += lost;
      while (loop.work > 0 && now < end) {
        const piece = Math.min(loop.work, loop.kernelUs === 0 ? end - now : loop.kernelUs);
        now += piece;
        loop.work -= piece;
        if (loop.work === 0) {
          loop.finish(now);
          loop.arrive(now);
        }
      }
      loop.owed += Math.max(0, now - end);
    }
  }

  function keptSlots(): void {
    let now = 0;
    for (let slot = 0; isOpen(); slot = (slot + 1) % slots) {
      const loop = loops[slot];
      if (loop === undefined) {
        now += rules.sliceUs;
        continue;
      }
      const end = now + rules.sliceUs - giveBack(loop, rules);
      let at = now + (slots > 1 ? rules.switchUs : 0);
      while (at < end) {
        loop.arrive(at);
        if (loop.work === 0) {
          if (loop.submitUs >= end) break;
          at = loop.submitUs;
          continue;
        }
        const piece = Math.min(loop.work, loop.kernelUs === 0 ? end - at : loop.kernelUs);
        at += piece;
        loop.work -= piece;
        if (loop.work === 0) loop.finish(at);
        if (at > end) loop.owed += at - end;
        now = Math.max(now, at);
      }
      now = Math.max(now, end);
    }
  }
}

/** The model in steps of one microsecond: nothing is computed ahead, at a price of a step for every microsecond. */
export function tickByTick(
  tenants: readonly RingTenant[],
  rules: SliceRules,
  slots: number,
  horizonUs: number,
): TwinFrame[] {
  const { shared, loops } = start(tenants, rules);
  const kept = rules.scheduler !== 'best-effort';
  /** Places in the cycle; an empty one has no loop. */
  const places = kept ? slots : loops.length;
  let place = places - 1;
  let loaded = -1;
  let hasTurn = false;
  let sliceLeft = 0;
  let switchLeft = 0;
  let kernelDone = 0;

  for (let now = 0; loops.some((loop) => loop.isOpen(horizonUs)); now++) {
    for (const loop of loops) loop.arrive(now);
    while (!hasTurn && (kept || loops.some((loop) => loop.work > 0))) {
      place = (place + 1) % places;
      const next = loops[place];
      if (!kept && next!.work === 0) continue;
      const length = rules.sliceUs - (next === undefined ? 0 : giveBack(next, rules));
      switchLeft = (kept ? places > 1 : loaded >= 0 && loaded !== place) ? rules.switchUs : 0;
      if (!kept && length <= switchLeft) continue;
      loaded = place;
      sliceLeft = length;
      kernelDone = 0;
      // A kept slot that was given back in full passes in no time.
      hasTurn = sliceLeft > 0;
    }
    if (!hasTurn) continue;
    const loop = loops[place];
    sliceLeft -= 1;
    let isBetweenKernels = true;
    if (switchLeft > 0) {
      switchLeft -= 1;
    } else if (loop !== undefined && loop.work > 0) {
      loop.work -= 1;
      kernelDone += 1;
      const isKernelOver = loop.work === 0 || kernelDone >= loop.kernelUs;
      isBetweenKernels = loop.kernelUs === 0 || isKernelOver;
      if (isKernelOver) kernelDone = 0;
      if (loop.work === 0) {
        loop.finish(now + 1);
        loop.arrive(now + 1);
        if (loop.work === 0 && !kept) hasTurn = false;
      }
      if (sliceLeft < 0) loop.owed += 1;
    }
    if (sliceLeft <= 0 && isBetweenKernels) hasTurn = false;
  }
  return shared.frames;
}
