import type { GpuUse } from '../../ask.ts';
import type { ParameterValues } from '../../parameters.ts';
import {
  type InstanceShare,
  type MigCurves,
  migCurves,
  shareToNeed,
  timeNeed,
} from '../../speed/mig-speeds.ts';
import type { MigShape } from './shape.ts';

/** What uses have on the parts of one model's cards for what they need (`shareToNeed`): worked out once for each pair. */
export class PartNeeds {
  readonly #curves: MigCurves;
  readonly #known = new WeakMap<GpuUse, Map<string, number>>();

  constructor(curves: MigCurves) {
    this.#curves = curves;
  }

  /** See `timeNeed`; a lone tenant that is always active runs at min(1, 1 / need). */
  of(use: GpuUse, profile: string, share: InstanceShare): number {
    return timeNeed(this.ratio(use, profile, share), use.busy);
  }

  /**
   * See `shareToNeed`.
   *
   * @param profile name of the kind of part that `share` describes
   */
  ratio(use: GpuUse, profile: string, share: InstanceShare): number {
    let byProfile = this.#known.get(use);
    if (byProfile === undefined) {
      byProfile = new Map();
      this.#known.set(use, byProfile);
    }
    let ratio = byProfile.get(profile);
    if (ratio === undefined) {
      ratio = shareToNeed(this.#curves, use, share);
      byProfile.set(profile, ratio);
    }
    return ratio;
  }
}

/** By values, then by mode and model: all cards of a run that are alike share their answers. */
const known = new WeakMap<ParameterValues, Map<string, PartNeeds>>();

/** The needs on cards of `shape` in a mode, under the figures in force. */
export function partNeedsOf(values: ParameterValues, mode: string, shape: MigShape): PartNeeds {
  let byCard = known.get(values);
  if (byCard === undefined) {
    byCard = new Map();
    known.set(values, byCard);
  }
  const key = `${mode} ${shape.model.id}`;
  let needs = byCard.get(key);
  if (needs === undefined) {
    needs = new PartNeeds(
      migCurves({
        training: values.get(`${mode}.training-position`),
        'inference-saturated': values.get(`${mode}.inference-saturated-position`),
        'inference-latency': values.get(`${mode}.inference-latency-position`),
      }),
    );
    byCard.set(key, needs);
  }
  return needs;
}
