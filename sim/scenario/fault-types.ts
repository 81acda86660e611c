import type { UnitKind } from '../faults/names.ts';
import type { DistributionSpec } from '../kernel/distributions/index.ts';

/** What breaks down in a run. Hosts are names in the order of the fleet; times are whole microseconds. */
export interface Faults {
  readonly failures: readonly {
    readonly kind: UnitKind;
    /** Null: all that have such a unit. */
    readonly hosts: readonly string[] | null;
    /** Licence servers; 1 for other kinds. */
    readonly count: number;
    readonly betweenSec: DistributionSpec | null;
    readonly repairSec: DistributionSpec | null;
    readonly log:
      | readonly {
          readonly atUs: number;
          readonly host: string;
          readonly gpu: number | null;
          readonly forUs: number;
        }[]
      | null;
    readonly needsCrew: boolean;
  }[];
  readonly processSec: DistributionSpec | null;
  readonly racks: readonly { readonly name: string; readonly hosts: readonly string[] }[];
  /** Null: as many as are needed. */
  readonly crews: number | null;
  readonly jobs: 'restart' | 'fail';
  readonly retries: number | null;
  readonly graceUs: number;
  readonly windows: readonly {
    readonly atUs: number;
    readonly forUs: number;
    readonly everyUs: number | null;
    readonly drainUs: number;
    readonly hosts: readonly string[];
    readonly running: 'wait' | 'migrate' | 'stop';
    readonly migratePath: string | null;
  }[];
  readonly spares: readonly {
    readonly hosts: readonly string[];
    readonly standby: number;
    readonly switchOverUs: number;
  }[];
}
