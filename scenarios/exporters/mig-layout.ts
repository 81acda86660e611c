import { defaultPlacement, NO_PLACEMENTS, placementCount } from '../../sim/hardware/index.ts';
import { catalogueGpu } from '../../sim/scenario/resolve/card-spec.ts';
import type { GpuGroup } from '../../sim/scenario/types.ts';
import type { SharingConfig } from '../../sim/sharing/index.ts';
import { type MigShape, migShapeOf } from '../../sim/sharing/modes/mig/shape.ts';

/** GPU instances of one card by the catalogue's full profile names, in the order of the catalogue. */
type MigCounts = ReadonlyMap<string, number>;

/** What a group's sharing makes of one of its cards. */
export type CardMig =
  /** MIG is off, or the card has none. */
  | { readonly kind: 'off'; readonly isCapable: boolean }
  /** Instances come and go with the jobs. */
  | { readonly kind: 'on-demand'; readonly shape: MigShape }
  | {
      readonly kind: 'fixed';
      readonly shape: MigShape;
      readonly counts: MigCounts;
      readonly hasStarts: boolean;
    };

export function shapeOfModel(model: string): MigShape | undefined {
  return migShapeOf(catalogueGpu(model));
}

/** How MIG stands on the cards of one model in a group that is shared so. */
export function migOf({ model }: Pick<GpuGroup, 'model'>, sharing: SharingConfig | null): CardMig {
  const shape = shapeOfModel(model);
  if (shape === undefined || sharing === null) return { kind: 'off', isCapable: shape !== undefined };
  switch (sharing.mode) {
    case 'mig':
    case 'mig-vgpu':
      if (sharing.layout === null) return { kind: 'on-demand', shape };
      return {
        kind: 'fixed',
        shape,
        counts: countsOf(shape, sharing.layout),
        hasStarts: sharing.layout.some((entry) => entry.includes('@')),
      };
    case 'time-slicing':
      if (sharing.profile === null) return { kind: 'off', isCapable: true };
      return { kind: 'fixed', shape, counts: fullOf(shape, sharing.profile), hasStarts: false };
    default:
      return { kind: 'off', isCapable: true };
  }
}

/** @param entries a sound layout of the model: checked when the scenario was read */
function countsOf(shape: MigShape, entries: readonly string[]): MigCounts {
  const names = entries.map((entry) => {
    const named = shape.named(entry);
    if (typeof named === 'string') throw new RangeError(`Cannot count the layout: ${named}`);
    return named.sized.profile.name;
  });
  const counts = shape.profiles.map(
    ({ profile }) => [profile.name, names.filter((name) => name === profile.name).length] as const,
  );
  return new Map(counts.filter(([, count]) => count > 0));
}

/** As many instances of one profile as the card takes, which is what replicated instances stand on. */
function fullOf(shape: MigShape, profile: string): MigCounts {
  const named = shape.named(profile);
  if (typeof named === 'string') throw new RangeError(`Cannot count the instances: ${named}`);
  const { geometry } = shape;
  let layout = NO_PLACEMENTS;
  for (;;) {
    const next = defaultPlacement(geometry, layout, named.sized.index);
    if (next === undefined) break;
    layout |= 1 << next.index;
  }
  return new Map([[named.sized.profile.name, placementCount(layout)]]);
}
