import { catalogueGpu } from '../../sim/scenario/resolve/card-spec.ts';
import type { GpuGroup, HostGroup } from '../../sim/scenario/types.ts';
import { migOf } from './mig-layout.ts';

/** Something that a Kubernetes node offers of its GPUs of one model. */
export interface Advertised {
  readonly model: string;
  /** `nvidia.com/gpu`, `nvidia.com/mig-1g.10gb`. */
  readonly resource: string;
  /** On one host. */
  readonly count: number;
  /** Such resources of one GPU. */
  readonly perGpu: number;
}

/** Modes in which containers and jobs on the host itself have the GPUs; virtual machines get theirs by other means. */
export const HOST_MODES: ReadonlySet<string> = new Set([
  'bare-metal',
  'mig',
  'time-slicing',
  'mps',
  'hook',
  'uvm-swap',
]);

const RESOURCE_BY_VENDOR = {
  NVIDIA: 'nvidia.com/gpu',
  AMD: 'amd.com/gpu',
  Intel: 'gpu.intel.com/i915',
} as const;

/**
 * Resource of the instances of a MIG profile where each profile has its own (`mixed`).
 *
 * @see NVIDIA/k8s-device-plugin v0.20.0, internal/rm/rm.go: `+` becomes `.`
 */
export function migResource(profile: string): string {
  return `nvidia.com/mig-${profile.replaceAll('+', '.')}`;
}

/** The other way round; null for any other resource. Attributes follow the memory: `1g.10gb.me`, `1g.5gb.me.all`. */
export function profileOfMigResource(resource: string): string | null {
  const match = /^nvidia\.com\/mig-((?:\d+c\.)?\d+g\.\d+gb)(?:\.([a-z].*)|(-.+))?$/.exec(resource);
  if (match === null) return null;
  const [, slices = '', plus, minus] = match;
  return plus === undefined ? `${slices}${minus ?? ''}` : `${slices}+${plus}`;
}

/** What the device plugins offer of a group's GPUs, nothing where virtual machines have them; instances that are made on demand are not there to be offered. */
export function advertised(group: HostGroup, migStrategy: 'single' | 'mixed'): readonly Advertised[] {
  if (group.sharing !== null && !HOST_MODES.has(group.sharing.mode)) return [];
  return group.gpus.flatMap((gpu) => ofModel(gpu, group, migStrategy));
}

function ofModel(
  gpu: GpuGroup,
  { sharing }: HostGroup,
  migStrategy: 'single' | 'mixed',
): readonly Advertised[] {
  const { model, count } = gpu;
  const whole = RESOURCE_BY_VENDOR[catalogueGpu(model)?.vendor ?? 'NVIDIA'];
  const offer = (resource: string, perGpu: number) => ({ model, resource, count: count * perGpu, perGpu });
  const replicas =
    sharing?.mode === 'time-slicing'
      ? sharing.replicas
      : sharing?.mode === 'mps'
        ? (sharing.clients ?? 1)
        : 1;
  const mig = migOf(gpu, sharing);
  if (mig.kind === 'on-demand') return [];
  if (mig.kind === 'off') return [offer(whole, replicas)];
  return [...mig.counts].map(([profile, instances]) =>
    offer(migStrategy === 'single' ? whole : migResource(profile), instances * replicas),
  );
}
