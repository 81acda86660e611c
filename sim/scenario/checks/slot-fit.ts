import { GVTG_TYPES, migModelOfGpu } from '../../hardware/index.ts';
import { vgpuGpusOfGpu, vgpuTypesOf } from '../../hardware/vgpu/index.ts';
import { type GpuAsk, isRefusal } from '../../sharing/index.ts';
import { canonicalChange } from '../canonical/changes.ts';
import { canonicalDemand } from '../canonical/demand.ts';
import { canonicalHostGroup } from '../canonical/fleet.ts';
import { nameHint } from '../nearest-name.ts';
import type { Path } from '../path.ts';
import { type Completed, completed } from '../preset-defaults.ts';
import { type Finding, quoteValue } from '../problem.ts';
import { changedGroups } from '../resolve/changes.ts';
import { accepts, resolveDemand, useOfShare } from '../resolve/demand.ts';
import { resolveHostGroup } from '../resolve/fleet.ts';
import { type FleetCard, type FleetCards, fleetCards } from '../resolve/fleet-cards.ts';
import { anyLayoutGroups } from '../resolve/repartition.ts';
import type { ChangeDocument } from '../schema/changes.ts';
import type { DemandDocument, SlotDocument } from '../schema/demand.ts';
import type { RepartitionDocument } from '../schema/repartition.ts';
import type { FleetDocument } from '../schema/scenario.ts';
import { isStated } from './common.ts';
import type { CheckContext } from './context.ts';
import { demandsOf, type FoundDemand } from './demands-of.ts';

/**
 * Refuses a demand for a part that no GPU of the fleet could ever give, as it is or after a planned change, and a way to
 * start that no mode has. To be asked once all else is known to be sound: what is not is passed over.
 */
export function checkSlotFit(context: CheckContext): readonly Finding[] {
  const isUnclear =
    context.isFaulty(['fleet']) || context.isFaulty(['changes']) || context.isFaulty(['repartition']);
  if (!isStated(context.document, ['fleet', 'hosts']) || isUnclear) return [];
  const hosts = (context.sound.fleet as FleetDocument).hosts ?? [];
  const groups = hosts.map((group) => resolveHostGroup(canonicalHostGroup(group)));
  const changes = (context.sound.changes ?? []).map((change) => canonicalChange(change as ChangeDocument));
  const anew = (context.sound.repartition ?? []) as RepartitionDocument;
  const cards = fleetCards([...groups, ...changedGroups(changes, groups), ...anyLayoutGroups(anew, groups)]);
  const hasNoMode = cards.shared.length === 0 && cards.unclear.size === 0;
  return demandsOf(context).flatMap((found) => {
    if (context.isFaulty(found.path) || found.gpus === 0) return [];
    const written = completed(found.demand as DemandDocument, found.kind);
    if (hasNoMode) return checkFraction(found.path, written, cards);
    return [
      ...checkOne(context.document, found, written, cards),
      ...checkLifecycle(found.path, written, cards),
    ];
  });
}

/** Where no mode cuts GPUs there are no profiles, and memory is a share only of a GPU whose memory is known. */
function checkFraction(
  path: Path,
  { slot, models = [] }: DemandDocument,
  cards: FleetCards,
): readonly Finding[] {
  if (slot === undefined || slot === 'whole') return [];
  if (slot.profile !== undefined) {
    const message = `needs hosts that share their GPUs by a mode with profiles, got ${quoteValue(slot.profile)}`;
    const hint = 'state sharing of a host group, such as sharing: mig';
    return [{ path: [...path, 'slot', 'profile'], message, hint }];
  }
  return checkMemoryShare(path, slot, models, cards);
}

/** On GPUs shared by fraction, memory is a share only where somebody says how much they have. */
function checkMemoryShare(
  path: Path,
  { compute }: Exclude<SlotDocument, 'whole'>,
  models: readonly string[],
  cards: FleetCards,
): readonly Finding[] {
  const accepted = [...cards.byFraction].filter((model) => accepts(models, model));
  const isKnown = cards.models.some((model) => accepts(models, model) && cards.memoryByModel.has(model));
  if (compute !== undefined || accepted.length === 0 || isKnown) return [];
  const message = `is missing: the catalogue does not have ${accepted.join(', ')}, so memory alone is no share of a GPU`;
  return [{ path: [...path, 'slot', 'compute'], message }];
}

function checkOne(
  document: unknown,
  found: FoundDemand,
  written: DemandDocument & Completed,
  cards: FleetCards,
): readonly Finding[] {
  const demand = resolveDemand(canonicalDemand(written, found.kind === 'class' ? 0 : 1), cards);
  const { slot, use, slotCount: count, models } = demand;
  if (slot === null || use === null) return [];
  const isWanted = (model: string) => accepts(models, model);
  if ([...cards.unclear].some(isWanted)) return [];
  if (slot.kind !== 'profile' && [...cards.byFraction].some(isWanted)) {
    const { slot: part } = written;
    return typeof part === 'object' ? checkMemoryShare(found.path, part, models, cards) : [];
  }
  const wanted = cards.shared.filter(({ spec }) => isWanted(spec.model));
  const ask: GpuAsk = { slot, use, count };
  const refusals: string[] = [];
  for (const { card, spec, mode } of wanted) {
    const answer = card?.admitEmpty(ask);
    if (answer === undefined || !isRefusal(answer)) return [];
    refusals.push(`${answer.detail} (${mode.title} on ${quoteValue(spec.model)})`);
  }
  if (refusals.length === 0) return []; // a model of no host: told where it stands
  const place = ['slot', 'gpu'].find((key) => isStated(document, [...found.path, key]));
  const more = refusals.length > MOST_REFUSALS ? `; and ${refusals.length - MOST_REFUSALS} more` : '';
  return [
    {
      path: place === undefined ? found.path : [...found.path, place],
      message: `could never be given by a GPU of the fleet: ${refusals.slice(0, MOST_REFUSALS).join('; ')}${more}`,
      hint: slot.kind === 'profile' ? nameHint(slot.profile, profilesOf(wanted)) : undefined,
    },
  ];
}

const MOST_REFUSALS = 3;

/** A way to start and stop must be a way of some mode that the demand may run on. */
function checkLifecycle(
  path: Path,
  { lifecycle, models = [] }: DemandDocument,
  cards: FleetCards,
): readonly Finding[] {
  const wanted = cards.shared.filter(({ spec }) => accepts(models, spec.model));
  if (lifecycle == null || wanted.length === 0 || wanted.some(({ card }) => card === undefined)) return [];
  const known = new Set(
    wanted.flatMap(({ mode, config, spec }) =>
      mode
        .operations(config, spec)
        .filter(({ operation }) => operation === 'start' || operation === 'stop')
        .map(({ path }) => path),
    ),
  );
  if (known.has(lifecycle)) return [];
  const message = `must be a way to start of a mode in use, got ${quoteValue(lifecycle)}`;
  return [{ path: [...path, 'lifecycle'], message, hint: nameHint(lifecycle, [...known]) }];
}

const LEAST = { kind: 'part', computeMilli: 1, memoryMib: 0 } as const;

/** Names by which parts of these cards may be asked for. */
function profilesOf(cards: readonly FleetCard[]): readonly string[] {
  return [...new Set(cards.flatMap(profilesOfCard))];
}

function profilesOfCard({ config, spec, card }: FleetCard): readonly string[] {
  const { catalogue } = spec;
  if (config.mode === 'gvt-g') return GVTG_TYPES.map(({ type }) => type);
  if (config.mode === 'mig' && catalogue !== null) {
    return migModelOfGpu(catalogue)?.profiles.map(({ name }) => name) ?? [];
  }
  if ((config.mode !== 'vgpu' && config.mode !== 'mig-vgpu') || catalogue === null) {
    // One kind of part at most: the one that the least of asks gets.
    const least = card?.admitEmpty({ slot: LEAST, use: useOfShare(1, 0), count: 1 });
    return least === undefined || isRefusal(least) || least.profile === 'whole' ? [] : [least.profile];
  }
  const isBacked = config.mode === 'mig-vgpu';
  return vgpuGpusOfGpu(catalogue)
    .flatMap(({ id }) => vgpuTypesOf(id))
    .filter(({ backing }) => (backing === 'time-sliced') !== isBacked)
    .map(({ type }) => type);
}
