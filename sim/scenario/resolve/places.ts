import type { HostGroup } from '../types.ts';

/** Whether a group says how its hosts are joined: then the way between its GPUs counts, also where no mode shares them. */
export function statesPlaces({ rack, gpusPerIsland, nicBytesPerSec }: HostGroup): boolean {
  return rack !== undefined || gpusPerIsland !== undefined || nicBytesPerSec !== undefined;
}
