import type { Fleet } from '../../cluster/fleet.ts';
import type { TaskShape } from '../../cluster/request.ts';
import type { MigGeometry } from '../../hardware/index.ts';
import { type Card, isRefusal, openCard, type SharedGpu } from '../../sharing/index.ts';
import { layoutOf } from './layout-of.ts';

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
  }).map(({ pool, gpus }) => fieldOf(fleet, pool, gpus));
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

function fieldOf(fleet: Fleet, pool: number, gpus: readonly number[]): Field {
  const first = gpus[0] as number;
  const shared = fleet.sharing[first] as SharedGpu;
  const model = fleet.gpuModel[first] as number;
  const { geometry } = layoutOf(fleet, first);
  // A card with that one instance alone says whether the instance does.
  const probes = geometry.profiles.map(({ name, starts }) =>
    openCard(withLayout(shared, [`${name}@${starts[0]}`])),
  );
  const onDemand = openCard(withLayout(shared, null));
  const accepted = new Map<TaskShape, readonly number[]>();
  const isMine = ({ accepts }: TaskShape) => accepts === undefined || accepts[model] === 1;
  return {
    pool,
    gpus,
    geometry,
    accepts(shape) {
      let answer = accepted.get(shape);
      if (answer === undefined) {
        const { ask } = shape;
        const alone = ask === undefined || !isMine(shape) ? undefined : { ...ask, count: 1 };
        answer =
          alone === undefined
            ? []
            : probes.flatMap((probe, profile) => (isRefusal(probe.admitEmpty(alone)) ? [] : [profile]));
        accepted.set(shape, answer);
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

/** The same card with other instances; null: made on demand. */
function withLayout(shared: SharedGpu, layout: readonly string[] | null): SharedGpu {
  return { ...shared, config: { ...shared.config, layout } as SharedGpu['config'] };
}

/** What a card could give if its instances were others. */
export function anyLayoutTwin(shared: SharedGpu): Card {
  return openCard(withLayout(shared, null));
}
