import { FACILITY } from '../data/facility.ts';
import { GPU_POWER, HARDWARE_PRICES } from '../data/hardware-prices.ts';
import { LICENCES } from '../data/licences.ts';
import { PRICE_SOURCES } from '../data/price-sources.ts';
import { citedSources, type Evidence } from '../evidence.ts';
import { gpusNamed } from '../gpu-lookup.ts';
import { compactName } from '../names.ts';
import type { GpuPower } from './price.ts';

/** What a figure of the price tables is of. All amounts are USD. */
export type FigureKind =
  | 'purchase'
  | 'energy'
  | 'power-usage'
  | 'space'
  | 'licence-year'
  | 'licence-once'
  | 'licence-support'
  | 'licence-gpu-hour';

/** A figure of the price tables, with what is known of its range. */
export interface PriceFigure {
  readonly kind: FigureKind;
  readonly name: string;
  /** Null: the source gives a range only. */
  readonly typical: number | null;
  readonly range: readonly [low: number, high: number] | null;
  readonly source: string;
  readonly confidence: Evidence;
}

const facility = (id: string, kind: FigureKind): PriceFigure[] =>
  FACILITY.filter((each) => each.id === id).map(({ low, typical, high, source, confidence }) => ({
    kind,
    name: id,
    typical,
    range: low === null || high === null ? null : [low, high],
    source: cited(source),
    confidence,
  }));

const licence = (
  kind: FigureKind,
  pick: (each: (typeof LICENCES)[number]) => {
    readonly usd: number | null | undefined;
    readonly confidence?: Evidence | undefined;
    readonly range?: readonly [number, number] | undefined;
  },
): PriceFigure[] =>
  LICENCES.flatMap((each) => {
    const { usd, confidence = each.confidence, range = null } = pick(each);
    if (usd == null) return [];
    return [{ kind, name: each.id, typical: usd, range, source: cited(each.source), confidence }];
  });

/** Every figure that a scenario may name in place of a price of its own. */
export const PRICE_FIGURES: readonly PriceFigure[] = [
  ...HARDWARE_PRICES.flatMap(({ gpu, usd, usdRange, source, confidence, asOf }): PriceFigure[] =>
    usd == null && usdRange === undefined
      ? []
      : [
          {
            kind: 'purchase',
            name: gpu,
            typical: usd ?? null,
            range: usdRange ?? null,
            source: asOf === null ? cited(source) : `${cited(source)} (${asOf})`,
            confidence,
          },
        ],
  ),
  ...facility('electricity-usd-kwh', 'energy'),
  ...facility('pue', 'power-usage'),
  ...facility('colocation', 'space'),
  ...licence('licence-year', (each) => ({
    usd: each.subscriptionUsdPerYear,
    range: each.subscriptionUsdPerYearRange,
  })),
  ...licence('licence-once', (each) => ({
    usd: each.perpetualUsd ?? each.perpetualUsdWith5YearSupport,
    confidence: each.perpetualConfidence,
  })),
  ...licence('licence-support', (each) => ({ usd: each.sumsUsdPerYear })),
  ...licence('licence-gpu-hour', (each) => ({ usd: each.cloudUsdPerGpuHour })),
];

/** The figure of that name; names differ in capitals and marks only where they mean the same. */
export function priceFigure(kind: FigureKind, name: string): PriceFigure | undefined {
  return PRICE_FIGURES.find(
    (each) => each.kind === kind && (each.name === name || compactName(each.name) === compactName(name)),
  );
}

/** Names of the figures of a kind, in the order of the tables. */
export function figureNames(kind: FigureKind): readonly string[] {
  return PRICE_FIGURES.filter((each) => each.kind === kind).map(({ name }) => name);
}

/** Idle and greatest watts of a GPU model: a row of exactly that name, else the first of a GPU that both names may mean. */
export function powerOfGpu(model: string): (GpuPower & { idleW: number; maxW: number }) | undefined {
  const rows = GPU_POWER.filter(
    (row): row is GpuPower & { idleW: number; maxW: number } => row.idleW !== null && row.maxW !== null,
  );
  const exact = rows.find((row) => compactName(row.gpu) === compactName(model));
  if (exact !== undefined) return exact;
  const ids = new Set(gpusNamed(model).map(({ id }) => id));
  return rows.find((row) => gpusNamed(row.gpu).some(({ id }) => ids.has(id)));
}

/** The source as its table spells it out. */
export function cited(source: string): string {
  const found = citedSources(source, PRICE_SOURCES);
  if (found.length === 0) return source;
  return found.map((key) => PRICE_SOURCES[key as keyof typeof PRICE_SOURCES]).join('; ');
}
