import type { SharingMode } from '../mode.ts';
import type { SharingModeName } from '../names.ts';
import type { Parameter } from '../parameters.ts';
import { bareMetal } from './bare-metal.ts';

/** Every mode, in the order of the capability matrix. */
export const SHARING_MODES: readonly SharingMode[] = [bareMetal as SharingMode];

/** @throws {RangeError} for an unknown name */
export function sharingMode(name: SharingModeName): SharingMode {
  const mode = SHARING_MODES.find((each) => each.name === name);
  if (mode === undefined) throw new RangeError(`Cannot use sharing mode "${name}": there is no such one`);
  return mode;
}

/** Every figure that some mode's model depends on, by mode. */
export const SHARING_PARAMETERS: readonly Parameter[] = SHARING_MODES.flatMap((mode) => mode.parameters);
