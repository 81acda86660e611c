import {
  citedSources,
  GVTG_TYPES,
  SRIOV_GPUS,
  SRIOV_NOTES,
  SRIOV_RULES,
  SRIOV_SCHEDULERS,
  SRIOV_SOURCES,
  type SriovGpu,
  sriovByName,
  type VfCount,
} from '../../../sim/hardware/index.ts';
import { type Cell, type Column, renderFields, renderTable } from '../../table.ts';
import { type CatalogAnswer, type CatalogQuery, lookUp, pickSources, wrongOption } from './topic.ts';

/** GPUs with virtual functions, or all that is known of one. */
export function answer(query: CatalogQuery): CatalogAnswer {
  if (query.gpu === undefined) {
    return {
      records: {
        gpus: SRIOV_GPUS,
        schedulers: SRIOV_SCHEDULERS,
        rules: SRIOV_RULES,
        gvtgTypes: GVTG_TYPES,
        notes: SRIOV_NOTES,
      },
      sources: SRIOV_SOURCES,
      notes: ['VFs: most, or the counts allowed; the count changes only while no VF is attached'],
      text: (width) => renderTable(columns, SRIOV_GPUS, width),
    };
  }
  const record = lookUp('--gpu', query.gpu, sriovByName);
  if (record === undefined) throw wrongOption('--gpu', query.gpu, `${query.gpu} is not in the SR-IOV table`);
  return {
    records: { gpus: [record] },
    sources: pickSources(SRIOV_SOURCES, citedSources(record.source, SRIOV_SOURCES)),
    notes: record.note === undefined ? [] : [record.note],
    text: (width) => renderFields(fieldsOf(record), width),
  };
}

const columns: readonly Column<SriovGpu>[] = [
  { header: 'id', value: (gpu) => gpu.id },
  { header: 'name', value: (gpu) => gpu.name, shrinkTo: 20, overflow: 'wrap' },
  { header: 'GiB', value: (gpu) => gpu.memoryGib },
  { header: 'VFs', value: (gpu) => vfText(gpu.vfCount), align: 'right' },
  { header: 'live migration', value: (gpu) => gpu.liveMigration },
  { header: 'licence', value: (gpu) => gpu.licence, shrinkTo: 8, overflow: 'wrap' },
  { header: 'confidence', value: (gpu) => gpu.confidence },
];

function vfText(count: VfCount): Cell {
  if (count.allowed !== undefined) return count.allowed.join('/');
  return count.max === undefined || count.max === null ? null : `<= ${count.max}`;
}

function fieldsOf(gpu: SriovGpu): (readonly [string, Cell])[] {
  const split = Object.entries(gpu.fbPerVfGibByCount ?? {}).map(([count, gib]) => `${gib} with ${count}`);
  const policies = gpu.scheduler?.policies.map((policy) => `${policy.name}: ${policy.rule}`) ?? [];
  const { quantumMs, gfxQuantumMs } = gpu.scheduler ?? {};
  const fields: (readonly [string, Cell])[] = [
    ['name', gpu.name],
    ['id', gpu.id],
    ['GPU catalogue', gpu.catalogId ?? undefined],
    ['memory (GiB per GPU)', gpu.memoryGib],
    ['GPUs per board', gpu.gpusPerBoard],
    ['board TDP (W)', gpu.boardTdpW],
    ['VFs', vfText(gpu.vfCount)],
    ['VF presets', gpu.vfCount.presets?.join(', ')],
    ['VFs, hardware limit', gpu.vfCount.hardwareMax],
    ['frame buffer (GiB per VF)', split.length === 0 ? undefined : split.join(', ')],
    ['frame buffer rule', gpu.fbPerVfRule],
    ['partition modes', gpu.partitionModes?.map((mode) => `${mode.mode} x${mode.partitions}`).join(', ')],
    ['partition note', gpu.partitionNote],
    ['scheduler', gpu.scheduler?.note],
    ['policies', policies.length === 0 ? undefined : policies.join('; ')],
    ['schedulers', gpu.schedulers?.join(', ')],
    ['quantum (ms)', quantumMs?.default ?? gfxQuantumMs?.moreThanOneVf],
    ['live migration', gpu.liveMigration],
    ['migration note', gpu.liveMigrationNote],
    ['licence', gpu.licence],
    ['source', gpu.source],
    ['confidence', gpu.confidence],
  ];
  return fields.filter(([, value]) => value !== undefined);
}
