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
  type Price,
  type PriceConfidence,
  type Purchase,
  timesRatio,
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

/** Lines of a bill, and what of them was bought. */
export interface Lines {
  readonly rows: readonly LedgerRow[];
  readonly purchases: readonly Purchase[];
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
 */
export function hostLines(cost: Cost, entry: HostCost, measured: HostQuantities, scale: number): Lines {
  const { name: pool, tenure, space } = entry;
  const rows: LedgerRow[] = [];
  const purchases: Purchase[] = [];
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
    case 'leased':
      for (const { what, model, count, price } of each(tenure)) {
        rows.push(
          ledgerRow({
            kind: 'lease',
            item: `Leased ${what}s, for ${tenure.months} months`,
            unit: `${what}-months`,
            pool,
            model,
            quantity: count,
            price,
          }),
        );
      }
      break;
    case 'cloud': {
      const price = priceIn(cost, tenure.perHour);
      const { committed } = tenure;
      rows.push(
        ledgerRow({
          kind: 'cloud',
          item: committed === null ? 'Hours on demand' : `Hours committed for ${committed.months} months`,
          unit: 'host-hours',
          pool,
          quantity: committed === null ? measured.hostHours * scale : measured.hosts * HOURS_PER_MONTH,
          price:
            committed === null
              ? price
              : withAmount(price, minus(price.amount, timesRatio(price.amount, committed.discount, 1))),
        }),
      );
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
  return { rows, purchases };
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
