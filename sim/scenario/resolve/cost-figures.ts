import {
  CLOUD_PRICES,
  type CloudPrice,
  cited,
  type FigureKind,
  priceFigure,
} from '../../hardware/prices/index.ts';
import type { CostFigure, CostPrice } from '../cost-types.ts';
import { decimalFromNumber, formatDecimal } from '../quantities/decimal.ts';
import type { PriceDocument, StatedDocument } from '../schema/cost.ts';

/** Words for what the scenario says without a source of its own. */
const STATED = 'stated in the scenario';
/** The price tables are in this currency. */
export const CATALOGUE_CURRENCY = 'USD';

type Named = Extract<PriceDocument, { catalog: string }>;

/** Decimal text of a number, without exponent. */
export const decimalText = (value: number): string => formatDecimal(decimalFromNumber(value));

/**
 * The value of a figure that a document names; where there is none, why.
 *
 * @param kind what the place wants; null: the price tables have nothing for it
 */
export function namedFigure(
  { catalog, take = 'typical', unverified = false }: Named,
  kind: FigureKind | null,
):
  | { readonly value: number; readonly figure: CostFigure }
  | { readonly wrong: 'name' | 'take' | 'unverified' } {
  const found = kind === null ? undefined : priceFigure(kind, catalog);
  if (found === undefined) return { wrong: 'name' };
  const { typical, range, source, confidence, name } = found;
  const value = take === 'typical' ? typical : (range?.[take === 'low' ? 0 : 1] ?? null);
  if (value === null) return { wrong: 'take' };
  if (confidence === 'unverified' && !unverified) return { wrong: 'unverified' };
  const words = take === 'typical' ? name : `${name}, ${take}`;
  return { value, figure: { amount: decimalText(value), source: `${words}: ${source}`, confidence } };
}

/** A price found valid. */
export function resolvePrice(written: PriceDocument, kind: FigureKind | null, currency: string): CostPrice {
  if (typeof written === 'number')
    return { amount: decimalText(written), currency, source: STATED, confidence: 'stated' };
  if ('amount' in written) {
    return {
      amount: decimalText(written.amount),
      currency: written.currency ?? currency,
      source: written.source ?? STATED,
      confidence: 'stated',
    };
  }
  return { ...named(written, kind), currency: CATALOGUE_CURRENCY };
}

/** A figure that is no price, found valid. */
export function resolveStated(written: StatedDocument, kind: FigureKind | null): CostFigure {
  if (typeof written === 'number')
    return { amount: decimalText(written), source: STATED, confidence: 'stated' };
  if ('amount' in written) {
    return {
      amount: decimalText(written.amount),
      source: written.source ?? STATED,
      confidence: 'stated',
    };
  }
  return named(written, kind);
}

function named(written: Named, kind: FigureKind | null): CostFigure {
  const found = namedFigure(written, kind);
  if ('wrong' in found)
    throw new RangeError(`Cannot use the figure "${written.catalog}": the document was not checked`);
  return found.figure;
}

/** The on-demand price of an instance type that is sure; undefined where there is none. */
export function instancePrice(instance: {
  readonly provider: string;
  readonly name: string;
}): (CloudPrice & { readonly usdPerHour: number }) | undefined {
  return CLOUD_PRICES.find(
    (each): each is CloudPrice & { usdPerHour: number } =>
      each.provider === instance.provider &&
      each.instance === instance.name &&
      each.confidence !== 'unverified' &&
      each.usdPerHour !== undefined,
  );
}

export function resolveInstance(instance: { readonly provider: string; readonly name: string }): CostPrice {
  const found = instancePrice(instance);
  if (found === undefined)
    throw new RangeError(`Cannot use the instance type "${instance.name}": the document was not checked`);
  return {
    amount: decimalText(found.usdPerHour),
    currency: CATALOGUE_CURRENCY,
    source: `${found.instance} on demand: ${cited(found.source)} (${found.asOf})`,
    confidence: found.confidence,
  };
}
