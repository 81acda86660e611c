import type { ParameterValues } from '../sharing/index.ts';

/** What a guest without a licence may still do from some time on. */
export interface Restriction {
  /** Since its boot, or since its licence was lost, in whole microseconds. */
  readonly afterUs: number;
  /** Frames a second that it draws at most; null: as many as it can. */
  readonly fps: number | null;
  /** Speed of compute work relative to the same with a licence, [0, 1]; 0: none is done. */
  readonly compute: number;
}

/** The first step comes after that long, and lets that many frames through. Phases of the facts (measured). */
const FIRST_STEP_US = 20 * 60 * 1e6;
const FIRST_STEP_FPS = 15;
/** The second lets that many through, and no compute. Phases of the facts (documented). */
const SECOND_STEP_FPS = 3;

/** Part of the lease after which a client renews it: the default of Revenera's FlexNet Embedded server (its administration guide, Renew Interval); that others keep to it is unverified. */
export const RENEWAL_SHARE = 0.15;

/** What becomes of a guest without a licence, as far as it is known. */
export function knownRestrictions(values: ParameterValues): readonly Restriction[] {
  const secondUs = Math.round(values.get('licence.second-step') * 1e6);
  const first: Restriction = {
    afterUs: FIRST_STEP_US,
    fps: FIRST_STEP_FPS,
    compute: values.get('licence.unlicensed-compute'),
  };
  const second: Restriction = { afterUs: secondUs, fps: SECOND_STEP_FPS, compute: 0 };
  return secondUs > FIRST_STEP_US ? [first, second] : [second];
}
