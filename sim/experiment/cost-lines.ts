import {
  converted,
  type ExchangeRate,
  energyKwh,
  facilityKwh,
  HOURS_PER_MONTH,
  type LedgerRow,
  ledgerRow,
  type Money,
  minus,
  money,
  monthlyOf,
  monthlyWriteOff,
  nothing,
  type Price,
  type PriceConfidence,
  type Purchase,
  plus,
  type Term,
  times,
  timesRatio,
  totalOf,
} from '../cost/index.ts';
import { cited, powerOfGpu } from '../hardware/prices/index.ts';
import type { Cost, CostPrice, HostCost } from '../scenario/cost-types.ts';
import type { HostQuantities } from './cost-quantities.ts';
import { ScenarioError } from './scenario-error.ts';

/** From the surest to the least sure; what a figure made of several rests on is its weakest. */
const SURENESS: readonly PriceConfidence[] = [
  'documented',
  'code',
  'measured',
  'stated',
  'vendor-claim',
  'derived',
  'inferred',
  'unverified',
];

/** Lines of a bill, what of them was bought, and what is under contract. */
export interface Lines {
  readonly rows: readonly LedgerRow[];
  readonly purchases: readonly Purchase[];
  readonly terms: readonly Term[];
}

/** A price as the ledger takes it, in the currency of the section. */
export function priceIn(
  { currency, rates }: Pick<Cost, 'currency'> & { readonly rates: readonly ExchangeRate[] },
  price: CostPrice,
): Price {
  const rate = rates.find((each) => each.from === price.currency && each.to === currency);
  const isSame = price.currency === currency;
  return {
    amount: converted(money(price.amount, price.currency), currency, rates),
    source: isSame ? price.source : `${price.source}; ${price.currency} at ${rate?.rate} (${rate?.source})`,
    confidence: price.confidence,
  };
}

const withAmount = (price: Price, amount: Money): Price => ({ ...price, amount });

/**
 * What a month of hosts costs: buying, renting or hours, and their place.
 *
 * @param scale months in the hours that were measured, inverse: quantities measured times this are those of a month
 * @param committed host-hours within and beyond the commitment, of an entry that has one
 */
export function hostLines(
  cost: Cost,
  entry: HostCost,
  measured: HostQuantities,
  scale: number,
  committed?: CommittedHours,
): Lines {
  const { name: pool, tenure, space } = entry;
  const rows: LedgerRow[] = [];
  const purchases: Purchase[] = [];
  const terms: Term[] = [];
  const models = [...measured.models];
  /** Each host and each GPU, with the count and the words for it. */
  const each = (of: { readonly host: CostPrice | null; readonly gpu: CostPrice | null }) => [
    ...(of.host === null
      ? []
      : [{ what: 'host', model: '', count: measured.hosts, price: priceIn(cost, of.host) }]),
    ...(of.gpu === null
      ? []
      : models.map(([model, { gpus }]) => ({
          what: 'GPU',
          model,
          count: gpus,
          price: priceIn(cost, of.gpu as CostPrice),
        }))),
  ];
  switch (tenure.kind) {
    case 'owned': {
      const { months, residual, support } = tenure;
      for (const { what, model, count, price } of each(tenure)) {
        const at = { pool, model, quantity: count, unit: `${what}-months` };
        rows.push(
          ledgerRow({
            ...at,
            kind: 'hardware',
            item: `Bought ${what}s, written off over ${months} months`,
            price: withAmount(price, monthlyWriteOff(price.amount, months, residual)),
          }),
        );
        if (Number(support) > 0) {
          const yearly = timesRatio(price.amount, support, 1);
          rows.push(
            ledgerRow({
              ...at,
              kind: 'support',
              item: `Maintenance of ${what}s`,
              price: withAmount(price, monthlyOf(yearly)),
            }),
          );
        }
        purchases.push({ price: timesRatio(price.amount, count, 1), months, residual });
      }
      break;
    }
    case 'leased': {
      const { months, renewal, atEnd, endFee } = tenure;
      const rents = each(tenure).map(({ what, model, count, price }) =>
        ledgerRow({
          kind: 'lease',
          item: `Leased ${what}s, for ${months} months`,
          unit: `${what}-months`,
          pool,
          model,
          quantity: count,
          price,
        }),
      );
      rows.push(...rents);
      const later = {
        host: tenure.host && (renewal?.host ?? tenure.host),
        gpu: tenure.gpu && (renewal?.gpu ?? tenure.gpu),
      };
      terms.push({
        monthly: totalOf(cost.currency, rents),
        months,
        after: each(later).reduce(
          (sum, { count, price }) => plus(sum, times(price.amount, count)),
          nothing(cost.currency),
        ),
        isRenewed: atEnd === 'renew',
        isPrepaid: false,
        endFee,
      });
      break;
    }
    case 'cloud': {
      const lines = cloudLines(cost, pool, tenure, measured.hostHours * scale, {
        hosts: tenure.committed?.hosts ?? measured.hosts,
        used: (committed?.usedHours ?? 0) * scale,
        beyond: (committed?.beyondHours ?? 0) * scale,
      });
      rows.push(...lines.rows);
      terms.push(...lines.terms);
      break;
    }
    default:
      rows.push(
        ledgerRow({
          kind: 'other',
          item: `Free: ${tenure.why}`,
          unit: 'host-months',
          pool,
          quantity: measured.hosts,
          price: { amount: money(0, cost.currency), source: 'stated in the scenario', confidence: 'stated' },
        }),
      );
  }
  if (space !== null) {
    const { unit, units, price } = space;
    rows.push(
      ledgerRow({
        kind: 'space',
        item: `Space by the ${unit}`,
        unit: `${unit}-months`,
        pool,
        quantity: units,
        price: priceIn(cost, price),
      }),
    );
  }
  return { rows, purchases, terms };
}

/** Host-hours that were measured of a commitment. */
export interface CommittedHours {
  readonly usedHours: number;
  readonly beyondHours: number;
}

/**
 * Hours of a cloud. A commitment pays for all hours of so many hosts, whichever of the entry's are there; hours in which
 * more of them are there are on demand, or bought on the spot market, for as long as they are there.
 *
 * @param present host-hours of a month
 * @param of of a month: hosts committed for, host-hours within the commitment, and beyond it
 */
function cloudLines(
  cost: Cost,
  pool: string,
  { perHour, committed, spot }: Extract<HostCost['tenure'], { kind: 'cloud' }>,
  present: number,
  of: { readonly hosts: number; readonly used: number; readonly beyond: number },
): Omit<Lines, 'purchases'> {
  const list = priceIn(cost, perHour);
  const less = (discount: string) =>
    withAmount(list, minus(list.amount, timesRatio(list.amount, discount, 1)));
  const at = { kind: 'cloud' as const, unit: 'host-hours', pool };
  const rest =
    spot === null ? { item: 'Hours on demand', price: list } : { item: 'Hours on spot', price: less(spot) };
  if (committed === null) return { rows: [ledgerRow({ ...at, ...rest, quantity: present })], terms: [] };
  const { months, discount, paid, atEnd } = committed;
  const price = less(discount);
  const item = `Hours committed for ${months} months`;
  const used = ledgerRow({
    ...at,
    item,
    quantity: of.used,
    price,
    listPrice: list.amount,
    payment: paid === 'upfront' ? 'prepaid-used' : 'commitment-used',
  });
  const all = of.hosts * HOURS_PER_MONTH;
  const unused = ledgerRow({
    ...at,
    item: `${item}, not used`,
    quantity: Math.max(0, all - Number(used.quantity)),
    price,
    listPrice: list.amount,
    payment: paid === 'upfront' ? 'prepaid-unused' : 'commitment-unused',
  });
  const beyond = ledgerRow({
    ...at,
    item: `${rest.item}, beyond the commitment`,
    quantity: of.beyond,
    price: rest.price,
    listPrice: list.amount,
  });
  const monthly = plus(used.amount, unused.amount);
  const term: Term = {
    monthly,
    months,
    after: atEnd === 'renew' ? monthly : times(rest.price.amount, used.quantity),
    isRenewed: atEnd === 'renew',
    isPrepaid: paid === 'upfront',
    endFee: '1',
  };
  return { rows: [used, unused, beyond].filter(({ quantity }) => Number(quantity) > 0), terms: [term] };
}

/** Energy of the GPUs of each model and of the hosts around them, where it is metered. */
export function energyLines(
  cost: Cost,
  entry: HostCost,
  measured: HostQuantities,
  scale: number,
): readonly LedgerRow[] {
  const { energy } = cost;
  if (!entry.isMetered) return [];
  if (energy === null)
    throw new ScenarioError('cost.energy', `is missing: the power of "${entry.name}" is metered`);
  const tariff = priceIn(cost, energy.perKwh);
  const line = (
    item: string,
    model: string,
    kwh: number,
    figures: readonly { readonly source: string; readonly confidence: PriceConfidence }[],
  ) =>
    ledgerRow({
      kind: 'energy',
      item,
      unit: 'kWh',
      pool: entry.name,
      model,
      quantity: facilityKwh(kwh, Number(energy.pue.amount)) * scale,
      price: {
        amount: tariff.amount,
        source: [...new Set([tariff, energy.pue, ...figures].map(({ source }) => source))].join('; '),
        confidence: weakest([tariff, energy.pue, ...figures].map(({ confidence }) => confidence)),
      },
    });
  const rows = [...measured.models].map(([model, { present, delivered }]) => {
    const draw = energy.gpus.find((each) => each.model === model) ?? knownPower(model);
    const load = present > 0 ? Math.min(1, delivered / present) : 0;
    const watts = { source: `watts ${draw.source}`, confidence: draw.confidence };
    return line('GPUs', model, energyKwh(draw, 1, present, load), [watts]);
  });
  if (energy.hosts === null) return rows;
  const { idle, max } = energy.hosts;
  const draw = { idleW: Number(idle.amount), maxW: Number(max.amount) };
  return [
    ...rows,
    line('Hosts around the GPUs', '', energyKwh(draw, 1, measured.hostHours, measured.cpuLoad), [idle, max]),
  ];
}

/** Watts that need no word of the scenario: they are verified. */
function knownPower(model: string) {
  const known = powerOfGpu(model);
  if (known === undefined || known.confidence === 'unverified')
    throw new ScenarioError(
      'cost.energy',
      `must have the watts of "${model}": the price tables have none that are verified`,
    );
  return { ...known, source: `${known.gpu}: ${cited(known.source)}` };
}

function weakest(all: readonly PriceConfidence[]): PriceConfidence {
  return all.reduce((a, b) => (SURENESS.indexOf(a) >= SURENESS.indexOf(b) ? a : b), 'documented');
}
