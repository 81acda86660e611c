import {
  computeInstanceLayouts,
  distinctMixes,
  geometryOf,
  layoutText,
  MIG_MODELS,
  MIG_SOURCES,
  MIG_VARIANTS,
  type MigGeometry,
  type MigModel,
  type MigProfile,
  type MigVariant,
  maximalLayouts,
  migModelByName,
  type PlacementSet,
  placementsIn,
} from '../../../sim/hardware/index.ts';
import { type Cell, type Column, renderFields, renderTable } from '../../table.ts';
import { type CatalogAnswer, type CatalogQuery, lookUp, pickSources, wrongOption } from './topic.ts';

/** MIG-capable GPUs; the profiles of one; or, with layouts, every full way to cut it. */
export function answer(query: CatalogQuery): CatalogAnswer {
  if (query.gpu === undefined) {
    if (query.layouts === true) throw wrongOption('--layouts', '', 'needs --gpu NAME');
    return {
      records: { models: MIG_MODELS },
      sources: pickSources(
        MIG_SOURCES,
        MIG_MODELS.flatMap((model) => model.sources),
      ),
      notes: ['layouts: full ones, of plain profiles; + double: with 1g double-memory profiles as well'],
      text: (width) => renderTable(modelColumns, MIG_MODELS, width),
    };
  }
  if (query.variants !== undefined && query.layouts !== true) {
    throw wrongOption('--variants', query.variants, 'needs --layouts');
  }
  const { gpu } = query;
  const model = lookUp('--gpu', gpu, migModelByName);
  if (model === undefined) {
    const known = MIG_MODELS.map((each) => each.id).join(', ');
    throw wrongOption('--gpu', gpu, `${gpu} has no MIG; accepted: ${known}`);
  }
  return query.layouts === true ? layoutsAnswer(model, variantsFrom(query.variants)) : profilesAnswer(model);
}

const modelColumns: readonly Column<MigModel>[] = [
  { header: 'MIG model', value: (model) => model.id },
  { header: 'SMs', value: (model) => model.smTotal },
  { header: 'slices', value: (model) => model.gpuSlicesTotal },
  { header: 'profiles', value: (model) => model.profiles.length },
  { header: 'layouts', value: (model) => model.derived.maximalLayoutsPlain },
  { header: '+ double', value: (model) => model.derived.maximalLayoutsWithDoubleMemory },
  { header: 'reset', value: (model) => model.modeChange.resetRequired },
  { header: 'min driver', value: (model) => model.minDriver, align: 'left' },
  { header: 'confidence', value: (model) => model.confidence },
];

function profilesAnswer(model: MigModel): CatalogAnswer {
  const cited = [...model.sources, ...model.profiles.flatMap((profile) => profile.sources)];
  return {
    records: { models: [model] },
    sources: pickSources(MIG_SOURCES, cited),
    notes: [
      'a profile covers placement units [start, start + size); ? not captured',
      ...model.notes,
      ...model.profiles.flatMap((each) => (each.note === undefined ? [] : [`${each.name}: ${each.note}`])),
    ],
    text: (width) =>
      [
        renderFields(modelFields(model), width),
        renderTable(profileColumns, model.profiles, width),
        renderTable(divisionColumns(model), divisible(model), width),
      ].join('\n'),
  };
}

function modelFields(model: MigModel): (readonly [string, Cell])[] {
  const { copy, nvdec, nvenc, jpeg, ofa } = model.engineTotals;
  return [
    ['model', model.model],
    ['id', model.id],
    [
      'slices',
      `${model.gpuSlicesTotal} compute, ${model.memorySlicesTotal} memory, placement axis of ${model.placementAxisUnits}`,
    ],
    ['engines under MIG', `copy ${copy}, nvdec ${nvdec}, nvenc ${nvenc}, jpeg ${jpeg}, ofa ${ofa}`],
    ['turning MIG on or off', model.modeChange.resetRequired ? 'GPU reset' : 'idle GPU, no reset'],
    ['mode survives reboot', model.modeChange.modePersistsAcrossReboot],
    ['driver from', model.minDriver],
    ['confidence', model.confidence],
  ];
}

const profileColumns: readonly Column<MigProfile>[] = [
  { header: 'profile', value: (profile) => profile.name },
  { header: 'id', value: (profile) => profile.smiProfileId },
  { header: 'max', value: (profile) => profile.maxInstances },
  { header: 'slices', value: (profile) => profile.gpuSlices },
  { header: 'mem', value: (profile) => profile.memorySlices },
  { header: 'MiB', value: (profile) => profile.memoryMib },
  { header: 'SMs', value: (profile) => profile.smCount },
  { header: 'CE', value: (profile) => profile.engines.copy },
  { header: 'dec', value: (profile) => profile.engines.nvdec },
  { header: 'enc', value: (profile) => profile.engines.nvenc },
  { header: 'jpg', value: (profile) => profile.engines.jpeg },
  { header: 'ofa', value: (profile) => profile.engines.ofa },
  { header: 'starts', value: (profile) => profile.starts.join(','), align: 'left' },
  { header: 'size', value: (profile) => profile.size },
  { header: 'confidence', value: (profile) => profile.confidence },
];

/** One plain profile for each size that can be divided further. */
function divisible(model: MigModel): MigProfile[] {
  return model.profiles.filter((profile) => profile.variant === 'plain' && profile.gpuSlices > 1);
}

function divisionColumns(model: MigModel): Column<MigProfile>[] {
  return [
    { header: 'inside', value: (profile) => profile.name },
    {
      header: 'full sets of compute instances, in slices',
      value: (profile) =>
        computeInstanceLayouts(model, profile)
          .map((sizes) => sizes.join('+'))
          .join('  '),
      align: 'left',
      shrinkTo: 40,
      overflow: 'wrap',
    },
  ];
}

interface LayoutRow {
  readonly number: number;
  readonly layout: string;
  readonly instances: number;
  readonly gpuSlices: number;
  readonly memorySlices: number;
  readonly smCount: number | null;
}

function layoutsAnswer(model: MigModel, variants: readonly MigVariant[]): CatalogAnswer {
  const geometry = geometryOf(model);
  const layouts = maximalLayouts(geometry, variants);
  const rows = layouts.map((layout, i) => layoutRow(geometry, layout, i + 1));
  const mixes = distinctMixes(geometry, layouts).length;
  return {
    records: { model: model.id, variants, mixes, layouts: rows },
    sources: pickSources(
      MIG_SOURCES,
      model.profiles.flatMap((profile) => profile.sources),
    ),
    notes: [
      `${rows.length} full layouts, ${mixes} distinct mixes of profiles; variants: ${variants.join(', ')}`,
      'profile@start; a layout is full when no profile of these variants can be added',
    ],
    text: (width) => renderTable(layoutColumns, rows, width),
  };
}

function layoutRow(geometry: MigGeometry, layout: PlacementSet, number: number): LayoutRow {
  const members = placementsIn(geometry, layout);
  const total = (of: (profile: MigProfile) => number | null) =>
    members.reduce<number | null>((sum, { profile }) => {
      const value = of(profile);
      return sum === null || value === null ? null : sum + value;
    }, 0);
  return {
    number,
    layout: layoutText(geometry, layout),
    instances: members.length,
    gpuSlices: total((profile) => profile.gpuSlices) ?? 0,
    memorySlices: total((profile) => profile.memorySlices) ?? 0,
    smCount: total((profile) => profile.smCount),
  };
}

const layoutColumns: readonly Column<LayoutRow>[] = [
  { header: '#', value: (row) => row.number },
  { header: 'layout', value: (row) => row.layout, shrinkTo: 40, overflow: 'wrap' },
  { header: 'instances', value: (row) => row.instances },
  { header: 'slices', value: (row) => row.gpuSlices },
  { header: 'mem', value: (row) => row.memorySlices },
  { header: 'SMs', value: (row) => row.smCount },
];

/** @throws {UsageError} for a name that is no variant */
function variantsFrom(list: string | undefined): readonly MigVariant[] {
  if (list === undefined) return ['plain'];
  if (list === 'all') return MIG_VARIANTS;
  return list.split(',').map((name) => {
    const variant = MIG_VARIANTS.find((each) => each === name.trim());
    if (variant === undefined) {
      throw wrongOption('--variants', name, `unknown variant; accepted: all, ${MIG_VARIANTS.join(', ')}`);
    }
    return variant;
  });
}
