import type { Capacity, FreeTerm, LedgerRow, Purchase, TenantUsage, Term } from '../cost/index.ts';
import type { Cost } from '../scenario/cost-types.ts';

/** What a run costs in a month, and what else a bill is made of. Plain data, ready to be sent between threads. */
export interface CostBasis {
  readonly terms: Pick<Cost, 'currency' | 'month' | 'rates' | 'chargeback' | 'baseline' | 'years'>;
  /** Hours of the run, the warm-up left out, from which a month was made. */
  readonly measuredHours: number;
  readonly rows: readonly LedgerRow[];
  /** What would be paid for licences that come with the card, a month. */
  readonly waived: readonly LedgerRow[];
  readonly purchases: readonly Purchase[];
  readonly freeTerms: readonly FreeTerm[];
  /** What is under contract: leases and commitments. */
  readonly contracts: readonly Term[];
  /** Of a month. */
  readonly tenants: readonly TenantUsage[];
  readonly capacity: Capacity;
  /** By entry of hosts and GPU model, in order of the fleet: GPU-hours of a month. */
  readonly gpuHours: readonly {
    readonly pool: string;
    readonly model: string;
    readonly present: number;
    readonly allocated: number;
    readonly delivered: number;
  }[];
}
