import { csvLine } from '../../sim/cost/csv.ts';
import { gpusNamed } from '../../sim/hardware/index.ts';
import { PRICE_FIGURES, type PriceFigure } from '../../sim/hardware/prices/figures.ts';
import type { CostPrice, LicenceCost, Tenure } from '../../sim/scenario/cost-types.ts';
import { hostName, type Scenario } from '../../sim/scenario/index.ts';
import { catalogueGpu } from '../../sim/scenario/resolve/card-spec.ts';
import type { GpuGroup, HostGroup } from '../../sim/scenario/types.ts';
import { chosenGroups, type Exporter, isProblem, nothingToWrite, refused } from './exporter.ts';
import { times } from './times.ts';

/** A line of the list; null where nobody says. */
interface PurchaseRow {
  readonly kind: 'host' | 'gpu' | 'licence';
  readonly item: string;
  readonly group: string;
  readonly quantity: number | null;
  readonly boards: number | null;
  /** What a price is for: bought once, a month, an hour, a year. */
  readonly per: 'once' | 'month' | 'hour' | 'year' | null;
  readonly unitPrice: string | null;
  readonly totalPrice: string | null;
  readonly currency: string | null;
  readonly source: string;
  readonly confidence: string;
  readonly note: string;
}

const COLUMNS = [
  'kind',
  'item',
  'host_group',
  'quantity',
  'boards',
  'price_per',
  'unit_price',
  'total_price',
  'currency',
  'source',
  'confidence',
  'note',
] as const;

/**
 * What must be bought or rented for the fleet: hosts, GPUs and licences with their prices. Prices are the scenario's own
 * (`cost`), else the catalogue's purchase price of the GPU; a price that is known as a range only stands in the note.
 */
export const purchaseList: Exporter = {
  name: 'purchase-list',
  description: 'hosts, GPUs and licences with quantities, prices and their sources (CSV)',
  settings: [],
  write(scenario, settings) {
    const withHosts = chosenGroups(scenario, settings, 'all');
    if (isProblem(withHosts)) return refused(withHosts);
    if (withHosts.length === 0) return nothingToWrite('of hosts');
    const rows = [
      ...withHosts.flatMap((group) => hostRows(group, scenario)),
      ...(scenario.cost?.licences ?? []).map((licence) => licenceRow(licence, withHosts)),
    ];
    const lines = [COLUMNS, ...rows.map(cells)].map((each) => csvLine(each));
    const unpriced = rows.filter(({ unitPrice }) => unitPrice === null).length;
    const notes = [
      ...(unpriced > 0 ? [`${unpriced} of ${rows.length} lines have no price: nobody states one`] : []),
      ...(scenario.elastic === null
        ? []
        : ['hosts that come and go (elastic) are listed as stated, not as many as a run needed']),
      'racks, networks, cables, energy, administration and taxes are not on the list',
    ];
    return { ok: true, text: lines.map((line) => `${line}\n`).join(''), data: rows, notes };
  },
};

function cells(row: PurchaseRow): string[] {
  const { kind, item, group, quantity, boards, per, unitPrice, totalPrice, currency } = row;
  const figures = [quantity, boards, per, unitPrice, totalPrice, currency];
  return [
    kind,
    item,
    group,
    ...figures.map((each) => (each === null ? '' : String(each))),
    row.source,
    row.confidence,
    row.note,
  ];
}

/** The hosts of a group and their GPUs, apart where different entries of the cost section pay for them. */
function hostRows(group: HostGroup, scenario: Scenario): PurchaseRow[] {
  const names = Array.from({ length: group.count }, (_, index) => hostName(group.name, index, group.count));
  const entries = scenario.cost?.hosts ?? [];
  const rest = new Set(names);
  const parts: { readonly count: number; readonly tenure: Tenure | null; readonly entry: string }[] = [];
  for (const { name, hosts, tenure } of entries) {
    const own = hosts.filter((host) => rest.delete(host));
    if (own.length > 0) parts.push({ count: own.length, tenure, entry: name });
  }
  if (rest.size > 0) parts.push({ count: rest.size, tenure: null, entry: '' });
  return parts.flatMap(({ count, tenure, entry }) => [
    hostRow(group, count, tenure, entry),
    ...group.gpus.map((gpu) => gpuRow(group, gpu, count, tenure, entry)),
  ]);
}

function hostRow(group: HostGroup, count: number, tenure: Tenure | null, entry: string): PurchaseRow {
  const item = `host with ${group.cpuMilli / 1000} cores and ${group.memoryMib} MiB`;
  const base = { kind: 'host' as const, item, group: group.name, boards: null };
  if (tenure?.kind === 'cloud') {
    const note = `${entry}: rented with its GPUs; price on demand`;
    return { ...base, ...priced(count, tenure.perHour, 'hour'), note };
  }
  if (tenure === null || tenure.kind === 'free')
    return { ...base, ...unpriced(count), note: noteOf(tenure, entry) };
  const { price, per, note } = ofTenure(tenure, 'host', entry);
  return { ...base, ...(price === null ? unpriced(count) : priced(count, price, per)), note };
}

function gpuRow(
  group: HostGroup,
  { model, count }: GpuGroup,
  hosts: number,
  tenure: Tenure | null,
  entry: string,
): PurchaseRow {
  const quantity = count * hosts;
  const perBoard = catalogueGpu(model)?.gpusPerBoard ?? 1;
  const base = {
    kind: 'gpu' as const,
    item: model,
    group: group.name,
    boards: Math.ceil(count / perBoard) * hosts,
  };
  if (tenure?.kind === 'cloud') {
    return { ...base, ...unpriced(quantity), note: `${entry}: in the price of the host` };
  }
  if (tenure?.kind === 'free') return { ...base, ...unpriced(quantity), note: noteOf(tenure, entry) };
  const { price, per, note } =
    tenure === null ? { price: null, per: 'once' as const, note: '' } : ofTenure(tenure, 'gpu', entry);
  if (price !== null) return { ...base, ...priced(quantity, price, per), note };
  // A lease without a price of its own for GPUs has them in that of the host.
  if (tenure?.kind === 'leased')
    return { ...base, ...unpriced(quantity), note: `${entry}: in the rent of the host` };
  if (tenure?.kind === 'owned' && tenure.host !== null) {
    return { ...base, ...unpriced(quantity), note: `${entry}: no price of its own beside the host's` };
  }
  return { ...base, ...cataloguePrice(model, quantity) };
}

function ofTenure(
  tenure: Extract<Tenure, { kind: 'owned' | 'leased' }>,
  what: 'host' | 'gpu',
  entry: string,
): { readonly price: CostPrice | null; readonly per: 'once' | 'month'; readonly note: string } {
  const per = tenure.kind === 'owned' ? ('once' as const) : ('month' as const);
  const note = tenure.kind === 'owned' ? `${entry}: bought` : `${entry}: leased for ${tenure.months} months`;
  return { price: tenure[what], per, note };
}

function noteOf(tenure: Tenure | null, entry: string): string {
  return tenure?.kind === 'free' ? `${entry}: free: ${tenure.why}` : '';
}

function licenceRow(licence: LicenceCost, groups: readonly HostGroup[]): PurchaseRow {
  const { name, price, perpetual, per, hosts, count } = licence;
  const base = { kind: 'licence' as const, item: name, group: '', boards: null };
  const note = `per ${per}`;
  const quantity = count ?? countOf(per, hosts === null ? null : new Set(hosts), groups);
  const period = perpetual === null ? ('year' as const) : ('once' as const);
  if (quantity === null) {
    const unknown = `${note}: as many as are in use at a time, which a run counts`;
    return { ...base, ...priced(null, price, period), note: unknown };
  }
  return { ...base, ...priced(quantity, price, period), note };
}

/** GPUs, hosts or cores that need a licence; null where users are counted. */
function countOf(
  per: LicenceCost['per'],
  hosts: ReadonlySet<string> | null,
  groups: readonly HostGroup[],
): number | null {
  if (per === 'user') return null;
  let sum = 0;
  for (const group of groups) {
    for (let index = 0; index < group.count; index++) {
      if (hosts !== null && !hosts.has(hostName(group.name, index, group.count))) continue;
      if (per === 'host') sum += 1;
      else if (per === 'core') sum += Math.ceil(group.cpuMilli / 1000);
      else sum += group.gpus.reduce((gpus, { count }) => gpus + count, 0);
    }
  }
  return sum;
}

type Priced = Pick<
  PurchaseRow,
  'quantity' | 'per' | 'unitPrice' | 'totalPrice' | 'currency' | 'source' | 'confidence'
>;

function priced(quantity: number | null, price: CostPrice, per: NonNullable<PurchaseRow['per']>): Priced {
  const { amount, currency, source, confidence } = price;
  const totalPrice = quantity === null ? null : times(amount, quantity);
  return { quantity, per, unitPrice: amount, totalPrice, currency, source, confidence };
}

function unpriced(quantity: number): Priced {
  const none = { per: null, unitPrice: null, totalPrice: null, currency: null };
  return { quantity, ...none, source: '', confidence: '' };
}

/** The catalogue's purchase price of a GPU: of the first row that names just this GPU. */
function cataloguePrice(model: string, quantity: number): Priced & { readonly note: string } {
  const figure = figureOf(model);
  if (figure === undefined) return { ...unpriced(quantity), note: '' };
  const { name, typical, range, source, confidence } = figure;
  const spread = range === null ? '' : `, ${range[0]} to ${range[1]} USD`;
  const note = `catalogue: ${name}${spread}`;
  if (typical === null) return { ...unpriced(quantity), source, confidence, note };
  const price: CostPrice = { amount: String(typical), currency: 'USD', source, confidence };
  return { ...priced(quantity, price, 'once'), note };
}

function figureOf(model: string): PriceFigure | undefined {
  const id = catalogueGpu(model)?.id;
  if (id === undefined) return undefined;
  return PRICE_FIGURES.find((figure) => {
    if (figure.kind !== 'purchase') return false;
    const named = gpusNamed(figure.name);
    return named.length === 1 && named[0]?.id === id;
  });
}
