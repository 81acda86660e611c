import type { FrameClass, RingClass } from '../sharing/frames/frame-class.ts';
import { type FrameRules, frameRulesOf } from '../sharing/frames/mode-rules.ts';
import { type GpuUse, openCard, Residents, type SharedGpu, type Slot } from '../sharing/index.ts';
import { type FrameComposition, FrameCompositions, FrameDomain } from './frame-states.ts';

/** What a session group's program draws; all but what the card settles. */
export type FrameDemand = Omit<FrameClass, 'kind' | 'speed' | 'kernelMs'>;

/** Told of windows of equal length, one after the other from the end of the warm-up on. */
export interface FrameWindows {
  readonly windowUs: number;
  /** A composition was in a state for this long, added up over its cards. */
  lasted(composition: FrameComposition, state: number, us: number): void;
  /** That was all of the window. */
  closed(sinceUs: number, untilUs: number): void;
}

/**
 * Which tenants draw frames beside which others, card by card, and for how long: what the frame model is asked about at
 * the end of a run.
 */
export class FrameTracker {
  readonly #groups: readonly (FrameDemand | undefined)[];
  readonly #compositions: FrameCompositions;
  readonly #windows: FrameWindows | undefined;
  /** End of the window under way; Infinity: there is none. */
  #windowEndUs = Number.POSITIVE_INFINITY;
  #windowsClosed = 0;
  /** By GPU number and domain. */
  readonly #domains = new Map<number, Map<number, FrameDomain>>();
  readonly #domainOf: (FrameDomain | undefined)[] = [];
  readonly #isActive: boolean[] = [];
  readonly #strideOf: number[] = [];
  /** By member: what it draws without a limit of its own, and how many frames it may draw. */
  readonly #drawn: (
    | { readonly ringClass: RingClass & FrameClass; readonly group: number; fps: number | null }
    | undefined
  )[] = [];
  readonly #numbers = new Map<SharedGpu, number>();
  readonly #aloneSpeeds = new Map<string, number>();

  /**
   * @param groups by session group; undefined where it draws no frames
   * @param windows undefined: nobody asks what was when
   */
  constructor(groups: readonly (FrameDemand | undefined)[], windows?: FrameWindows) {
    this.#groups = groups;
    this.#windows = windows;
    this.#compositions = new FrameCompositions(windows !== undefined);
  }

  /** Every set of tenants that shared a domain with somebody who draws, with the times of its states. */
  get compositions(): readonly FrameComposition[] {
    return this.#compositions.all;
  }

  /**
   * @param member its number in the run
   * @param group its session group, -1 for other jobs
   * @param relative speed of the card for it, relative to its reference
   */
  join(
    nowUs: number,
    member: number,
    gpu: number,
    shared: SharedGpu,
    slot: Slot,
    use: GpuUse,
    group: number,
    relative: number,
  ): void {
    if (nowUs >= this.#windowEndUs) this.#closeUpTo(nowUs);
    let ofGpu = this.#domains.get(gpu);
    if (ofGpu === undefined) {
      ofGpu = new Map();
      this.#domains.set(gpu, ofGpu);
    }
    const rules = frameRulesOf(shared, slot);
    let domain = ofGpu.get(slot.domain);
    if (domain === undefined || domain.isEmpty) {
      domain = new FrameDomain(
        this.#compositions,
        JSON.stringify(rules.rules),
        rules,
        this.#isActive,
        this.#strideOf,
      );
      domain.settle(nowUs);
      ofGpu.set(slot.domain, domain);
    }
    this.#domainOf[member] = domain;
    const demand = group < 0 ? undefined : this.#groups[group];
    if (demand === undefined) {
      const kernelMs = shared.values.get('frames.batch-kernel');
      domain.join(nowUs, member, `batch/${kernelMs}`, { kind: 'batch', kernelMs }, -1);
      return;
    }
    const ringClass = this.#classOf(demand, shared, slot, use, relative, rules);
    this.#drawn[member] = { ringClass, group, fps: null };
    domain.join(nowUs, member, keyOf(group, ringClass), ringClass, group);
  }

  leave(nowUs: number, member: number): void {
    if (nowUs >= this.#windowEndUs) this.#closeUpTo(nowUs);
    this.#domainOf[member]?.leave(nowUs, member);
    this.#domainOf[member] = undefined;
    this.#drawn[member] = undefined;
  }

  /** Lets a member draw at most so many frames a second from now on; null: as many as its program and card draw. */
  limit(nowUs: number, member: number, fps: number | null): void {
    const drawn = this.#drawn[member];
    const domain = this.#domainOf[member];
    if (drawn === undefined || domain === undefined || drawn.fps === fps) return;
    if (nowUs >= this.#windowEndUs) this.#closeUpTo(nowUs);
    drawn.fps = fps;
    const { ringClass, group } = drawn;
    const own = ringClass.limiterFps;
    const limiterFps = fps === null ? own : own === null ? fps : Math.min(own, fps);
    const limited = { ...ringClass, limiterFps };
    const wasActive = this.#isActive[member] === true;
    domain.leave(nowUs, member);
    domain.join(nowUs, member, keyOf(group, limited), limited, group);
    if (wasActive) domain.setActive(nowUs, member, true);
  }

  setActive(nowUs: number, member: number, isActive: boolean): void {
    if (nowUs >= this.#windowEndUs) this.#closeUpTo(nowUs);
    this.#domainOf[member]?.setActive(nowUs, member, isActive);
  }

  /** Books the time up to now: to be called at the end. A window that is not over then is left out, unless it is the only one. */
  settleAll(nowUs: number): void {
    this.#closeUpTo(nowUs);
    this.#settle(nowUs);
    const sinceUs = this.#compositions.windowStartUs;
    if (this.#windowsClosed === 0 && nowUs > sinceUs) this.#close(sinceUs, nowUs);
  }

  #settle(nowUs: number): void {
    for (const ofGpu of this.#domains.values()) for (const domain of ofGpu.values()) domain.settle(nowUs);
  }

  /** Forgets what was, as at the end of a warm-up. */
  reset(nowUs: number): void {
    this.#settle(nowUs);
    this.#compositions.reset();
    if (this.#windows === undefined) return;
    this.#compositions.windowStartUs = nowUs;
    this.#windowEndUs = nowUs + this.#windows.windowUs;
  }

  /** Closes every window that is over by then. */
  #closeUpTo(nowUs: number): void {
    while (this.#windows !== undefined && nowUs >= this.#windowEndUs) {
      const endUs = this.#windowEndUs;
      for (const ofGpu of this.#domains.values())
        for (const domain of ofGpu.values()) domain.settleWindow(endUs);
      this.#close(this.#compositions.windowStartUs, endUs);
      this.#compositions.windowStartUs = endUs;
      this.#windowEndUs = endUs + this.#windows.windowUs;
    }
  }

  #close(sinceUs: number, untilUs: number): void {
    const windows = this.#windows as FrameWindows;
    for (const composition of this.#compositions.all)
      composition.inWindow.take((state, us) => windows.lasted(composition, state, us));
    windows.closed(sinceUs, untilUs);
    this.#windowsClosed += 1;
  }

  #classOf(
    demand: FrameDemand,
    shared: SharedGpu,
    slot: Slot,
    use: GpuUse,
    relative: number,
    { rules, limiterFps }: FrameRules,
  ): RingClass & FrameClass {
    const slots = rules?.scheduler === 'fixed-share' ? rules.slots : 1;
    return {
      ...demand,
      kind: 'frames',
      kernelMs: 0,
      limiterFps: demand.limiterFps ?? limiterFps,
      speed: relative * this.#aloneSpeed(shared, slot, use) * slots,
    };
  }

  /**
   * Speed of work that fills its slot, with nobody else there: the frame's GPU time stretches by the slot's hardware and
   * the mode's loss for a lone tenant. Under fixed share the lone tenant's part of the turns is in it.
   */
  #aloneSpeed(shared: SharedGpu, slot: Slot, use: GpuUse): number {
    const number = this.#numbers.get(shared) ?? this.#numbers.size;
    this.#numbers.set(shared, number);
    const key = `${number}/${slot.profile}/${slot.computeShare}/${slot.bandwidthShare}/${use.workload}/${use.compute / use.busy}`;
    const known = this.#aloneSpeeds.get(key);
    if (known !== undefined) return known;
    const residents = new Residents();
    const filled = {
      ...use,
      busy: 1,
      compute: Math.min(1, use.compute / use.busy),
      bandwidth: Math.min(1, use.bandwidth / use.busy),
      linkBytesPerSec: 0,
    };
    residents.join(slot, filled, true);
    const speeds = new Float64Array(1);
    openCard(shared).speeds(residents, speeds);
    const speed = speeds[0] as number;
    this.#aloneSpeeds.set(key, speed);
    return speed;
  }
}

/** Equal keys are alike: the same program on as fast a card, as limited. */
function keyOf(group: number, { speed, limiterFps }: FrameClass): string {
  return `${group}/${speed}/${limiterFps}`;
}
