import { migModelOfGpu } from '../../sim/hardware/index.ts';
import { catalogueGpu } from '../../sim/scenario/resolve/card-spec.ts';

/** Speed 1 on every profile of a model, so that times can be worked out by hand. */
export function fullSpeedOn(model: string): Readonly<Record<string, number>> {
  const gpu = catalogueGpu(model);
  const mig = gpu === null ? undefined : migModelOfGpu(gpu);
  return Object.fromEntries((mig?.profiles ?? []).map(({ name }) => [name, 1]));
}
