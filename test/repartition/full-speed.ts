import { migModelOfGpu } from '../../sim/hardware/index.ts';
import { catalogueGpu } from '../../sim/scenario/resolve/card-spec.ts';

/** On every profile of a model the speed of its compute slices, so that a small instance takes as much longer. */
export function slicesOn(model: string): Readonly<Record<string, number>> {
  const mig = migOf(model);
  return Object.fromEntries(
    (mig?.profiles ?? []).map(({ name, gpuSlices }) => [name, gpuSlices / (mig?.gpuSlicesTotal ?? 1)]),
  );
}

/** Speed 1 on every profile of a model, so that times can be worked out by hand. */
export function fullSpeedOn(model: string): Readonly<Record<string, number>> {
  return Object.fromEntries((migOf(model)?.profiles ?? []).map(({ name }) => [name, 1]));
}

function migOf(model: string) {
  const gpu = catalogueGpu(model);
  return gpu === null ? undefined : migModelOfGpu(gpu);
}
