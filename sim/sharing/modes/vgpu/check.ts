import type { CardSpec } from '../../card-spec.ts';
import type { ConfigOf } from '../../config.ts';
import type { ConfigProblem } from '../../mode.ts';
import { type CardTypes, cardTypes } from './card-types.ts';
import { SLICE_RANGE_MS } from './turns.ts';

const SERIES = ['A', 'B', 'Q', 'C'] as const;

/** Every reason why a card cannot be shared by time-sliced vGPUs with these options. */
export function vgpuProblems(config: ConfigOf<'vgpu'>, card: CardSpec): readonly ConfigProblem[] {
  const types = cardTypes(card);
  if (types === undefined || types.all.length === 0) {
    return [{ key: 'mode', message: noTypes(card, types) }, ...optionProblems(config)];
  }
  const problems: ConfigProblem[] = [];
  const { gpu } = types;
  if (!gpu.schedulers.includes(config.scheduler)) {
    problems.push({
      key: 'scheduler',
      message: `must be ${gpu.schedulers.join(' or ')} on ${gpu.name} (${gpu.arch}), got ${config.scheduler}`,
    });
  }
  if (config.sizes === 'mixed' && types.all.every((type) => type.maxMixed === 0)) {
    problems.push({
      key: 'sizes',
      message: `must be equal on ${gpu.name}: no placements in mixed-size mode`,
    });
  }
  const own = SERIES.filter((series) => types.hasSeries(series));
  problems.push(...optionProblems(config, own, gpu.name));
  return problems;
}

/** Problems of the options among themselves, and with the series that the GPU has. */
function optionProblems(
  { sizes, scheduler, sliceMs, series }: ConfigOf<'vgpu'>,
  known: readonly string[] = SERIES,
  gpuName?: string,
): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (sizes === 'mixed' && scheduler === 'fixed-share') {
    problems.push({
      key: 'scheduler',
      message: 'must be best-effort or equal-share with mixed sizes, got fixed-share',
    });
  }
  const { min, max } = SLICE_RANGE_MS;
  if (sliceMs !== null && !(sliceMs >= min && sliceMs <= max)) {
    problems.push({ key: 'sliceMs', message: `must be ${min} to ${max} ms, got ${sliceMs}` });
  }
  if (series !== null && !known.includes(series)) {
    const where = gpuName === undefined ? '' : ` on ${gpuName}`;
    problems.push({ key: 'series', message: `must be one of ${known.join(', ')}${where}, got ${series}` });
  }
  return problems;
}

function noTypes({ model, catalogue }: CardSpec, types: CardTypes | undefined): string {
  if (types !== undefined) return `${model} has MIG-backed vGPU types only: use mode mig-vgpu`;
  if (catalogue?.virtualization.sriov.supported && catalogue.vendor !== 'NVIDIA') {
    return `${model} has virtual functions but no NVIDIA vGPUs: use mode sriov`;
  }
  return `${model} has no NVIDIA vGPU types`;
}
