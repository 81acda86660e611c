import { type Micros, microsFromSeconds } from '../../kernel/time.ts';
import { mig } from '../../sharing/modes/mig.ts';
import type { MigGeometry } from './mig-geometry.ts';

/** How long it takes to create and to delete a GPU instance, by profile index. */
export interface InstanceTimes {
  readonly createUs: readonly Micros[];
  readonly deleteUs: readonly Micros[];
}

/**
 * Measured times of the model by the compute slices of the profile (A30: FAR; A100: RL_MIG_scheduler; both `medium`).
 * Sizes and models without a measurement get the typical figures of the `mig` mode, `mig.create` and `mig.destroy`.
 */
export function measuredInstanceTimes({ model, profiles }: MigGeometry): InstanceTimes {
  const times = (what: 'create-instance' | 'destroy-instance', parameter: string) => {
    const measured = model.measuredDurations.find((each) => each.what === what)?.secondsByGpuSlices ?? {};
    const typical = mig.parameters.find(({ id }) => id === parameter)!.typical;
    return profiles.map(({ gpuSlices }) => microsFromSeconds(measured[gpuSlices] ?? typical));
  };
  return {
    createUs: times('create-instance', 'mig.create'),
    deleteUs: times('destroy-instance', 'mig.destroy'),
  };
}
