import type { Fleet } from '../../cluster/fleet.ts';
import type { TaskShape } from '../../cluster/request.ts';
import type { MigGeometry } from '../../hardware/index.ts';
import {
  type Card,
  type GpuUse,
  isRefusal,
  openCard,
  Residents,
  type SharedGpu,
  type Slot,
} from '../../sharing/index.ts';
import type { WorkProfile } from '../../workload/task.ts';
import { OnCardTable } from '../on-card.ts';
import { layoutOf } from './layout-of.ts';
import { hostOf } from './move.ts';

/** Cards of one model, mode and pool: their parts can stand in for each other. */
export interface CardField {
  readonly pool: number;
  /** GPU numbers of the fleet, ascending. */
  readonly gpus: readonly number[];
  /** Kinds of part of which one does for a worker of that shape, by index; none where no single part does. */
  accepts(shape: TaskShape): readonly number[];
}

/** Cards with GPU instances; their kinds of part are the profiles. */
export interface Field extends CardField {
  readonly geometry: MigGeometry;
  /**
   * By entry of `accepts`, the speed of such work on an instance of that profile with idle neighbours, relative to alone on
   * the whole card; 1 where nothing is known of the work.
   */
  speeds(shape: TaskShape, work: WorkProfile | undefined): readonly number[];
  /** By entry of `accepts`, what such a worker gets on that instance where it starts first. */
  slots(shape: TaskShape): readonly Slot[];
  /** Whether no other card or host of the pool could ever take such a worker. */
  isOnlyPlace(shape: TaskShape): boolean;
  /** The profile that the shape would get if instances were made on demand; undefined where it gets none. */
  wants(shape: TaskShape): number | undefined;
}

/**
 * The fields of some hosts whose cards are cut into GPU instances, in the order of their first cards.
 *
 * @param poolOf pool number by host; undefined where no pool has it
 */
export function fieldsOf(
  fleet: Fleet,
  hosts: readonly number[],
  poolOf: (host: number) => number | undefined,
): readonly Field[] {
  return groupsOf(fleet, hosts, poolOf, (g) => {
    if (fleet.cards[g]?.layout === undefined) return undefined;
    const { mode, config } = fleet.sharing[g] as SharedGpu;
    const isOnDemand = 'layout' in config && config.layout === null;
    return `${mode.name} ${isOnDemand}`;
  }).map(({ pool, gpus }) => {
    const mine = new Set(gpus);
    const isOther = (gpu: number) => !mine.has(gpu) && poolOf(hostOf(fleet, gpu)) === pool;
    return fieldOf(fleet, pool, gpus, isOther);
  });
}

/**
 * GPUs of one pool and model with the same key, in the order of their first.
 *
 * @param keyOf undefined: the GPU is in no group
 */
export function groupsOf(
  fleet: Fleet,
  hosts: readonly number[],
  poolOf: (host: number) => number | undefined,
  keyOf: (gpu: number) => string | undefined,
): readonly { readonly pool: number; readonly gpus: readonly number[] }[] {
  const byKey = new Map<string, { pool: number; gpus: number[] }>();
  for (const host of [...hosts].sort((a, b) => a - b)) {
    const pool = poolOf(host);
    if (pool === undefined) continue;
    for (let g = fleet.gpuStart[host] as number; g < (fleet.gpuStart[host + 1] as number); g++) {
      const own = keyOf(g);
      if (own === undefined) continue;
      const key = `${pool} ${fleet.gpuModel[g]} ${own}`;
      const field = byKey.get(key);
      if (field === undefined) byKey.set(key, { pool, gpus: [g] });
      else field.gpus.push(g);
    }
  }
  return [...byKey.values()];
}

/** @param isOther whether a GPU is one of the same pool that is not in the field */
function fieldOf(
  fleet: Fleet,
  pool: number,
  gpus: readonly number[],
  isOther: (gpu: number) => boolean,
): Field {
  const first = gpus[0] as number;
  const shared = fleet.sharing[first] as SharedGpu;
  const model = fleet.gpuModel[first] as number;
  const { geometry } = layoutOf(fleet, first);
  // A card with that one instance alone says whether the instance does.
  const probes = geometry.profiles.map(({ name, starts }) =>
    openCard(withLayout(shared, [`${name}@${starts[0]}`])),
  );
  const onDemand = openCard(withLayout(shared, null));
  const known = new Map<
    TaskShape,
    { readonly profiles: readonly number[]; readonly slots: readonly Slot[] }
  >();
  const onCard = new OnCardTable(fleet);
  const speedsOf = new Map<TaskShape, Map<WorkProfile, readonly number[]>>();
  const isOnly = new Map<TaskShape, boolean>();
  const isMine = ({ accepts }: TaskShape) => accepts === undefined || accepts[model] === 1;
  const answerTo = (shape: TaskShape) => {
    let answer = known.get(shape);
    if (answer === undefined) {
      const { ask } = shape;
      const alone = ask === undefined || !isMine(shape) ? undefined : { ...ask, count: 1 };
      const profiles: number[] = [];
      const slots: Slot[] = [];
      for (const [profile, probe] of probes.entries()) {
        const slot = alone && probe.admitEmpty(alone);
        if (slot === undefined || isRefusal(slot)) continue;
        profiles.push(profile);
        slots.push(slot);
      }
      answer = { profiles, slots };
      known.set(shape, answer);
    }
    return answer;
  };
  return {
    pool,
    gpus,
    geometry,
    accepts: (shape) => answerTo(shape).profiles,
    slots: (shape) => answerTo(shape).slots,
    isOnlyPlace(shape) {
      let answer = isOnly.get(shape);
      if (answer === undefined) {
        const { accepts } = shape;
        answer = true;
        for (let g = 0; answer && g < fleet.gpuCount; g++) {
          const isOfModel = accepts === undefined || accepts[fleet.gpuModel[g] as number] === 1;
          answer = !(isOfModel && isOther(g) && fleet.couldHaveRoom(g, shape));
        }
        isOnly.set(shape, answer);
      }
      return answer;
    },
    speeds(shape, work) {
      const { profiles, slots } = answerTo(shape);
      if (work === undefined) return profiles.map(() => 1);
      let byWork = speedsOf.get(shape);
      if (byWork === undefined) {
        byWork = new Map();
        speedsOf.set(shape, byWork);
      }
      let answer = byWork.get(work);
      if (answer === undefined) {
        const { use } = onCard.of(work, first);
        answer = profiles.map((profile, at) => speedOf(probes[profile] as Card, slots[at] as Slot, use));
        byWork.set(work, answer);
      }
      return answer;
    },
    wants(shape) {
      if (shape.ask === undefined || shape.ask.count !== 1 || shape.gpuCount !== 1 || !isMine(shape)) return;
      const slot = onDemand.admitEmpty(shape.ask);
      return isRefusal(slot) ? undefined : onDemand.layout?.placementOf(slot).profileIndex;
    },
  };
}

/** Speed of one tenant alone on a card. */
function speedOf(card: Card, slot: Slot, use: GpuUse): number {
  const residents = new Residents();
  residents.join(slot, use, true);
  const speeds = new Float64Array(1);
  card.speeds(residents, speeds);
  return speeds[0] as number;
}

/** The same card with other instances; null: made on demand. */
function withLayout(shared: SharedGpu, layout: readonly string[] | null): SharedGpu {
  return { ...shared, config: { ...shared.config, layout } as SharedGpu['config'] };
}

/** What a card could give if its instances were others. */
export function anyLayoutTwin(shared: SharedGpu): Card {
  return openCard(withLayout(shared, null));
}
