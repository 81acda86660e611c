import { isInteractive, type SharedGpu, type Slot, type WorkloadClass } from '../sharing/index.ts';

/**
 * The edition that a tenant of a shared GPU needs, as the modes name them; `none` where it needs none. A guest that has
 * a whole NVIDIA GPU passed through needs one for graphics alone: RTX vWS (LR-5, documented).
 */
export function editionNeeded(
  { mode, config, spec }: SharedGpu,
  slot: Slot,
  workload: WorkloadClass,
): string {
  if (mode.name === 'passthrough') {
    return spec.catalogue?.vendor === 'NVIDIA' && isInteractive(workload) ? 'RTX vWS' : 'none';
  }
  return mode.licence(config, spec, slot).edition;
}
