import type { CardSpec } from '../../card-spec.ts';
import type { ConfigOf } from '../../config.ts';
import type { ConfigProblem } from '../../mode.ts';
import { partitionOf, sriovGpuOf, vfCounts } from './layout.ts';
import { vfScheduler, vfSchedulers } from './schedulers.ts';

/** Every reason why a card cannot be split into these virtual functions. */
export function sriovProblems(config: ConfigOf<'sriov'>, card: CardSpec): readonly ConfigProblem[] {
  const gpu = sriovGpuOf(card);
  const vendor = card.catalogue?.vendor ?? gpu?.vendor;
  if (vendor === 'NVIDIA') {
    return [
      {
        key: 'mode',
        message: `virtual functions of ${card.model} carry vGPU types: use mode vgpu, or mig-vgpu with MIG`,
      },
    ];
  }
  if (gpu === undefined) return [{ key: 'mode', message: `${card.model} has no virtual functions` }];
  const problems: ConfigProblem[] = [];
  const { partitionModes = [], vfCount } = gpu;
  const partition = partitionOf(gpu, config);
  if (config.partition !== null && partition === undefined) {
    const names = partitionModes.map((mode) => mode.mode);
    problems.push({
      key: 'partition',
      message:
        names.length === 0
          ? `must be absent: ${gpu.name} has no compute partitions, got ${config.partition}`
          : `must be one of ${names.join(', ')}, got ${config.partition}`,
    });
  }
  const counts = vfCounts(gpu, config.partition === null ? undefined : partition);
  if (!counts.includes(config.vfs)) {
    const isKnown = vfCount.max != null || vfCount.allowed !== undefined;
    const mode = config.partition === null || partition === undefined ? '' : ` with ${partition.mode}`;
    const why = isKnown ? '' : ' (how many it has is not published)';
    problems.push({
      key: 'vfs',
      message: `must be ${inWords(counts)} on ${gpu.name}${mode}${why}, got ${config.vfs}`,
    });
  }
  if (vfScheduler(gpu, config.scheduler) === undefined) {
    const names = vfSchedulers(gpu).map((each) => each.name);
    problems.push({
      key: 'scheduler',
      message: `must be one of ${names.join(', ')}, got ${config.scheduler}`,
    });
  }
  return problems;
}

/** `1 to 16`, or `1, 2, 4 or 8`. */
function inWords(counts: readonly number[]): string {
  const last = counts.at(-1);
  if (counts.length > 2 && counts.every((count, i) => count === i + 1)) return `1 to ${last}`;
  if (counts.length < 2) return `${last}`;
  return `${counts.slice(0, -1).join(', ')} or ${last}`;
}
