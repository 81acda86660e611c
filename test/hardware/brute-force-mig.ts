import type { MigModel, MigProfile, MigVariant } from '../../sim/hardware/index.ts';

/** A GPU instance in the plainest form. */
export interface Instance {
  readonly profile: MigProfile;
  readonly start: number;
}

/** Legality straight from the rules: spans, engine totals, most instances. No bit masks, no shared code. */
export function isLegalByTheRules(model: MigModel, instances: readonly Instance[]): boolean {
  const units = new Array<number>(model.placementAxisUnits).fill(0);
  const used = { copy: 0, nvdec: 0, nvenc: 0, jpeg: 0, ofa: 0 };
  const count = new Map<string, number>();
  for (const { profile, start } of instances) {
    if (!profile.starts.includes(start)) return false;
    for (let unit = start; unit < start + profile.size; unit++) units[unit] = (units[unit] ?? 0) + 1;
    for (const engine of ['copy', 'nvdec', 'nvenc', 'jpeg', 'ofa'] as const)
      used[engine] += profile.engines[engine];
    count.set(profile.name, (count.get(profile.name) ?? 0) + 1);
  }
  return (
    units.length === model.placementAxisUnits &&
    units.every((times) => times <= 1) &&
    (['copy', 'nvdec', 'nvenc', 'jpeg', 'ofa'] as const).every(
      (engine) => used[engine] <= model.engineTotals[engine],
    ) &&
    model.profiles.every((profile) => (count.get(profile.name) ?? 0) <= profile.maxInstances)
  );
}

/** Every (profile, start) pair of the given variants. */
function candidates(model: MigModel, variants: readonly MigVariant[]): Instance[] {
  return model.profiles
    .filter((profile) => variants.includes(profile.variant))
    .flatMap((profile) => profile.starts.map((start) => ({ profile, start })));
}

/** Every legal layout by take-or-leave over the candidates. */
export function everyLayout(model: MigModel, variants: readonly MigVariant[]): Instance[][] {
  let layouts: Instance[][] = [[]];
  for (const candidate of candidates(model, variants)) {
    layouts = layouts.concat(
      layouts.map((layout) => [...layout, candidate]).filter((layout) => isLegalByTheRules(model, layout)),
    );
  }
  return layouts;
}

/** The layouts to which no candidate can be added. */
export function everyFullLayout(model: MigModel, variants: readonly MigVariant[]): Instance[][] {
  const all = candidates(model, variants);
  return everyLayout(model, variants).filter(
    (layout) => !all.some((candidate) => isLegalByTheRules(model, [...layout, candidate])),
  );
}

/** `3g.20gb@4 4g.20gb@0`, sorted: the same for the same set of instances. */
export function layoutKey(layout: readonly Instance[]): string {
  return layout
    .map(({ profile, start }) => `${profile.name}@${start}`)
    .sort()
    .join(' ');
}

/** Profile names of a layout, sorted. */
export function mixKey(layout: readonly Instance[]): string {
  return layout
    .map(({ profile }) => profile.name)
    .sort()
    .join(' ');
}
