import type { Encoders } from './encoders.ts';

/** Lengths of one tenant's frames, in whole microseconds. */
export interface FrameLengths {
  /** GPU time of the next frame alone, >= 1. `beginUs` is when it begins. */
  nextWorkUs(beginUs: number): number;
  /** Encoder time of the next frame, >= 0. */
  nextEncodeUs(): number;
}

/** When a tenant wants frames. Asked with instants that never go back. */
export interface Activity {
  /** The first instant at or after `atUs` at which it does. */
  from(atUs: number): number;
}

/** One member of the ring. Its place in the list is its place in the order of turns. Times in whole microseconds. */
export type RingTenant =
  | {
      readonly kind: 'frames';
      /** GPU work comes in pieces of this length that cannot be interrupted, the last of a frame being shorter; 0: it can be interrupted anywhere. */
      readonly kernelUs: number;
      /** From the start of a frame to the start of the next, at least. */
      readonly periodUs: number;
      /** From the start of a frame until its GPU work is there. */
      readonly cpuUs: number;
      readonly firstBeginUs: number;
      /** What it ran over its turns before the start, >= 0. */
      readonly owedUs: number;
      readonly lengths: FrameLengths;
      /** Null: always. */
      readonly activity: Activity | null;
    }
  /** Always has work. */
  | { readonly kind: 'batch'; readonly kernelUs: number; readonly owedUs: number }
  /** Runs, but never has work. */
  | { readonly kind: 'idle' };

/** One finished frame. The object is used again for the next one. */
export interface FinishedFrame {
  tenant: number;
  beginUs: number;
  submitUs: number;
  doneUs: number;
  /** When the encoder was through with it. */
  encodedUs: number;
  /** When the next frame could begin; it begins later where the tenant is inactive. */
  readyUs: number;
  nextBeginUs: number;
}

/**
 * The tenants of one card and where each stands in its loop: begin a frame, think on the CPU, hand the GPU its work,
 * and when that is done hand the frame to the encoder and begin the next. The next frame begins when this one is done
 * on the GPU, the period since its begin is over, and the encoder is through with the frame before it.
 *
 * Schedulers (best-effort.ts, kept-slots.ts) move time and work; this class does what happens at the end of a frame.
 * Columns are by tenant.
 */
export class Ring {
  readonly count: number;
  readonly kernelUs: Float64Array;
  /** Work left on the GPU: 0 where there is none, Infinity for batch. */
  readonly workUs: Float64Array;
  /** When the next work is there; Infinity where there is some already, and where there never will be. */
  readonly submitUs: Float64Array;
  /** What the tenant ran over its turns and has not given back. */
  readonly owedUs: Float64Array;
  /** Tenants that have not finished a frame that began at or after the horizon: the run is over when there are none. */
  open = 0;

  readonly #tenants: readonly RingTenant[];
  readonly #encoders: Encoders;
  readonly #horizonUs: number;
  readonly #onFrame: (frame: FinishedFrame) => void;
  readonly #beginUs: Float64Array;
  readonly #submittedUs: Float64Array;
  readonly #isPast: Uint8Array;
  readonly #nextWorkUs: Float64Array;
  readonly #frame: FinishedFrame = {
    tenant: 0,
    beginUs: 0,
    submitUs: 0,
    doneUs: 0,
    encodedUs: 0,
    readyUs: 0,
    nextBeginUs: 0,
  };

  /**
   * @param horizonUs the run goes on until every tenant has finished a frame that began at or after this: a run that
   *   just ended there would cut off long frames and keep short ones
   * @param onFrame called for every frame, in the order of their ends; later than the horizon too
   */
  constructor(
    tenants: readonly RingTenant[],
    encoders: Encoders,
    horizonUs: number,
    onFrame: (frame: FinishedFrame) => void,
  ) {
    const count = tenants.length;
    this.count = count;
    this.#tenants = tenants;
    this.#encoders = encoders;
    this.#horizonUs = horizonUs;
    this.#onFrame = onFrame;
    this.kernelUs = new Float64Array(count);
    this.workUs = new Float64Array(count);
    this.submitUs = new Float64Array(count).fill(Infinity);
    this.owedUs = new Float64Array(count);
    this.#beginUs = new Float64Array(count);
    this.#submittedUs = new Float64Array(count);
    this.#isPast = new Uint8Array(count);
    this.#nextWorkUs = new Float64Array(count);
    for (const [i, tenant] of tenants.entries()) {
      if (tenant.kind === 'idle') continue;
      this.kernelUs[i] = tenant.kernelUs;
      this.owedUs[i] = tenant.owedUs;
      if (tenant.kind === 'batch') {
        this.workUs[i] = Infinity;
        continue;
      }
      const begin =
        tenant.activity === null ? tenant.firstBeginUs : tenant.activity.from(tenant.firstBeginUs);
      this.#beginUs[i] = begin;
      this.submitUs[i] = begin + tenant.cpuUs;
      this.#nextWorkUs[i] = tenant.lengths.nextWorkUs(begin);
      this.open += 1;
    }
  }

  /** The earliest instant at which work will be there that is not there yet. */
  earliestSubmit(): number {
    let earliest = Infinity;
    for (let i = 0; i < this.count; i++) earliest = Math.min(earliest, this.submitUs[i] as number);
    return earliest;
  }

  /** The work that was to come is there. */
  submit(tenant: number): void {
    this.workUs[tenant] = this.#nextWorkUs[tenant] as number;
    this.#submittedUs[tenant] = this.submitUs[tenant] as number;
    this.submitUs[tenant] = Infinity;
  }

  /** The last of a tenant's work is done. Calls must be in the order of time, since frames queue for the encoder. */
  finish(index: number, doneUs: number): void {
    const tenant = this.#tenants[index] as Extract<RingTenant, { kind: 'frames' }>;
    const frame = this.#frame;
    const beginUs = this.#beginUs[index] as number;
    const previousEncodedUs = this.#encoders.freeForTenant(index);
    frame.tenant = index;
    frame.beginUs = beginUs;
    frame.submitUs = this.#submittedUs[index] as number;
    frame.doneUs = doneUs;
    frame.encodedUs = this.#encoders.encode(index, doneUs, tenant.lengths.nextEncodeUs());
    frame.readyUs = Math.max(doneUs, beginUs + tenant.periodUs, previousEncodedUs);
    const next = tenant.activity === null ? frame.readyUs : tenant.activity.from(frame.readyUs);
    frame.nextBeginUs = next;
    this.#beginUs[index] = next;
    this.submitUs[index] = next + tenant.cpuUs;
    this.#nextWorkUs[index] = tenant.lengths.nextWorkUs(next);
    if (beginUs >= this.#horizonUs && this.#isPast[index] === 0) {
      this.#isPast[index] = 1;
      this.open -= 1;
    }
    this.#onFrame(frame);
  }
}
