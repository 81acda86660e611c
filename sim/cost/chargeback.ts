import { allocate } from './allocate.ts';
import { fromMinorUnits, type Money, minorUnits, minus, plus, sum, times, timesRatio } from './money.ts';

/** What one tenant used of a fleet in the period that is billed. */
export interface TenantUsage {
  readonly tenant: string;
  /** Hours times whole GPUs that it held: a slice counts as the part of the card that it is (frame buffer, MIG slices). */
  readonly allocatedGpuHours: number;
  /** Hours times GPUs that worked for it; absent where that is not measured. */
  readonly usedGpuHours?: number;
  readonly coreHours: number;
  readonly memoryGiBHours: number;
  /** Hours that its sessions were on, one for each user. */
  readonly sessionHours: number;
  /** Most GPUs that it held at one time. */
  readonly peakGpus: number;
}

/** What of the whole fleet there was to use, in the same period. */
export type Capacity = Omit<TenantUsage, 'tenant'>;

/** What a bill can be divided by, or a rate be for. */
export const USAGE_BASES = ['allocated', 'used', 'peak', 'cores', 'memory', 'sessions'] as const;
export type UsageBasis = (typeof USAGE_BASES)[number];

/** How tenants are billed. */
export type Tariff =
  /** The whole bill, by what each used. */
  | { readonly kind: 'full-cost'; readonly by: UsageBasis; readonly idle: IdlePolicy }
  /** A part of the bill by the peaks that the fleet must be ready for, the rest by use. */
  | {
      readonly kind: 'fixed-and-variable';
      /** [0, 1] */
      readonly fixed: number;
      readonly by: UsageBasis;
      readonly idle: IdlePolicy;
    }
  /** The sources' formula: rate x share x hours, added over the rates. */
  | {
      readonly kind: 'rates';
      readonly rates: readonly { readonly by: UsageBasis; readonly price: Money }[];
      readonly idle: IdlePolicy;
    };

/** What nobody used is divided among those who used something, or kept apart as `unallocated`. */
export type IdlePolicy = 'spread' | 'unallocated';

/** Name of the line of what nobody is billed for. */
export const UNALLOCATED = '(unallocated)';

export interface TenantBill {
  readonly tenant: string;
  /** In whole minor units. */
  readonly amount: Money;
}

/**
 * Bills of the tenants, in their order, and one of what nobody is billed for. They add up to `bill` as it is shown, to
 * the cent.
 *
 * With rates the tenants pay what the rates say, and the rest of the bill is unallocated: below 0 where they pay more
 * than the fleet costs; `spread` divides that rest by what each pays. Where nobody used anything, all is unallocated.
 *
 * @param capacity what there was, for what is idle; more used than there was leaves nothing idle
 * @throws {RangeError} if the tariff is about something that was not measured
 * @see F-chargeback of the catalogue
 */
export function chargeback(
  bill: Money,
  tenants: readonly TenantUsage[],
  capacity: Capacity,
  tariff: Tariff,
): readonly TenantBill[] {
  const whole = fromMinorUnits(minorUnits(bill), bill.currency);
  const amounts =
    tariff.kind === 'rates'
      ? byRates(whole, tenants, tariff.rates, tariff.idle)
      : tariff.kind === 'full-cost'
        ? byWeights(whole, tenants, capacity, tariff.by, tariff.idle)
        : fixedAndVariable(whole, tenants, capacity, tariff);
  const names = [...tenants.map(({ tenant }) => tenant), UNALLOCATED];
  return names.map((tenant, i) => ({ tenant, amount: amounts[i] as Money }));
}

/** One amount for each tenant, and the last for nobody. */
type Amounts = readonly Money[];

function byWeights(
  bill: Money,
  tenants: readonly TenantUsage[],
  capacity: Capacity,
  by: UsageBasis,
  idle: IdlePolicy,
): Amounts {
  const used = tenants.map((tenant) => amountUsed(tenant, by, tenant.tenant));
  const all = used.reduce((a, b) => a + b, 0);
  if (all === 0) return [...used.map(() => fromMinorUnits(0n, bill.currency)), bill];
  const unused = idle === 'spread' ? 0 : Math.max(0, amountUsed(capacity, by, 'the fleet') - all);
  return allocate(bill, [...used, unused]);
}

function byRates(
  bill: Money,
  tenants: readonly TenantUsage[],
  rates: readonly { readonly by: UsageBasis; readonly price: Money }[],
  idle: IdlePolicy,
): Amounts {
  const fees = tenants.map((tenant) =>
    inMinorUnits(
      sum(
        bill.currency,
        rates.map(({ by, price }) => times(price, amountUsed(tenant, by, tenant.tenant))),
      ),
    ),
  );
  const rest = minus(bill, sum(bill.currency, fees));
  const weights = fees.map(({ pico }) => Number(pico));
  if (idle === 'unallocated' || !weights.some((weight) => weight > 0)) return [...fees, rest];
  const extra = allocate(rest, weights);
  return [...fees.map((fee, i) => plus(fee, extra[i] as Money)), fromMinorUnits(0n, bill.currency)];
}

function fixedAndVariable(
  bill: Money,
  tenants: readonly TenantUsage[],
  capacity: Capacity,
  { fixed: part, by, idle }: Extract<Tariff, { kind: 'fixed-and-variable' }>,
): Amounts {
  const fixed = inMinorUnits(timesRatio(bill, part, 1));
  const byPeak = byWeights(fixed, tenants, capacity, 'peak', idle);
  const byUse = byWeights(minus(bill, fixed), tenants, capacity, by, idle);
  return byPeak.map((amount, i) => plus(amount, byUse[i] as Money));
}

const inMinorUnits = (amount: Money) => fromMinorUnits(minorUnits(amount), amount.currency);

function amountUsed(usage: Capacity, by: UsageBasis, whose: string): number {
  const amount = {
    allocated: usage.allocatedGpuHours,
    used: usage.usedGpuHours,
    peak: usage.peakGpus,
    cores: usage.coreHours,
    memory: usage.memoryGiBHours,
    sessions: usage.sessionHours,
  }[by];
  if (amount === undefined)
    throw new RangeError(`Cannot bill by what is used: the use of GPUs by "${whose}" was not measured`);
  return amount;
}
