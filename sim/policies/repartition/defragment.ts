import {
  canAdd,
  creatable,
  lowestIndex,
  type MigGeometry,
  NO_PLACEMENTS,
  type PlacementSet,
  placementsIn,
} from './mig-geometry.ts';
import type { PartitionedCard, ResidentJob } from './view.ts';

/** A job goes to another placement of the same profile; the instance there is created if it does not stand. */
export interface ProposedMove {
  readonly job: string;
  readonly from: { readonly card: string; readonly placement: number };
  readonly to: { readonly card: string; readonly placement: number };
  readonly costGpuMinutes: number;
}

/** Moves in an order in which each is legal: its new instance fits beside everything that runs at that moment. */
export interface MoveProposal {
  readonly moves: readonly ProposedMove[];
  /** Where the wanted instance fits afterwards; undefined where none is wanted. */
  readonly room: { readonly card: string; readonly placement: number } | undefined;
  readonly gainGpuMinutes: number;
  readonly costGpuMinutes: number;
}

export interface DefragmentRules {
  /** A proposal is made only if its gain divided by its cost is above this. */
  readonly gainPerCost: number;
  /** One or two moves for one gain. */
  readonly maxMoves: 1 | 2;
  /** Time to carry a job's memory between two cards, on top of its stun, in microseconds; 0 if not given. */
  readonly transferUs?: (job: ResidentJob, fromCard: string, toCard: string) => number;
}

const US_PER_MINUTE = 60e6;
/** Above this many pairs of moves only pairs that leave the same card are weighed. */
const PAIR_LIMIT = 200_000;

interface Resident {
  readonly job: ResidentJob;
  readonly card: number;
  readonly placement: number;
}

/** Instances with a job alone count as taken: idle ones can be deleted at any time. */
interface FleetState {
  readonly busy: readonly PlacementSet[];
  readonly residents: readonly Resident[];
}

/** Resident number, and where it goes. */
interface Move {
  readonly resident: number;
  readonly toCard: number;
  readonly toPlacement: number;
}

class Fleet {
  readonly geometry: MigGeometry;
  readonly cards: readonly PartitionedCard[];
  readonly rules: DefragmentRules;
  readonly start: FleetState;

  constructor(geometry: MigGeometry, cards: readonly PartitionedCard[], rules: DefragmentRules) {
    this.geometry = geometry;
    this.cards = cards;
    this.rules = rules;
    const residents = cards.flatMap(({ instances }, card) =>
      instances.flatMap(({ placement, job }) => (job === null ? [] : [{ job, card, placement }])),
    );
    const busy = cards.map((_, card) =>
      residents.reduce(
        (set, each) => (each.card === card ? set | (1 << each.placement) : set),
        NO_PLACEMENTS,
      ),
    );
    this.start = { busy, residents };
  }

  /** Every move of a resident: by card, then by start. The old instance stands until the new one has the job. */
  *movesOf(state: FleetState, resident: number): Iterable<Move> {
    const { job, placement } = state.residents[resident]!;
    if (job.migrate === null) return;
    const own = this.geometry.ofProfile[this.geometry.placements[placement]!.profileIndex]!;
    for (let toCard = 0; toCard < state.busy.length; toCard++) {
      for (let rest = creatable(this.geometry, state.busy[toCard]!) & own; rest !== 0; rest &= rest - 1) {
        yield { resident, toCard, toPlacement: lowestIndex(rest) };
      }
    }
  }

  after({ busy, residents }: FleetState, { resident, toCard, toPlacement }: Move): FleetState {
    const { job, card, placement } = residents[resident]!;
    const changed = [...busy];
    changed[card]! &= ~(1 << placement);
    changed[toCard]! |= 1 << toPlacement;
    return {
      busy: changed,
      residents: residents.with(resident, { job, card: toCard, placement: toPlacement }),
    };
  }

  costUs(state: FleetState, { resident, toCard }: Move): number {
    const { job, card } = state.residents[resident]!;
    const carry = this.rules.transferUs?.(job, this.cards[card]!.id, this.cards[toCard]!.id) ?? 0;
    return (job.migrate!.stunUs + carry) * job.gpuShare;
  }

  costOf(moves: readonly Move[]): number {
    let state = this.start;
    let costUs = 0;
    for (const move of moves) {
      costUs += this.costUs(state, move);
      state = this.after(state, move);
    }
    return costUs / US_PER_MINUTE;
  }

  proposal(
    moves: readonly Move[],
    gainGpuMinutes: number,
    room?: { card: number; placement: number },
  ): MoveProposal {
    let state = this.start;
    const proposed = moves.map((move): ProposedMove => {
      const { job, card, placement } = state.residents[move.resident]!;
      const costGpuMinutes = this.costUs(state, move) / US_PER_MINUTE;
      state = this.after(state, move);
      return {
        job: job.id,
        from: { card: this.cards[card]!.id, placement },
        to: { card: this.cards[move.toCard]!.id, placement: move.toPlacement },
        costGpuMinutes,
      };
    });
    return {
      moves: proposed,
      room: room && { card: this.cards[room.card]!.id, placement: room.placement },
      gainGpuMinutes,
      costGpuMinutes: this.costOf(moves),
    };
  }

  /** Whether moves with this gain and cost are worth it. */
  isWorth(gain: number, cost: number): boolean {
    return gain > 0 && gain > this.rules.gainPerCost * cost;
  }
}

/**
 * The cheapest one or two moves after which an instance of the wanted profile can be created: of all cards and starts,
 * and all ways to clear them. A job can also make place for another one that clears the start. Of equal cost the fewest
 * moves, then the most placements left open on the cards, then the first by card, start and job.
 *
 * @param gainGpuMinutes what it is worth that the profile can be created, such as the work of the job that waits for it
 * @returns no moves where it can be created already; undefined where no moves do it, or none that are worth it
 */
export function makeRoom(
  geometry: MigGeometry,
  cards: readonly PartitionedCard[],
  wanted: { readonly profile: number; readonly gainGpuMinutes: number },
  rules: DefragmentRules,
): MoveProposal | undefined {
  const fleet = new Fleet(geometry, cards, rules);
  const { start } = fleet;
  for (let card = 0; card < cards.length; card++) {
    const open = creatable(geometry, start.busy[card]!) & geometry.ofProfile[wanted.profile]!;
    if (open !== 0) return fleet.proposal([], wanted.gainGpuMinutes, { card, placement: lowestIndex(open) });
  }
  let best:
    | { moves: readonly Move[]; room: { card: number; placement: number }; cost: number; open: number }
    | undefined;
  for (let card = 0; card < cards.length; card++) {
    for (const place of placementsIn(geometry, geometry.ofProfile[wanted.profile]!)) {
      for (const moves of waysToClear(fleet, card, place.index)) {
        const end = moves.reduce((state, move) => fleet.after(state, move), start);
        if (!canAdd(geometry, end.busy[card]!, place)) continue;
        const cost = fleet.costOf(moves);
        if (best !== undefined && (cost - best.cost || moves.length - best.moves.length) > 0) continue;
        const open = end.busy.reduce((sum, layout, each) => {
          const left = creatable(geometry, each === card ? layout | (1 << place.index) : layout);
          return sum + placementsIn(geometry, left).length;
        }, 0);
        const isEqual = best !== undefined && cost === best.cost && moves.length === best.moves.length;
        if (isEqual && open <= best!.open) continue;
        best = { moves, room: { card, placement: place.index }, cost, open };
      }
    }
  }
  if (best === undefined || !fleet.isWorth(wanted.gainGpuMinutes, best.cost)) return undefined;
  return fleet.proposal(best.moves, wanted.gainGpuMinutes, best.room);
}

/** Moves that may clear a start of a card; whether they do is for the caller to see. */
function* waysToClear(fleet: Fleet, card: number, place: number): Iterable<readonly Move[]> {
  const { geometry, start, rules } = fleet;
  const here = start.residents.flatMap((each, number) => (each.card === card ? [number] : []));
  const clears = (leaving: readonly number[]) => {
    const gone = leaving.reduce((set, each) => set | (1 << start.residents[each]!.placement), NO_PLACEMENTS);
    return canAdd(geometry, start.busy[card]! & ~gone, geometry.placements[place]!);
  };
  for (const one of here) {
    if (!clears([one])) continue;
    for (const move of fleet.movesOf(start, one)) yield [move];
    if (rules.maxMoves === 2) yield* waysInTwo(fleet, one);
  }
  if (rules.maxMoves === 1) return;
  for (const first of here) {
    for (const second of here) {
      if (clears([first, second])) yield* pairs(fleet, first, second);
    }
  }
}

/** Another resident elsewhere leaves a placement to this one. */
function* waysInTwo(fleet: Fleet, resident: number): Iterable<readonly Move[]> {
  const { geometry, start } = fleet;
  const { placement } = start.residents[resident]!;
  const own = geometry.ofProfile[geometry.placements[placement]!.profileIndex]!;
  for (let other = 0; other < start.residents.length; other++) {
    if (other === resident) continue;
    const { card, placement: held } = start.residents[other]!;
    const opened =
      creatable(geometry, start.busy[card]! & ~(1 << held)) & ~creatable(geometry, start.busy[card]!) & own;
    if (opened === 0) continue;
    for (const first of fleet.movesOf(start, other)) {
      const between = fleet.after(start, first);
      for (const second of fleet.movesOf(between, resident)) {
        if (second.toCard === card && (opened & (1 << second.toPlacement)) !== 0) yield [first, second];
      }
    }
  }
}

function* pairs(fleet: Fleet, first: number, second: number): Iterable<readonly Move[]> {
  for (const one of fleet.movesOf(fleet.start, first)) {
    const between = fleet.after(fleet.start, one);
    for (const two of fleet.movesOf(between, second)) yield [one, two];
  }
}

/** What the fleet could take if requests came by a mix. */
export interface UsableSlices {
  /** By profile index, how often it is asked for (any scale). */
  readonly weights: readonly number[];
  /** For how long a gain lasts, in microseconds. */
  readonly horizonUs: number;
}

/**
 * Moves that raise the slices which requests can use: by profile, weighted with the mix, the slices of as many instances
 * as each card could still take of that profile alone. The gain of a slice made usable is its part of a GPU over the
 * horizon. Round by round the single or double move with the most gain per cost, while it is above the threshold; of
 * equals the one with more gain, then fewer moves, then the first by job and destination.
 *
 * @returns proposals in the order in which they have to be made; each one's cards are as the ones before leave them
 */
export function raiseUsableSlices(
  geometry: MigGeometry,
  cards: readonly PartitionedCard[],
  { weights, horizonUs }: UsableSlices,
  rules: DefragmentRules,
  maxRounds = 16,
): readonly MoveProposal[] {
  const usable = usableMeter(geometry, weights);
  const perSlice = horizonUs / US_PER_MINUTE / geometry.model.gpuSlicesTotal;
  const proposals: MoveProposal[] = [];
  let now = cards;
  while (proposals.length < maxRounds) {
    const fleet = new Fleet(geometry, now, rules);
    const before = fleet.start.busy.map(usable);
    let best: { moves: readonly Move[]; gain: number; cost: number } | undefined;
    for (const moves of upToTwo(fleet)) {
      const end = moves.reduce((state, move) => fleet.after(state, move), fleet.start);
      let slices = 0;
      for (let card = 0; card < now.length; card++) {
        if (end.busy[card] !== fleet.start.busy[card]) slices += usable(end.busy[card]!) - before[card]!;
      }
      const gain = slices * perSlice;
      // Sums of weights that cancel out leave a little behind.
      if (!(slices > 1e-9)) continue;
      const cost = fleet.costOf(moves);
      if (!fleet.isWorth(gain, cost)) continue;
      if (best === undefined || comesFirst({ moves, gain, cost }, best)) best = { moves, gain, cost };
    }
    if (best === undefined) break;
    proposals.push(fleet.proposal(best.moves, best.gain));
    const end = best.moves.reduce((state, move) => fleet.after(state, move), fleet.start);
    now = now.map(({ id }, card) => ({
      id,
      instances: end.residents.flatMap(({ job, card: at, placement }) =>
        at === card ? [{ placement, job }] : [],
      ),
    }));
  }
  return proposals;
}

function comesFirst(
  a: { moves: readonly Move[]; gain: number; cost: number },
  b: { moves: readonly Move[]; gain: number; cost: number },
): boolean {
  const ratio = a.gain * b.cost - b.gain * a.cost;
  if (Math.abs(ratio) > 1e-9 * a.gain * Math.max(a.cost, b.cost)) return ratio > 0;
  return (a.gain - b.gain || b.moves.length - a.moves.length) > 0;
}

function* upToTwo(fleet: Fleet): Iterable<readonly Move[]> {
  const { start, rules } = fleet;
  const numbers = start.residents.map((_, number) => number);
  const singles = numbers.flatMap((number) => [...fleet.movesOf(start, number)]);
  for (const move of singles) yield [move];
  if (rules.maxMoves === 1) return;
  const isSmall = singles.length * singles.length <= PAIR_LIMIT;
  for (const first of numbers) {
    for (const second of numbers) {
      if (isSmall || start.residents[first]!.card === start.residents[second]!.card)
        yield* pairs(fleet, first, second);
    }
  }
}

/** Expected usable slices of a card by the layout of its busy instances. */
function usableMeter(geometry: MigGeometry, weights: readonly number[]): (busy: PlacementSet) => number {
  const total = weights.reduce((sum, each) => sum + each, 0);
  if (!(total > 0) || weights.length !== geometry.profiles.length) {
    throw new RangeError(
      `Cannot weigh a mix: need ${geometry.profiles.length} weights >= 0, not all 0, got ${weights.join(', ')}`,
    );
  }
  const known = new Map<PlacementSet, number>();
  return (busy) => {
    let answer = known.get(busy);
    if (answer === undefined) {
      answer = geometry.profiles.reduce(
        (sum, { gpuSlices }, profile) =>
          sum + (weights[profile]! / total) * gpuSlices * mostInstances(geometry, busy, profile),
        0,
      );
      known.set(busy, answer);
    }
    return answer;
  };
}

/** Starts of one profile never overlap each other, so taking them in order takes as many as there can be. */
function mostInstances(geometry: MigGeometry, busy: PlacementSet, profile: number): number {
  let layout = busy;
  let count = 0;
  for (;;) {
    const open = creatable(geometry, layout) & geometry.ofProfile[profile]!;
    if (open === 0) return count;
    layout |= open & -open;
    count += 1;
  }
}
