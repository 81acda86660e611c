import { lowestIndex, type PlacementSet } from './mig-geometry.ts';
import { costOf, lesser, NO_COST, type PlanCost, plus } from './plan-cost.ts';
import { placementsWith } from './plan-ends.ts';
import { idleRate, shareLoss } from './plan-moves.ts';
import { GONE, type PlanGround, type PlanState } from './plan-problem.ts';

/** Some of the wanted instances at certain placements of one card. */
interface End {
  /** Which of the wanted: a number whose digits are counts; see `Digits`. */
  readonly part: number;
  readonly ends: PlacementSet;
  readonly conflicts: PlacementSet;
}

/**
 * A lower bound on the rest of a plan for several cards: the least over how long the plan waits in all, and over how the
 * wanted instances are spread over the cards and placed there, of the waits, the deletions and creations, and for each
 * job in the way the least of its end, if that comes within the wait, its stop and its move. Whether there is room for
 * those that move is left out.
 *
 * Undefined where the target cannot be reached.
 */
export function manyCardsBound(ground: PlanGround): (state: PlanState) => PlanCost | undefined {
  const { problem, jobs, slicesOf, sliceUnits } = ground;
  const { target, objective, cards } = problem;
  const rows = target.wanted.on === 'all-cards' ? [target.wanted.counts] : target.wanted.counts;
  const wantedOn = cards.map((_, card) => rows[Math.min(card, rows.length - 1)]!);
  const endsOf = rows.map((row) => endsWithin(ground, row, target.wanted.on === 'all-cards'));
  const tables = new Map<string, ReadonlyMap<number, PlanCost>>();
  const numbers = jobs.map((_, job) => job);

  const tableOf = (state: PlanState, card: number, rate: number, untilUs: number) => {
    const here = numbers.filter((job) => state.at[job] !== GONE && state.at[job]! >> 5 === card);
    const places = here.map((job) => `${job}@${state.at[job]! & 31}`).join(',');
    const lastEnd = here.reduce((last, job) => {
      const end = jobs[job]!.remainingUs;
      return end !== null && end <= untilUs ? Math.max(last, end) : last;
    }, -1);
    const key = `${card}|${state.layouts[card]}|${places}|${rate}|${lastEnd}`;
    let table = tables.get(key);
    if (table === undefined) {
      table = cardTable(ground, endsOf[Math.min(card, rows.length - 1)]!, state, card, here, rate, untilUs);
      tables.set(key, table);
    }
    return table;
  };

  const spread = (state: PlanState, rate: number, untilUs: number): PlanCost | undefined => {
    if (target.wanted.on === 'each-card') {
      let sum: PlanCost | undefined = NO_COST;
      for (let card = 0; card < cards.length && sum !== undefined; card++) {
        const cost: PlanCost | undefined = tableOf(state, card, rate, untilUs).get(
          digitsOf(wantedOn[card]!, wantedOn[card]!),
        );
        sum = cost === undefined ? undefined : plus(sum, cost);
      }
      return sum;
    }
    const wanted = wantedOn[0]!;
    let done = new Map<number, PlanCost>([[0, NO_COST]]);
    for (let card = 0; card < cards.length; card++) {
      const next = new Map<number, PlanCost>();
      for (const [part, cost] of tableOf(state, card, rate, untilUs)) {
        for (const [before, sum] of done) {
          if (!fitsWithin(before, part, wanted)) continue;
          const both = before + part;
          next.set(both, lesser(next.get(both), plus(sum, cost))!);
        }
      }
      done = next;
    }
    return done.get(digitsOf(wanted, wanted));
  };

  return (state) => {
    const rate = idleRate(ground, state);
    const present = numbers.filter((job) => state.at[job] !== GONE);
    const ends = present.flatMap((job) => jobs[job]!.remainingUs ?? []).sort((a, b) => a - b);
    let best = spread(state, rate, state.waitedUs);
    let untilUs = state.waitedUs;
    let idle = rate;
    let loss = 0;
    let steps = 0;
    for (const end of [...new Set(ends)]) {
      // Jobs that end during the wait are gone at the latest then.
      loss += Math.max(0, end - untilUs) * idle;
      steps = 1;
      untilUs = Math.max(untilUs, end);
      for (const job of present) if (jobs[job]!.remainingUs === end) idle += slicesOf[job]! * sliceUnits;
      const wait = costOf(objective, loss, 0, untilUs - state.waitedUs, steps);
      if (best !== undefined && wait[0] > best[0]) break;
      const rest = spread(state, rate, untilUs);
      if (rest !== undefined) best = lesser(best, plus(wait, rest));
    }
    return best;
  };
}

/** The least cost on one card by part of the wanted instances. */
function cardTable(
  ground: PlanGround,
  ends: readonly End[],
  { at, layouts }: PlanState,
  card: number,
  here: readonly number[],
  rate: number,
  untilUs: number,
): ReadonlyMap<number, PlanCost> {
  const { problem, jobs, times, profileOf, slicesOf, sliceUnits } = ground;
  const { geometry, target, objective } = problem;
  const layout = layouts[card]!;
  const isIdle = target.ready === 'idle';
  const table = new Map<number, PlanCost>();
  const createUs = (place: number) => times.createUs[geometry.placements[place]!.profileIndex]!;
  for (const { part, ends: wanted, conflicts } of ends) {
    let takesUs = 0;
    let steps = 0;
    for (let rest = layout & conflicts; rest !== 0; rest &= rest - 1) {
      takesUs += times.deleteUs[geometry.placements[lowestIndex(rest)]!.profileIndex]!;
      steps += 1;
    }
    const created = wanted & ~layout;
    for (let rest = created; rest !== 0; rest &= rest - 1) {
      takesUs += createUs(lowestIndex(rest));
      steps += 1;
    }
    let cost: PlanCost | undefined = costOf(objective, takesUs * rate, 0, takesUs, steps);
    for (const job of here) {
      const place = at[job]! & 31;
      if ((((isIdle ? wanted : 0) | conflicts) & (1 << place)) === 0) continue;
      const { remainingUs, drain, migrate, gpuShare } = jobs[job]!;
      let afterUs = 0;
      if ((conflicts & (1 << place)) !== 0) {
        afterUs = times.deleteUs[profileOf[job]!]!;
        for (let rest = created & geometry.overlapping[place]!; rest !== 0; rest &= rest - 1) {
          afterUs += createUs(lowestIndex(rest));
        }
      }
      const after = afterUs * slicesOf[job]! * sliceUnits;
      let least: PlanCost | undefined;
      if (remainingUs !== null && remainingUs <= untilUs) least = costOf(objective, after, 0, 0, 0);
      if (drain !== null) {
        const loss =
          drain.takesUs * (rate + slicesOf[job]! * sliceUnits) + shareLoss(drain.lostUs, gpuShare) + after;
        least = lesser(least, costOf(objective, loss, 1, drain.takesUs, 1));
      }
      if (migrate !== null) {
        const loss = migrate.stunUs * rate + shareLoss(migrate.stunUs, gpuShare);
        least = lesser(least, costOf(objective, loss, 1, migrate.stunUs, 1));
      }
      cost = least === undefined ? undefined : plus(cost, least);
      if (cost === undefined) break;
    }
    const best = lesser(table.get(part), cost);
    if (best !== undefined) table.set(part, best);
  }
  return table;
}

/** Counts up to those wanted as one number, by the counts of the wanted profiles. */
function digitsOf(counts: readonly number[], wanted: readonly number[]): number {
  let number = 0;
  let unit = 1;
  for (let profile = 0; profile < wanted.length; profile++) {
    number += counts[profile]! * unit;
    unit *= wanted[profile]! + 1;
  }
  return number;
}

function fitsWithin(a: number, b: number, wanted: readonly number[]): boolean {
  let [left, right] = [a, b];
  for (const most of wanted) {
    const base = most + 1;
    if ((left % base) + (right % base) > most) return false;
    left = Math.floor(left / base);
    right = Math.floor(right / base);
  }
  return true;
}

function endsWithin(ground: PlanGround, wanted: readonly number[], isPart: boolean): End[] {
  const { geometry } = ground.problem;
  const found: End[] = [];
  const counts = wanted.map(() => 0);
  const add = (profile: number) => {
    if (profile < wanted.length) {
      const most = wanted[profile]!;
      for (let count = isPart ? 0 : most; count <= most; count++) {
        counts[profile] = count;
        // More than fit by themselves fit even less beside others.
        if (count > 0 && placementsWith(geometry, counts).length === 0) break;
        add(profile + 1);
      }
      counts[profile] = 0;
      return;
    }
    for (const ends of placementsWith(geometry, counts)) {
      let conflicts = 0;
      for (let rest = ends; rest !== 0; rest &= rest - 1)
        conflicts |= geometry.overlapping[lowestIndex(rest)]!;
      found.push({ part: digitsOf(counts, wanted), ends, conflicts: conflicts & ~ends });
    }
  };
  add(0);
  return found;
}
