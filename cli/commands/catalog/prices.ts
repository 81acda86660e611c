import { citedSources, compactName, gpusNamed } from '../../../sim/hardware/index.ts';
import {
  CLOUD_PRICES,
  type CloudPrice,
  COST_FORMULAS,
  FACILITY,
  type FacilityFigure,
  GPU_POWER,
  type GpuPower,
  HARDWARE_PRICES,
  type HardwarePrice,
  LICENCE_RULES,
  LICENCES,
  type Licence,
  PRICE_GAPS,
  PRICE_SOURCES,
  SIZING_FACTS,
  UNLICENSED_PHASES,
} from '../../../sim/hardware/prices/index.ts';
import { type Column, renderTable } from '../../table.ts';
import {
  type CatalogAnswer,
  type CatalogQuery,
  pickSources,
  rangeText,
  section,
  wrongOption,
} from './topic.ts';

/** Licences, cloud and purchase prices, watts and facility figures; with a GPU, the rows of that GPU. */
export function answer(query: CatalogQuery): CatalogAnswer {
  if (query.gpu === undefined) return allPrices();
  const fits = rowsOf(query.gpu);
  const cloud = CLOUD_PRICES.filter(fits);
  const hardware = HARDWARE_PRICES.filter(fits);
  const power = GPU_POWER.filter(fits);
  if (cloud.length + hardware.length + power.length === 0) {
    const named = new Set([...CLOUD_PRICES, ...HARDWARE_PRICES, ...GPU_POWER].map((row) => row.gpu));
    throw wrongOption('--gpu', query.gpu, `no price or power figure; accepted: ${[...named].join(', ')}`);
  }
  return {
    records: { cloud, hardware, power },
    sources: citedBy([...cloud, ...hardware, ...power]),
    notes: [UNITS_NOTE],
    text: (width) =>
      [
        ...(cloud.length === 0 ? [] : [section('Cloud, on demand', renderTable(cloudColumns, cloud, width))]),
        ...(hardware.length === 0
          ? []
          : [section('Purchase', renderTable(hardwareColumns, hardware, width))]),
        ...(power.length === 0 ? [] : [section('Power', renderTable(powerColumns, power, width))]),
      ].join('\n'),
  };
}

const UNITS_NOTE =
  'USD, list or public quote, not offers; cloud prices include the host; share 0.125: one eighth of a GPU';

function allPrices(): CatalogAnswer {
  return {
    records: {
      licences: LICENCES,
      licenceRules: LICENCE_RULES,
      unlicensedPhases: UNLICENSED_PHASES,
      cloud: CLOUD_PRICES,
      hardware: HARDWARE_PRICES,
      power: GPU_POWER,
      facility: FACILITY,
      formulas: COST_FORMULAS,
      sizing: SIZING_FACTS,
      gaps: PRICE_GAPS,
    },
    sources: PRICE_SOURCES,
    notes: [UNITS_NOTE],
    text: (width) =>
      [
        section('Licences', renderTable(licenceColumns, LICENCES, width)),
        section('Cloud, on demand', renderTable(cloudColumns, CLOUD_PRICES, width)),
        section('Purchase', renderTable(hardwareColumns, HARDWARE_PRICES, width)),
        section('Power', renderTable(powerColumns, GPU_POWER, width)),
        section('Facility', renderTable(facilityColumns, FACILITY, width)),
      ].join('\n'),
  };
}

/** Whether a row is about the GPU asked for: the same name, or a name that may mean one of the same GPUs. */
function rowsOf(name: string): (row: { readonly gpu: string }) => boolean {
  const wanted = new Set(gpusNamed(name));
  return (row) =>
    compactName(row.gpu) === compactName(name) || gpusNamed(row.gpu).some((gpu) => wanted.has(gpu));
}

function citedBy(rows: readonly { readonly source: string }[]): Record<string, string> {
  return pickSources(
    PRICE_SOURCES,
    rows.flatMap((row) => citedSources(row.source, PRICE_SOURCES)),
  );
}

const licenceColumns: readonly Column<Licence>[] = [
  { header: 'licence', value: (row) => row.id },
  { header: 'edition', value: (row) => row.edition, shrinkTo: 16, overflow: 'wrap' },
  { header: 'counted by', value: (row) => row.metric, shrinkTo: 14, overflow: 'wrap' },
  { header: 'USD/year', value: (row) => row.subscriptionUsdPerYear },
  { header: 'once USD', value: (row) => row.perpetualUsd ?? row.perpetualUsdWith5YearSupport },
  { header: 'confidence', value: (row) => row.confidence },
  { header: 'source', value: (row) => row.source, shrinkTo: 8, overflow: 'wrap' },
];

const cloudColumns: readonly Column<CloudPrice>[] = [
  { header: 'provider', value: (row) => row.provider, shrinkTo: 10 },
  { header: 'instance', value: (row) => row.instance, shrinkTo: 12 },
  { header: 'GPU', value: (row) => row.gpu },
  { header: 'share', value: (row) => row.gpuShare },
  { header: 'USD/h', value: cloudPrice, align: 'right' },
  { header: 'as of', value: (row) => row.asOf },
  { header: 'confidence', value: (row) => row.confidence },
  { header: 'source', value: (row) => row.source },
];

function cloudPrice(row: CloudPrice): string | number | undefined {
  if (row.usdPerHourRange !== undefined) return rangeText(row.usdPerHourRange);
  if (row.usdPerHourCommunity !== undefined && row.usdPerHourSecure !== undefined) {
    return rangeText([row.usdPerHourCommunity, row.usdPerHourSecure]);
  }
  return row.usdPerHour;
}

const hardwareColumns: readonly Column<HardwarePrice>[] = [
  { header: 'GPU', value: (row) => row.gpu },
  {
    header: 'USD',
    value: (row) => (row.usdRange === undefined ? row.usd : rangeText(row.usdRange)),
    align: 'right',
  },
  { header: 'as of', value: (row) => row.asOf },
  { header: 'confidence', value: (row) => row.confidence },
  { header: 'source', value: (row) => row.source },
];

const powerColumns: readonly Column<GpuPower>[] = [
  { header: 'GPU', value: (row) => row.gpu },
  {
    header: 'idle W',
    value: (row) => (row.idleAddsW === undefined ? row.idleW : `+${rangeText(row.idleAddsW)}`),
    align: 'right',
  },
  { header: 'max W', value: (row) => row.maxW },
  { header: 'confidence', value: (row) => row.confidence },
  { header: 'source', value: (row) => row.source },
];

const facilityColumns: readonly Column<FacilityFigure>[] = [
  { header: 'figure', value: (row) => row.id },
  { header: 'low', value: (row) => row.low },
  { header: 'typical', value: (row) => row.typical },
  { header: 'high', value: (row) => row.high },
  { header: 'unit', value: (row) => row.unit },
  { header: 'confidence', value: (row) => row.confidence },
  { header: 'source', value: (row) => row.source, shrinkTo: 12, overflow: 'wrap' },
];
