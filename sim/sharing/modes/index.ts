import { FRAME_PARAMETERS } from '../frames/parameters.ts';
import { LICENCE_PARAMETERS } from '../licence-parameters.ts';
import type { SharingMode } from '../mode.ts';
import type { SharingModeName } from '../names.ts';
import type { Parameter } from '../parameters.ts';
import { TOPOLOGY_PARAMETERS } from '../topology.ts';
import { apiRemoting } from './api-remoting.ts';
import { bareMetal } from './bare-metal.ts';
import { edgePool } from './edge-pool.ts';
import { gvtG } from './gvt-g.ts';
import { hook } from './hook.ts';
import { mig } from './mig.ts';
import { migVgpu } from './mig-vgpu.ts';
import { mps } from './mps.ts';
import { paravirtual } from './paravirtual.ts';
import { passthrough } from './passthrough.ts';
import { software } from './software.ts';
import { sriov } from './sriov.ts';
import { timeSlicing } from './time-slicing.ts';
import { uvmSwap } from './uvm-swap.ts';
import { vgpu } from './vgpu.ts';

/** Every mode, in the order of the capability matrix. */
export const SHARING_MODES: readonly SharingMode[] = [
  bareMetal as SharingMode,
  passthrough as SharingMode,
  sriov as SharingMode,
  vgpu as SharingMode,
  mig as SharingMode,
  migVgpu as SharingMode,
  timeSlicing as SharingMode,
  mps as SharingMode,
  hook as SharingMode,
  uvmSwap as SharingMode,
  apiRemoting as SharingMode,
  gvtG as SharingMode,
  paravirtual as SharingMode,
  software as SharingMode,
  edgePool as SharingMode,
];

/** @throws {RangeError} for an unknown name */
export function sharingMode(name: SharingModeName): SharingMode {
  const mode = SHARING_MODES.find((each) => each.name === name);
  if (mode === undefined) throw new RangeError(`Cannot use sharing mode "${name}": there is no such one`);
  return mode;
}

/** Every figure that a model depends on: mode by mode, then those of the host, of frames and of licences. */
export const SHARING_PARAMETERS: readonly Parameter[] = [
  ...SHARING_MODES.flatMap((mode) => mode.parameters),
  ...TOPOLOGY_PARAMETERS,
  ...FRAME_PARAMETERS,
  ...LICENCE_PARAMETERS,
];
