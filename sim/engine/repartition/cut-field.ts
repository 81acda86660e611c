import type { Fleet, FleetView } from '../../cluster/fleet.ts';
import type { TaskShape } from '../../cluster/request.ts';
import { type CardCut, openCard, type PartKind, type SharedGpu } from '../../sharing/index.ts';
import { type CardField, groupsOf } from './field.ts';

/** Cards that are cut as a whole, by vGPU size or number of functions, of one model, mode and pool. */
export interface CutField extends CardField {
  /** By ascending size. */
  readonly kinds: readonly PartKind[];
  /** Whether an empty card becomes what the next tenant wants by itself. */
  readonly isOpen: boolean;
}

/**
 * The fields of some hosts whose cards are cut as a whole, in the order of their first cards.
 *
 * @param poolOf pool number by host; undefined where no pool has it
 */
export function cutFieldsOf(
  fleet: Fleet,
  hosts: readonly number[],
  poolOf: (host: number) => number | undefined,
): readonly CutField[] {
  return groupsOf(fleet, hosts, poolOf, (g) => {
    if (fleet.cards[g]?.cut === undefined) return undefined;
    const { config, spec } = fleet.sharing[g] as SharedGpu;
    // Cards that were set to different numbers of functions can be set to the same one.
    return `${spec.memoryMib} ${JSON.stringify({ ...config, vfs: 0 })}`;
  }).map(({ pool, gpus }) => fieldOf(fleet, pool, gpus));
}

function fieldOf(fleet: Fleet, pool: number, gpus: readonly number[]): CutField {
  const first = gpus[0] as number;
  const model = fleet.gpuModel[first] as number;
  const probe = openCard(fleet.sharing[first] as SharedGpu).cut as CardCut;
  const accepted = new Map<TaskShape, readonly number[]>();
  return {
    pool,
    gpus,
    kinds: probe.kinds,
    isOpen: probe.present === null,
    accepts(shape) {
      let answer = accepted.get(shape);
      if (answer === undefined) {
        const { ask, accepts } = shape;
        const isMine = ask !== undefined && (accepts === undefined || accepts[model] === 1);
        answer = isMine ? probe.accepts({ ...ask, count: 1 }) : [];
        accepted.set(shape, answer);
      }
      return answer;
    },
  };
}

/** What a card is cut into. @throws {RangeError} if it is cut in one way only */
export function cutOf(fleet: FleetView, gpu: number): CardCut {
  const cut = fleet.cards[gpu]?.cut;
  if (cut === undefined)
    throw new RangeError(`Cannot cut GPU ${gpu} of the fleet: it is cut in one way only`);
  return cut;
}
