import type { Path } from '../path.ts';
import { presetOf } from '../preset-defaults.ts';
import type { DemandDocument } from '../schema/demand.ts';
import { isStated } from './common.ts';
import type { CheckContext } from './context.ts';
import type { Sound } from './sound.ts';

/** Something of the workload that asks for room on a host. */
export interface FoundDemand {
  readonly path: Path;
  readonly kind: 'class' | 'service' | 'session';
  readonly demand: Sound<DemandDocument>;
  /** Number of GPUs, the preset's or the default where none is written; undefined where what is written is wrong. */
  readonly gpus: number | undefined;
}

/** Every task class, service and session group that can be read at all, in the order of the document. */
export function demandsOf({
  document,
  sound,
}: Pick<CheckContext, 'document' | 'sound'>): readonly FoundDemand[] {
  const { synthetic, services, sessions } = sound.workload ?? {};
  const found = (
    kind: FoundDemand['kind'],
    above: Path,
    demands: readonly (Sound<DemandDocument> | undefined)[],
  ): readonly FoundDemand[] =>
    demands.flatMap((demand, index) => {
      if (demand === undefined) return [];
      const path = [...above, index];
      return [{ path, kind, demand, gpus: gpusOf(document, path, kind, demand) }];
    });
  return [
    ...found('class', ['workload', 'synthetic', 'classes'], synthetic?.classes ?? []),
    ...found('service', ['workload', 'services'], services ?? []),
    ...found('session', ['workload', 'sessions'], sessions ?? []),
  ];
}

/** Number of GPUs: written, else the preset's, else the default of its kind. */
export function gpusOf(
  document: unknown,
  path: Path,
  kind: FoundDemand['kind'],
  { gpus, preset }: Sound<DemandDocument>,
): number | undefined {
  if (isStated(document, [...path, 'gpus'])) return gpus;
  if (isStated(document, [...path, 'preset'])) return presetOf(preset, kind)?.gpuCount.value;
  return kind === 'class' ? 0 : 1;
}
