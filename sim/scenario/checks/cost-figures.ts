import { type FigureKind, figureNames, priceFigure } from '../../hardware/prices/index.ts';
import { nameHint } from '../nearest-name.ts';
import type { Path } from '../path.ts';
import { type Finding, quoteValue } from '../problem.ts';
import { CATALOGUE_CURRENCY, namedFigure } from '../resolve/cost-figures.ts';
import type { CostDocument, PriceDocument, StatedDocument } from '../schema/cost.ts';
import type { Sound } from './sound.ts';

type Cost = Sound<CostDocument>;

/** A place of the section with a figure, sound or not, and what the price tables may have for it. */
interface Place {
  readonly path: Path;
  readonly written: Sound<PriceDocument | StatedDocument> | undefined;
  readonly kind: FigureKind | null;
  readonly isPrice: boolean;
}

/** Every figure of the section in the order of the document. */
function figurePlaces(cost: Cost): readonly Place[] {
  const places: Place[] = [];
  const note = (path: Path, written: Place['written'], kind: FigureKind | null = null, isPrice = true) => {
    if (written !== undefined) places.push({ path: ['cost', ...path], written, kind, isPrice });
  };
  for (const [at, entry] of (cost.hosts ?? []).entries()) {
    const path = ['hosts', at];
    for (const key of ['host', 'gpu'] as const) {
      note([...path, 'owned', key], entry?.owned?.[key], 'purchase');
      note([...path, 'leased', key], entry?.leased?.[key]);
      note([...path, 'leased', 'renewal', key], entry?.leased?.renewal?.[key]);
    }
    note([...path, 'cloud', 'perHour'], entry?.cloud?.perHour);
    note([...path, 'space', 'perKw'], entry?.space?.perKw, 'space');
    note([...path, 'space', 'perRack'], entry?.space?.perRack);
  }
  note(['energy', 'perKwh'], cost.energy?.perKwh, 'energy');
  note(['energy', 'pue'], cost.energy?.pue, 'power-usage', false);
  note(['energy', 'hosts', 'idle'], cost.energy?.hosts?.idle, null, false);
  note(['energy', 'hosts', 'max'], cost.energy?.hosts?.max, null, false);
  note(['energy', 'gramsPerKwh'], cost.energy?.gramsPerKwh, null, false);
  for (const [at, each] of (cost.administration ?? []).entries()) {
    note(['administration', at, 'perYear'], each?.perYear);
    note(['administration', at, 'perHost'], each?.perHost);
  }
  for (const [at, each] of (cost.fixed ?? []).entries()) note(['fixed', at, 'perMonth'], each?.perMonth);
  note(['egress', 'perGb'], cost.egress?.perGb);
  for (const [at, each] of (cost.licences ?? []).entries()) {
    const once = each?.term === 'perpetual';
    note(['licences', at, 'price'], each?.price, once ? 'licence-once' : 'licence-year');
    note(['licences', at, 'support'], each?.support, 'licence-support');
  }
  note(['downtime', 'perGpuHour'], cost.downtime?.perGpuHour);
  note(['downtime', 'perFailedJob'], cost.downtime?.perFailedJob);
  for (const [at, each] of (cost.chargeback?.rates ?? []).entries())
    note(['chargeback', 'rates', at, 'price'], each?.price);
  for (const key of ['upfront', 'perMonth', 'resale'] as const) note(['baseline', key], cost.baseline?.[key]);
  return places;
}

/** Figures of the price tables must be there and fit to be used, and all prices come to one currency. */
export function checkFigures(cost: Cost): readonly Finding[] {
  const rates = new Set((cost.rates ?? []).map((rate) => `${rate?.from} ${rate?.to}`));
  const findings: Finding[] = [];
  for (const { path, written, kind, isPrice } of figurePlaces(cost)) {
    if (typeof written !== 'object') continue;
    let currency = 'currency' in written ? written.currency : cost.currency;
    if ('catalog' in written && written.catalog !== undefined) {
      findings.push(...checkNamed(path, { ...written, catalog: written.catalog }, kind));
      currency = CATALOGUE_CURRENCY;
    }
    if (isPrice) findings.push(...checkRate(path, currency, cost.currency, rates));
  }
  return findings;
}

/** A price in another currency needs a rate to that of the section. */
export function checkRate(
  path: Path,
  from: string | undefined,
  to: string | undefined,
  rates: ReadonlySet<string>,
): readonly Finding[] {
  if (from === undefined || to === undefined || from === to || rates.has(`${from} ${to}`)) return [];
  const message = `is in ${from}, and the section in ${to}: cost.rates must have a rate from ${from} to ${to}, with its source`;
  return [{ path, message }];
}

function checkNamed(
  path: Path,
  written: {
    readonly catalog: string;
    readonly take?: 'low' | 'typical' | 'high' | undefined;
    readonly unverified?: boolean | undefined;
  },
  kind: FigureKind | null,
): readonly Finding[] {
  const found = namedFigure(written as Parameters<typeof namedFigure>[0], kind);
  if (!('wrong' in found)) return [];
  const at = [...path, 'catalog'];
  if (kind === null)
    return [
      {
        path: at,
        message: 'the price tables have no such figures: state a number, or {amount, currency, source}',
      },
    ];
  const { catalog, take = 'typical' } = written;
  switch (found.wrong) {
    case 'name': {
      const names = figureNames(kind);
      const message = `must be a figure of slicewise catalog prices, got ${quoteValue(catalog)}: or state a number, or {amount, currency, source}`;
      return [{ path: at, message, hint: nameHint(catalog, names) }];
    }
    case 'take': {
      const figure = priceFigure(kind, catalog);
      const range = figure?.range ?? null;
      const message =
        range === null
          ? `has no ${take} value, only one: leave take out`
          : `is a range of ${range[0]} to ${range[1]} without a ${take} value: say take: low or high, or state a number`;
      return [{ path: [...path, 'take'], message }];
    }
    default: {
      const message = `nobody has verified ${quoteValue(catalog)}: state a price of your own with its source, or write unverified: true to use it nevertheless`;
      return [{ path: at, message }];
    }
  }
}
