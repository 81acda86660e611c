import type { MigProfile } from '../../../sim/hardware/index.ts';
import type { RepartitionProblem, ResidentJob } from '../../../sim/policies/repartition/index.ts';
import { type Instance, isLegalByTheRules } from '../../hardware/brute-force-mig.ts';

/** An instance with its job, in the plainest form. */
interface Held extends Instance {
  readonly job: ResidentJob | null;
}

interface Node {
  readonly cards: readonly (readonly Held[])[];
  /** By job id, time left. */
  readonly left: Readonly<Record<string, number | null>>;
  readonly loss: number;
  readonly touches: number;
  readonly takes: number;
  readonly steps: number;
}

/** Loss in slices x microseconds. */
export type TwinCost = Pick<Node, 'loss' | 'touches' | 'takes' | 'steps'>;

/**
 * The cheapest plan by Dijkstra's algorithm over every state there is: no bound, no bit masks, any profile may be created
 * at any time. Undefined where the target is out of reach, `too-many` above the number of states.
 */
export function cheapestPlan(
  problem: RepartitionProblem,
  profiles: readonly MigProfile[],
  mostStates: number,
): TwinCost | undefined | 'too-many' {
  const { geometry, target, objective, creation } = problem;
  const { model } = geometry;
  const times = problem.times!;
  const total = model.gpuSlicesTotal;
  const indexOf = (profile: MigProfile) => model.profiles.indexOf(profile);

  const compare = (a: Node, b: Node) => {
    const key = (node: Node) => {
      if (objective.order === 'touches-first') return [node.touches, node.loss, node.takes, node.steps];
      const weight = objective.order === 'weighted' ? objective.gpuMinutesPerTouch * 60e6 * total : 0;
      return [node.loss + weight * node.touches, node.touches, node.takes, node.steps];
    };
    const [x, y] = [key(a), key(b)];
    for (let i = 0; i < 4; i++) if (Math.abs(x[i]! - y[i]!) > 1e-6) return x[i]! - y[i]!;
    return 0;
  };
  const idle = (cards: Node['cards']) =>
    cards.reduce(
      (sum, card) =>
        sum + total - card.reduce((busy, each) => busy + (each.job ? each.profile.gpuSlices : 0), 0),
      0,
    );
  const reached = ({ cards }: Node) => {
    const counted = (list: readonly Held[]) =>
      model.profiles.map(
        (profile) =>
          list.filter((each) => each.profile === profile && (target.ready === 'standing' || !each.job))
            .length,
      );
    const enough = (list: readonly Held[], counts: readonly number[]) =>
      counted(list).every((has, p) => has >= counts[p]!);
    return target.wanted.on === 'all-cards'
      ? enough(cards.flat(), target.wanted.counts)
      : target.wanted.counts.every((counts, c) => enough(cards[c]!, counts));
  };
  const pairsLeft = (card: readonly Held[]) =>
    model.profiles
      .flatMap((profile) => profile.starts.map((start) => ({ profile, start })))
      .filter((each) => isLegalByTheRules(model, [...card, each])).length;

  const nextOf = (node: Node): Node[] => {
    const { cards, left } = node;
    const found: Node[] = [];
    const add = (change: Partial<Node>, takes: number, loss: number, touches: number) =>
      found.push({
        ...node,
        ...change,
        takes: node.takes + takes,
        loss: node.loss + loss,
        touches: node.touches + touches,
        steps: node.steps + 1,
      });
    const running = cards.flat().flatMap((each) => (each.job ? [each.job] : []));
    const soonest = Math.min(...running.map((job) => left[job.id] ?? Number.POSITIVE_INFINITY));
    if (soonest < Number.POSITIVE_INFINITY) {
      const after = Object.fromEntries(
        running.map((job) => [job.id, left[job.id] == null ? null : left[job.id]! - soonest]),
      );
      const emptied = cards.map((card) =>
        card.map((each) => (each.job && after[each.job.id] === 0 ? { ...each, job: null } : each)),
      );
      add({ cards: emptied, left: after }, soonest, soonest * idle(cards), 0);
    }
    cards.forEach((card, c) => {
      card.forEach((held, i) => {
        const replace = (list: readonly Held[]) => cards.map((other, o) => (o === c ? list : other));
        if (held.job === null) {
          const takes = times.deleteUs[indexOf(held.profile)]!;
          add({ cards: replace(card.filter((_, other) => other !== i)) }, takes, takes * idle(cards), 0);
          return;
        }
        const { drain, migrate, gpuShare } = held.job;
        if (drain !== null) {
          const without = replace(card.map((each, other) => (other === i ? { ...each, job: null } : each)));
          const loss = drain.takesUs * idle(without) + drain.lostUs * gpuShare * total;
          add({ cards: without }, drain.takesUs, loss, 1);
        }
        if (migrate === null) return;
        cards.forEach((_, toCard) => {
          cards[toCard]!.forEach((goal, g) => {
            if (goal.job !== null || goal.profile !== held.profile) return;
            const moved = cards.map((list, o) =>
              list.map((each, other) => {
                if (o === c && other === i) return { ...each, job: null };
                return o === toCard && other === g ? { ...each, job: held.job } : each;
              }),
            );
            add({ cards: moved }, migrate.stunUs, migrate.stunUs * (idle(cards) + gpuShare * total), 1);
          });
        });
      });
      for (const profile of profiles) {
        let starts = profile.starts.filter((start) =>
          isLegalByTheRules(model, [...card, { profile, start }]),
        );
        if (creation === 'driver-default' && starts.length > 0) {
          const rooms = starts.map((start) => pairsLeft([...card, { profile, start, job: null }]));
          starts = [starts[rooms.indexOf(Math.max(...rooms))]!];
        }
        for (const start of starts) {
          const more = cards.map((other, o) => (o === c ? [...card, { profile, start, job: null }] : other));
          const takes = times.createUs[indexOf(profile)]!;
          add({ cards: more }, takes, takes * idle(cards), 0);
        }
      }
    });
    return found;
  };

  const name = ({ cards, left }: Node) =>
    JSON.stringify([
      cards.map((card) =>
        card.map((each) => `${each.profile.name}@${each.start}:${each.job?.id ?? ''}`).sort(),
      ),
      cards
        .flat()
        .flatMap((each) => (each.job ? [[each.job.id, left[each.job.id]]] : []))
        .sort(),
    ]);
  const open = new Open<Node>(compare);
  const instances = problem.cards.map((card) =>
    card.instances.map(({ placement, job }): Held => {
      const { profile, start } = geometry.placements[placement]!;
      return { profile, start, job };
    }),
  );
  const left = Object.fromEntries(
    instances
      .flat()
      .flatMap((each) => (each.job ? [[each.job.id, each.job.remainingUs as number | null]] : [])),
  );
  open.add({ cards: instances, left, loss: 0, touches: 0, takes: 0, steps: 0 });
  const done = new Set<string>();
  for (let node = open.take(); node !== undefined; node = open.take()) {
    const key = name(node);
    if (done.has(key)) continue;
    if (done.size >= mostStates) return 'too-many';
    done.add(key);
    if (reached(node)) return node;
    for (const next of nextOf(node)) if (!done.has(name(next))) open.add(next);
  }
  return undefined;
}

/** A list kept in order by binary insertion, the least at the end. */
class Open<T> {
  readonly #list: T[] = [];
  readonly #compare: (a: T, b: T) => number;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  add(item: T): void {
    let low = 0;
    let high = this.#list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#compare(this.#list[middle]!, item) > 0) low = middle + 1;
      else high = middle;
    }
    this.#list.splice(low, 0, item);
  }

  take(): T | undefined {
    return this.#list.pop();
  }
}
