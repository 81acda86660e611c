import type { UnitKind } from './names.ts';

/** One thing that breaks down and works again. */
export interface FaultUnit {
  readonly kind: UnitKind;
  /** `host-3`, `host-3/gpu2`, the name of a rack or of a licence server. */
  readonly name: string;
  /** Numbers of the hosts concerned; none for a licence server. */
  readonly hosts: readonly number[];
  /** Number of the GPU in the fleet; -1 for other units. */
  readonly gpu: number;
}
