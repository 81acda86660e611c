import { GPU_MODELS, resolveGpu } from '../../../sim/hardware/index.ts';
import { OVERHEAD_RECORDS, OVERHEAD_SOURCES } from '../../../sim/hardware/overheads/index.ts';
import {
  type CardSpec,
  type ConfigProblem,
  isAssumed,
  isRefusal,
  type LicenceNeed,
  type OperationPath,
  type Parameter,
  ParameterValues,
  SHARING_MODES,
  SHARING_PARAMETERS,
  type SharingConfig,
  type SharingMode,
} from '../../../sim/sharing/index.ts';
import { ANY_CARD, cardNamed, usualSharing } from '../../default-sharing.ts';
import { type Cell, type Column, renderFields, renderTable } from '../../table.ts';
import { type ModeOption, modeOptions } from './mode-options.ts';
import { type CatalogAnswer, type CatalogQuery, lookUp, section, wrongOption } from './topic.ts';

/** A mode with what depends on a GPU: shown on one that can do it. */
interface ModeRecord {
  readonly mode: SharingMode;
  readonly options: readonly ModeOption[];
  readonly licences: readonly LicenceNeed[];
  readonly operations: readonly OperationPath[];
  /** GPU that the operations are those of; null: any. */
  readonly operationsOn: string | null;
  /** Whether the GPU that was asked for can do it; undefined where none was. */
  readonly onGpu: { readonly can: boolean; readonly problems: readonly ConfigProblem[] } | undefined;
}

/** The capability matrix of the sharing modes, from the code that simulates them; or all of one mode. */
export function answer(query: CatalogQuery): CatalogAnswer {
  const gpu = query.gpu === undefined ? undefined : lookUp('--gpu', query.gpu, resolveGpu);
  const card = gpu === undefined ? undefined : cardNamed(gpu.gpu.id);
  const modes = SHARING_MODES.filter(({ name }) => query.mode === undefined || name === query.mode);
  if (modes.length === 0) {
    const known = SHARING_MODES.map(({ name }) => name).join(', ');
    throw wrongOption('--mode', query.mode ?? '', `no such mode; accepted: ${known}`);
  }
  const records = modes.map((mode) => recordOf(mode, card));
  const assumption = gpu === undefined || gpu.assumption === null ? [] : [`${query.gpu}: ${gpu.assumption}`];
  const single = query.mode === undefined ? undefined : records[0];
  return {
    records: {
      ...(gpu === undefined ? {} : { gpu: gpu.gpu.id }),
      modes: records.map(plain),
    },
    sources: citedSources(records),
    notes: [
      ...assumption,
      ...(single === undefined
        ? gpu !== undefined
          ? []
          : [
              'ends: what a fault of one tenant ends; to re-cut: what must be idle to divide the card differently',
              'confidence: how many of the overheads that the model has no published figure stands behind',
              '--mode NAME shows one mode in full, --gpu NAME which modes a GPU can do',
            ]
        : ['* assumed: no published measurement stands behind the range']),
    ],
    text: (width) =>
      single !== undefined
        ? oneMode(single, gpu?.gpu.name, width)
        : gpu !== undefined
          ? section(`Modes on ${gpu.gpu.name}`, renderTable(GPU_COLUMNS, records, width))
          : matrix(records, width),
  };
}

function recordOf(mode: SharingMode, asked: CardSpec | undefined): ModeRecord {
  const answerOf = (card: CardSpec) => ({ card, usual: usualSharing(mode, card) });
  const onAsked = asked === undefined ? undefined : answerOf(asked);
  const usable = [...(onAsked === undefined ? [] : [onAsked])];
  // Without an own wish: any card, else the first of the catalogue that can do it.
  for (const card of catalogueCards()) {
    if (asked === undefined || usable.every(({ usual }) => 'problems' in usual)) usable.push(answerOf(card));
  }
  const able = usable.flatMap(({ card, usual }) =>
    'config' in usual ? [{ card, config: usual.config }] : [],
  );
  const first = able[0];
  return {
    mode,
    options: modeOptions(mode.name),
    licences: distinctLicences(
      able.flatMap(({ card, config }) => variants(config).flatMap((each) => licencesOn(mode, each, card))),
    ),
    operations: first === undefined ? [] : mode.operations(first.config as never, first.card),
    operationsOn: first?.card.catalogue?.name ?? null,
    onGpu:
      onAsked === undefined
        ? undefined
        : 'problems' in onAsked.usual
          ? { can: false, problems: onAsked.usual.problems }
          : { can: true, problems: [] },
  };
}

let cards: readonly CardSpec[] | undefined;

function catalogueCards(): readonly CardSpec[] {
  cards ??= [ANY_CARD, ...GPU_MODELS.map(({ id }) => cardNamed(id))];
  return cards;
}

/** The configuration with each series of types, which carry licences of their own. */
function variants(config: SharingConfig): readonly SharingConfig[] {
  if (config.mode !== 'vgpu' && config.mode !== 'mig-vgpu') return [config];
  return ['A', 'B', 'C', 'Q'].map((series) => ({ ...config, series }));
}

/** What tenants consume on a card: one with the whole of it, one with as little as possible. */
function licencesOn(mode: SharingMode, config: SharingConfig, card: CardSpec): readonly LicenceNeed[] {
  if (mode.check(config as never, card).length > 0) return [];
  const empty = mode.createCard(config as never, card, new ParameterValues(SHARING_PARAMETERS));
  const use = {
    workload: 'generic',
    busy: 1,
    compute: 1,
    bandwidth: 0,
    memoryMib: 0,
    linkBytesPerSec: 0,
    processes: 1,
    syncCallsPerSec: 0,
    speedByProfile: null,
  } as const;
  return ([{ kind: 'whole' }, { kind: 'part', computeMilli: 0, memoryMib: 0 }] as const).flatMap((slot) => {
    const place = empty.admitEmpty({ slot, use, count: 1 });
    return isRefusal(place) ? [] : [mode.licence(config as never, card, place)];
  });
}

function distinctLicences(needs: readonly LicenceNeed[]): readonly LicenceNeed[] {
  const byText = new Map(needs.map((need) => [JSON.stringify([need.edition, need.metric]), need]));
  return [...byText.values()].sort((a, b) => (a.edition < b.edition ? -1 : a.edition > b.edition ? 1 : 0));
}

function plain({ mode, options, licences, operations, operationsOn, onGpu }: ModeRecord): object {
  const { name, title, summary, traits, parameters, leavesOut } = mode;
  return {
    name,
    title,
    summary,
    ...(onGpu === undefined ? {} : { onGpu }),
    traits,
    options,
    licences,
    parameters: parameters.map((each) => ({ ...each, assumed: isAssumed(each) })),
    operationsOn,
    operations: operations.map((each) => ({ ...each, seconds: seconds(each) })),
    leavesOut,
  };
}

const name: Column<ModeRecord> = { header: 'mode', value: ({ mode }) => mode.name };

const ISOLATION_COLUMNS: readonly Column<ModeRecord>[] = [
  name,
  { header: 'memory', value: ({ mode }) => mode.traits.memoryIsolation },
  { header: 'reserved', value: ({ mode }) => mode.traits.memoryReserved },
  { header: 'fault', value: ({ mode }) => mode.traits.faultIsolation },
  { header: 'ends', value: ({ mode }) => mode.traits.faultEnds },
  { header: 'performance', value: ({ mode }) => mode.traits.performanceIsolation },
  { header: 'graphics', value: ({ mode }) => mode.traits.graphics },
  { header: 'peer', value: ({ mode }) => mode.traits.peerToPeer },
];

const OPERATION_COLUMNS: readonly Column<ModeRecord>[] = [
  name,
  { header: 'migration', value: ({ mode }) => mode.traits.liveMigration },
  { header: 'metrics', value: ({ mode }) => mode.traits.hostMetrics },
  { header: 'to re-cut', value: ({ mode }) => mode.traits.layoutChange },
  {
    header: 'confidence',
    value: ({ mode: { parameters } }) =>
      parameters.length === 0
        ? undefined
        : `${parameters.filter(isAssumed).length} of ${parameters.length} assumed`,
  },
  { header: 'licence', value: licenceText, shrinkTo: 16, overflow: 'wrap' },
];

const SUMMARY_COLUMNS: readonly Column<ModeRecord>[] = [
  name,
  {
    header: 'what it is',
    value: ({ mode }) => `${mode.title}: ${mode.summary}`,
    shrinkTo: 40,
    overflow: 'wrap',
  },
];

const GPU_COLUMNS: readonly Column<ModeRecord>[] = [
  name,
  { header: 'can', value: ({ onGpu }) => onGpu?.can },
  {
    header: 'why not, or what a tenant consumes',
    value: (record) => {
      const problems = record.onGpu?.problems ?? [];
      return problems.length > 0 ? problems.map(problemText).join('; ') : `licence: ${licenceText(record)}`;
    },
    shrinkTo: 30,
    overflow: 'wrap',
  },
];

function matrix(records: readonly ModeRecord[], width: number): string {
  return [
    section('Modes', renderTable(SUMMARY_COLUMNS, records, width)),
    section('What a tenant gets', renderTable(ISOLATION_COLUMNS, records, width)),
    section('Operation', renderTable(OPERATION_COLUMNS, records, width)),
  ].join('\n');
}

function licenceText({ licences }: ModeRecord): string {
  const texts = licences.map(({ edition, metric }) =>
    metric === 'none' ? edition : `${edition} (${metric.replace('-', ' ')})`,
  );
  return texts.join(', ') || '-';
}

function problemText({ key, message }: ConfigProblem): string {
  return key === 'mode' ? message : `${key} ${message}`;
}

function oneMode(record: ModeRecord, gpu: string | undefined, width: number): string {
  const { mode, options, operations, operationsOn, onGpu } = record;
  const { traits } = mode;
  const fields: (readonly [string, Cell])[] = [
    ['mode', mode.name],
    ['title', mode.title],
    ['how it shares', mode.summary],
    ...(onGpu === undefined || gpu === undefined
      ? []
      : ([[`on ${gpu}`, onGpu.can ? 'yes' : `no: ${onGpu.problems.map(problemText).join('; ')}`]] as const)),
    [
      'memory isolation',
      traits.memoryIsolation + (traits.memoryReserved ? ', reserved from start to end' : ', not reserved'),
    ],
    ['fault isolation', `${traits.faultIsolation}; a fault ends the ${traits.faultEnds}`],
    ['performance isolation', traits.performanceIsolation],
    ['live migration', traits.liveMigration],
    ['metrics on the host', traits.hostMetrics],
    ['GPU to GPU', traits.peerToPeer],
    ['graphics', traits.graphics],
    ['idle to change layout', traits.layoutChange],
    ['licence', licenceText(record)],
    ...record.licences.map((need) => [`  ${need.edition}`, need.source] as const),
    ['these from', traits.source],
  ];
  const where = operationsOn === null ? '' : ` on ${operationsOn}`;
  return [
    renderFields(fields, width),
    options.length === 0
      ? undefined
      : section(
          'Options of a scenario',
          renderFields(
            options.map(({ key, required, text }) => [key + (required ? ' (needed)' : ''), text]),
            width,
          ),
        ),
    mode.parameters.length === 0
      ? undefined
      : section(
          `Figures: overheads of a scenario, each with "${mode.name}." before its name`,
          renderTable(PARAMETER_COLUMNS, mode.parameters, width),
        ),
    operations.length === 0
      ? undefined
      : section(
          `Operations${where} (seconds: low, typical, high)`,
          renderTable(PATH_COLUMNS, operations, width),
        ),
    mode.leavesOut.length === 0
      ? undefined
      : section(
          'What the model leaves out',
          renderFields(
            mode.leavesOut.map((text) => ['-', text]),
            width,
          ),
        ),
  ]
    .filter((part) => part !== undefined)
    .join('\n');
}

const IN_UNITS: Readonly<Record<Parameter['unit'], string>> = {
  fraction: '',
  factor: '',
  seconds: ', s',
  milliseconds: ', ms',
  'seconds per GiB': ', s per GiB',
};

/** Ids without the mode's name, which all of them start with. */
const PARAMETER_COLUMNS: readonly Column<Parameter>[] = [
  {
    header: 'figure',
    value: (each) => each.id.slice(each.id.indexOf('.') + 1) + (isAssumed(each) ? ' *' : ''),
  },
  { header: 'low', value: ({ low }) => low },
  { header: 'typical', value: ({ typical }) => typical },
  { header: 'high', value: ({ high }) => high },
  {
    header: 'what (from where)',
    value: ({ what, unit, source, evidence }) => `${what}${IN_UNITS[unit]} (${evidence}: ${source})`,
    shrinkTo: 20,
    overflow: 'wrap',
  },
];

const PATH_COLUMNS: readonly Column<OperationPath>[] = [
  { header: 'operation', value: ({ operation }) => operation },
  { header: 'path', value: ({ path }) => path },
  {
    header: 'seconds',
    value: (each) => secondsText(each),
    shrinkTo: 14,
    overflow: 'wrap',
  },
  { header: 'idle', value: ({ needsIdle }) => needsIdle },
  {
    header: 'steps (source)',
    value: ({ steps, source }) => `${steps.map((step) => step.name).join(', then ')} (${source})`,
    shrinkTo: 22,
    overflow: 'wrap',
  },
];

interface Range {
  readonly low: number;
  readonly typical: number;
  readonly high: number;
}

/** Time of an operation, all steps at their low, typical and high values: a part that is fixed, and one for each GiB. */
function seconds({ steps }: OperationPath): { readonly fixed: Range; readonly perGib: Range } {
  const total = (ids: readonly (string | undefined)[]): Range => {
    const parts = ids.flatMap((id) => SHARING_PARAMETERS.find((each) => each.id === id) ?? []);
    const sum = (of: (part: Parameter) => number) =>
      Number(parts.reduce((s, part) => s + of(part), 0).toPrecision(12));
    return { low: sum((p) => p.low), typical: sum((p) => p.typical), high: sum((p) => p.high) };
  };
  return {
    fixed: total(steps.map(({ parameter }) => parameter)),
    perGib: total(steps.map(({ perGibParameter }) => perGibParameter)),
  };
}

function secondsText(path: OperationPath): string {
  const { fixed, perGib } = seconds(path);
  const text = ({ low, typical, high }: Range) =>
    low === high ? String(typical) : `${low}, ${typical}, ${high}`;
  if (perGib.high === 0) return text(fixed);
  return `${fixed.high === 0 ? '' : `${text(fixed)} + `}${text(perGib)} per GiB`;
}

/** Sources of the overhead table that the modes cite, each with the records that stand for it in their texts. */
function citedSources(records: readonly ModeRecord[]): Record<string, string> {
  const texts = records.flatMap(({ mode, operations }) => [
    ...mode.parameters.map(({ source }) => source),
    ...operations.map(({ source }) => source),
  ]);
  const words = new Set(texts.flatMap((text) => text.split(/[^A-Za-z0-9-]+/)));
  const cited = OVERHEAD_RECORDS.filter(({ id }) => words.has(id));
  return Object.fromEntries(
    Object.entries(OVERHEAD_SOURCES).flatMap(([key, text]) => {
      const ids = cited.filter(({ source }) => source === key).map(({ id }) => id);
      return ids.length === 0 ? [] : [[key, `${ids.join(', ')}: ${text}`]];
    }),
  );
}
