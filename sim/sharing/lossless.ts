import type { Card } from './mode.ts';
import { SHARING_MODES } from './modes/index.ts';
import { type Parameter, ParameterValues } from './parameters.ts';
import { openCard, type SharedGpu } from './shared-gpu.ts';

/** Figures that say what part is left, by id: 1 where nothing is lost. */
const PARTS_LEFT: readonly string[] = [
  'passthrough.compute',
  'passthrough.interactive',
  'sriov.lone',
  'sriov.lone-interactive',
  'sriov.aggregate',
  'vgpu.lone',
  'vgpu.lone-interactive',
  'vgpu.aggregate',
  'mig-vgpu.efficiency-alone',
  'mig-vgpu.efficiency-shared',
  'time-slicing.together',
  'hook.efficiency',
  'hook.together',
  'uvm-swap.efficiency',
  'api-remoting.rdma',
  'api-remoting.ethernet',
  'api-remoting.together',
  'gvt-g.efficiency',
  'paravirtual.efficiency',
  'software.speed',
  'edge-pool.together',
];

/** Figures that say what is lost: 0 where nothing is. By id, or by what it begins with. */
const PARTS_LOST: readonly string[] = [
  'mig.neighbour-slowdown',
  'mig-vgpu.neighbour-slowdown',
  'time-slicing.mig-neighbours',
  'mps.interference-',
  'api-remoting.round-trip-',
];

/** Value of a figure at which a mode loses nothing by it; undefined for figures that say something else. */
export function losslessValue(id: string): number | undefined {
  if (PARTS_LEFT.includes(id)) return 1;
  if (PARTS_LOST.some((each) => (each.endsWith('-') ? id.startsWith(each) : id === each))) return 0;
  // Pages would be there at once.
  return id === 'uvm-swap.paging' ? Number.POSITIVE_INFINITY : undefined;
}

class LosslessValues extends ParameterValues {
  readonly #real: ParameterValues;

  constructor(real: ParameterValues) {
    super([]);
    this.#real = real;
  }

  override get(id: string): number {
    return losslessValue(id) ?? this.#real.get(id);
  }
}

/**
 * A card like this one, without tenants, whose mode costs nothing: its `speeds` say how fast residents would be who have
 * the shares that they have. What residents take from each other stays: shares, ceilings, the link, and what tables of
 * measured speeds by profile say.
 *
 * @returns undefined where the mode loses nothing as it is
 */
export function losslessTwin(shared: SharedGpu): Card | undefined {
  const { mode, values } = shared;
  const isLossless = ({ id }: Parameter) => (losslessValue(id) ?? values.get(id)) === values.get(id);
  const known = SHARING_MODES.find(({ name }) => name === mode.name);
  // Some modes look up figures that another one states.
  const statesRoundTrip = shared.config.mode === 'api-remoting' && shared.config.roundTripUs !== null;
  if (known?.parameters.every(isLossless) === true && !statesRoundTrip) return undefined;
  const config = shared.config.mode === 'api-remoting' ? { ...shared.config, roundTripUs: 0 } : shared.config;
  return openCard({ ...shared, config, values: new LosslessValues(values) });
}
