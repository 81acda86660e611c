import type { VgpuSchedulerName } from '../names.ts';

/**
 * How one card (or one MIG instance) gives its time to tenants in turns. Times in whole microseconds.
 *
 * - `best-effort`: tenants take turns in a fixed order; who has no work is passed over and its time goes to the others.
 * - `equal-share`: every running tenant keeps a slot in the cycle, used or not.
 * - `fixed-share`: the cycle has `slots` slots, taken or not.
 */
export interface SliceRules {
  readonly scheduler: VgpuSchedulerName;
  /** Length of a turn, > 0. Work that cannot be interrupted may run over. */
  readonly sliceUs: number;
  /**
   * Lost at the start of a turn, in [0, sliceUs): under best effort where the card changes tenants, otherwise in every
   * slot, as long as the cycle has more than one.
   */
  readonly switchUs: number;
  /** A tenant that ran over its turn gives back this part of what it owes, 1 / averaging, at each later turn; 0: never. */
  readonly averaging: number;
  /** Slots in the cycle of `fixed-share`; the other schedulers take no notice. */
  readonly slots: number;
  /** Video encoders that the tenants share, first come first served; 0: each has its own. */
  readonly encoders: number;
}

/**
 * Time lost at a switch that makes several busy tenants together reach `efficiency` of what one alone does.
 *
 * @param efficiency in (0, 1]
 * @throws {RangeError} if it is not
 */
export function switchUsFor(sliceUs: number, efficiency: number): number {
  if (!(efficiency > 0 && efficiency <= 1)) {
    throw new RangeError(
      `Cannot derive the cost of a switch: need an efficiency in (0, 1], got ${efficiency}`,
    );
  }
  return Math.min(sliceUs - 1, Math.round(sliceUs * (1 - efficiency)));
}

/** Problems of the rules, each with the name of its field; empty: none. */
export function sliceRuleProblems(rules: SliceRules): string[] {
  const { scheduler, sliceUs, switchUs, averaging, slots, encoders } = rules;
  const problems: string[] = [];
  const check = (field: string, value: number, accepted: string, isAccepted: boolean) => {
    if (!(isAccepted && Number.isSafeInteger(value))) {
      problems.push(`${field}: need ${accepted}, got ${value}`);
    }
  };
  check('sliceUs', sliceUs, 'whole microseconds > 0', sliceUs > 0);
  check(
    'switchUs',
    switchUs,
    `whole microseconds below the slice of ${sliceUs}`,
    switchUs >= 0 && switchUs < sliceUs,
  );
  check('averaging', averaging, 'a whole number, 0 or more', averaging >= 0);
  if (scheduler === 'fixed-share') check('slots', slots, 'a whole number, 1 or more', slots >= 1);
  check('encoders', encoders, 'a whole number, 0 or more', encoders >= 0);
  return problems;
}
