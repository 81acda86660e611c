import { type IntegerSolver, LinearProgramBuilder } from '../../../kernel/optimize/linear-program.ts';

/** A form in which a replica of a service may run. */
export interface ServiceSize {
  /** Name of the slot that it takes. */
  readonly profile: string;
  /** Most requests of a batch. */
  readonly batch: number;
  /** Batches that it works on at a time. */
  readonly concurrency: number;
  /** What one replica answers at most; above 0. */
  readonly requestsPerSec: number;
}

/** A service that is to be given replicas. */
interface ServiceNeed {
  readonly name: string;
  /** Above 0. */
  readonly requestsPerSec: number;
  /** Its own part in place of the one for all. */
  readonly headroom?: number | undefined;
  readonly sizes: readonly ServiceSize[];
}

/** A kind of card (or of host with several cards), and the ways to cut it. */
interface CardKind {
  readonly name: string;
  /** Of one, above 0. */
  readonly cost: number;
  /** Most of them; absent: any number. */
  readonly most?: number | undefined;
  /** Slots of each way, by name; a name as often as there are such slots. */
  readonly layouts: readonly (readonly string[])[];
}

export interface SizingInput {
  readonly services: readonly ServiceNeed[];
  readonly kinds: readonly CardKind[];
  /** Replicas of a service can answer (1 + headroom) times its requests at least; 0 or more. */
  readonly headroom: number;
}

/** So many cards of a kind, all cut alike. */
interface CutCards {
  readonly kind: string;
  readonly layout: readonly string[];
  readonly count: number;
}

/** So many replicas of a service in one size. */
interface SizedReplicas {
  readonly service: string;
  readonly size: ServiceSize;
  readonly count: number;
}

/** The least that serves all. */
export interface Sizing {
  readonly isPossible: true;
  readonly cards: readonly CutCards[];
  readonly replicas: readonly SizedReplicas[];
  readonly cardCount: number;
  readonly cost: number;
  /** No choice costs less. */
  readonly boundCost: number;
  /** No choice has fewer cards. */
  readonly boundCards: number;
  /** Whether that is the least cost there is: it equals the bound. */
  readonly isProven: boolean;
  /** Least capacity of a service over its requests. */
  readonly leastCapacity: number;
}

/** What stands in the way. */
export interface NoSizing {
  readonly isPossible: false;
  /** Services without a size that stands on any card. */
  readonly homeless: readonly string[];
  /** Cost and cards that it takes at least where there are as many cards of each kind as are wanted; Infinity with `homeless`. */
  readonly boundCost: number;
  readonly boundCards: number;
}

/** Nodes of the search tree of the least cost, and of the most spare capacity at that cost. */
const MOST_NODES = 20_000;
const MOST_SPARE_NODES = 2000;
/** What the solver may be off a row, relative. */
const ROW_TOLERANCE = 2e-6;
const BOUND_TOLERANCE = 1e-6;
/** What sums of capacities may be off by their rounding, relative. */
const SUM_TOLERANCE = 1e-9;

/**
 * Which replicas of which size, on which cards, cut how: the cheapest, by an integer program with a column for each layout
 * of each kind of card. Of equally cheap ones the one with most capacity over the requests of the service that has least of
 * it; slots that are left go to the service with least, one by one. The same input always has the same answer.
 *
 * A replica is taken to answer as much as its size says whoever has the other slots of its card.
 *
 * @throws {RangeError} if a rate, a cost or the headroom is out of range
 */
export function sizeServices(input: SizingInput, solver: IntegerSolver): Sizing | NoSizing {
  checkNumbers(input);
  const standing = new Set(input.kinds.flatMap((kind) => kind.layouts.flat()));
  const homeless = input.services
    .filter(({ sizes }) => !sizes.some(({ profile }) => standing.has(profile)))
    .map(({ name }) => name);
  if (homeless.length > 0) {
    return {
      isPossible: false,
      homeless,
      boundCost: Number.POSITIVE_INFINITY,
      boundCards: Number.POSITIVE_INFINITY,
    };
  }
  const program = new SizingProgram(input, standing);
  const least = solver.solveWhole(program.leastCost(), MOST_NODES);
  if (least.status === 'infeasible') return boundWithoutLimits(input, standing, solver);
  if (!('bound' in least)) throw new Error(`The program of sizes is ${least.status}`);
  const boundCost = roundedBound(input, least.bound);
  let found = least.best === undefined ? undefined : program.answer(least.best.values);
  if (found === undefined || !program.isEnough(found)) {
    // Short by the solver's tolerance, or nothing within the limit of nodes: asks for a little more, or takes what comes.
    const again = solver.solveWhole(program.leastCost(ROW_TOLERANCE), MOST_NODES);
    found =
      'best' in again && again.best !== undefined ? program.answer(again.best.values) : program.anyAnswer();
    if (found === undefined) throw new Error('The program of sizes has an answer that was not found');
  }
  const cost = program.costOf(found);
  const spare = solver.solveWhole(program.mostSpare(cost), MOST_SPARE_NODES);
  if ('best' in spare && spare.best !== undefined) {
    const better = program.answer(spare.best.values);
    if (
      program.isEnough(better) &&
      program.costOf(better) <= cost * (1 + SUM_TOLERANCE) &&
      program.leastCapacity(better) > program.leastCapacity(found)
    ) {
      found = better;
    }
  }
  program.fillUp(found);
  return { isPossible: true, ...program.read(found), boundCost, ...boundsOf(input, boundCost, cost) };
}

/** What it takes where nothing limits the number of cards. */
function boundWithoutLimits(
  input: SizingInput,
  standing: ReadonlySet<string>,
  solver: IntegerSolver,
): NoSizing {
  const kinds = input.kinds.map(({ name, cost, layouts }) => ({ name, cost, layouts }));
  const free = { ...input, kinds };
  const least = solver.solveWhole(new SizingProgram(free, standing).leastCost(), MOST_NODES);
  if (!('bound' in least)) throw new Error(`The program of sizes without limits is ${least.status}`);
  const boundCost = roundedBound(free, least.bound);
  return {
    isPossible: false,
    homeless: [],
    boundCost,
    boundCards: boundsOf(free, boundCost, boundCost).boundCards,
  };
}

/** The bound of the solver, at least the next whole number of cards where all cost the same. */
function roundedBound({ kinds }: SizingInput, bound: number): number {
  const [first] = kinds;
  if (first === undefined || kinds.some(({ cost }) => cost !== first.cost)) {
    return Math.max(0, bound - BOUND_TOLERANCE * Math.abs(bound));
  }
  return Math.max(0, Math.ceil(bound / first.cost - BOUND_TOLERANCE)) * first.cost;
}

function boundsOf({ kinds }: SizingInput, boundCost: number, cost: number) {
  const dearest = Math.max(...kinds.map((kind) => kind.cost));
  return {
    boundCards: Math.max(0, Math.ceil(boundCost / dearest - BOUND_TOLERANCE)),
    isProven: cost <= boundCost * (1 + 2 * BOUND_TOLERANCE),
  };
}

function checkNumbers({ services, kinds, headroom }: SizingInput): void {
  const all = [
    ...services.flatMap(({ name, requestsPerSec, sizes }) => [
      { what: `requests of ${name}`, value: requestsPerSec },
      ...sizes.map((size) => ({
        what: `requests of a replica of ${name} on ${size.profile}`,
        value: size.requestsPerSec,
      })),
    ]),
    ...kinds.map(({ name, cost }) => ({ what: `cost of ${name}`, value: cost })),
  ];
  for (const { what, value } of all) {
    if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`Cannot size services: ${what} must be above 0 and finite, got ${value}`);
    }
  }
  for (const value of [headroom, ...services.map((each) => each.headroom ?? 0)]) {
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`Cannot size services: headroom must be 0 or more, got ${value}`);
    }
  }
}

/** Whole numbers by layout and by choice of a size. */
interface Answer {
  readonly cards: number[];
  readonly replicas: number[];
}

/** A service in one of its sizes. */
interface Choice {
  readonly service: number;
  readonly size: ServiceSize;
}

/** The variables and rows, and what their values mean. */
class SizingProgram {
  readonly #input: SizingInput;
  readonly #columns: readonly { readonly kind: CardKind; readonly layout: readonly string[] }[];
  readonly #choices: readonly Choice[];
  readonly #profiles: readonly string[];
  /** By service: requests that its replicas must be able to answer. */
  readonly #needs: readonly number[];

  constructor(input: SizingInput, standing: ReadonlySet<string>) {
    this.#input = input;
    this.#columns = input.kinds.flatMap((kind) => kind.layouts.map((layout) => ({ kind, layout })));
    this.#choices = input.services.flatMap(({ sizes }, service) =>
      bestByProfile(sizes)
        .filter(({ profile }) => standing.has(profile))
        .map((size) => ({ service, size })),
    );
    this.#profiles = [...new Set(this.#choices.map(({ size }) => size.profile))];
    this.#needs = input.services.map(
      ({ requestsPerSec, headroom }) => requestsPerSec * (1 + (headroom ?? input.headroom)),
    );
  }

  /** @param extra part by which capacities must be above what is needed */
  leastCost(extra = 0): LinearProgramBuilder {
    const program = new LinearProgramBuilder();
    for (const { kind } of this.#columns) program.whole(kind.cost);
    for (const { service, size } of this.#choices) {
      // More of one size than are enough alone are never needed.
      const enough = ((this.#needs[service] as number) * (1 + extra)) / size.requestsPerSec;
      program.whole(0, 0, Math.ceil(enough));
    }
    this.#addRows(program);
    for (const service of this.#needs.keys()) this.#addCapacity(program, service, 1 + extra);
    return program;
  }

  /** The most of the least capacity over need, at this cost. */
  mostSpare(cost: number): LinearProgramBuilder {
    const program = new LinearProgramBuilder();
    for (const _ of this.#columns) program.whole(0);
    for (const _ of this.#choices) program.whole(0);
    this.#addRows(program);
    program.row(
      0,
      cost * (1 + SUM_TOLERANCE),
      this.#columns.map((_, c) => c),
      this.#columns.map(({ kind }) => kind.cost),
    );
    const least = program.variable(-1, 1);
    for (const service of this.#needs.keys()) this.#addCapacity(program, service, 0, least);
    return program;
  }

  /** No more replicas than slots, no more cards than there may be. */
  #addRows(program: LinearProgramBuilder): void {
    for (const profile of this.#profiles) {
      const variables: number[] = [];
      const coefficients: number[] = [];
      this.#columns.forEach(({ layout }, c) => {
        const slots = layout.filter((each) => each === profile).length;
        if (slots === 0) return;
        variables.push(c);
        coefficients.push(-slots);
      });
      this.#choices.forEach(({ size }, k) => {
        if (size.profile !== profile) return;
        variables.push(this.#columns.length + k);
        coefficients.push(1);
      });
      program.row(Number.NEGATIVE_INFINITY, 0, variables, coefficients);
    }
    for (const kind of this.#input.kinds) {
      if (kind.most === undefined) continue;
      const own = this.#columns.flatMap((column, c) => (column.kind === kind ? [c] : []));
      program.row(
        0,
        kind.most,
        own,
        own.map(() => 1),
      );
    }
  }

  /** Capacity over need is `least` or more; with a variable, that much or more. */
  #addCapacity(program: LinearProgramBuilder, service: number, least: number, variable?: number): void {
    const need = this.#needs[service] as number;
    const variables: number[] = [];
    const coefficients: number[] = [];
    this.#choices.forEach((choice, k) => {
      if (choice.service !== service) return;
      variables.push(this.#columns.length + k);
      coefficients.push(choice.size.requestsPerSec / need);
    });
    if (variable !== undefined) {
      variables.push(variable);
      coefficients.push(-1);
    }
    program.row(least, Number.POSITIVE_INFINITY, variables, coefficients);
  }

  answer(values: Float64Array): Answer {
    const whole = Array.from(values, Math.round);
    const cards = whole.slice(0, this.#columns.length);
    return { cards, replicas: whole.slice(cards.length, cards.length + this.#choices.length) };
  }

  /** Each service on cards of its own, where no kind is limited: what is left when the search found nothing. */
  anyAnswer(): Answer | undefined {
    if (this.#input.kinds.some((kind) => kind.most !== undefined)) return undefined;
    const cards = this.#columns.map(() => 0);
    const replicas = this.#choices.map(() => 0);
    for (const [service, need] of this.#needs.entries()) {
      const k = this.#choices.findIndex((choice) => choice.service === service);
      const { size } = this.#choices[k] as Choice;
      const c = this.#columns.findIndex(({ layout }) => layout.includes(size.profile));
      const slots = this.#columns[c]?.layout.filter((each) => each === size.profile).length as number;
      const count = Math.ceil(need / size.requestsPerSec);
      replicas[k] = count;
      cards[c]! += Math.ceil(count / slots);
    }
    return { cards, replicas };
  }

  costOf({ cards }: Answer): number {
    return cards.reduce((sum, count, c) => sum + count * (this.#columns[c]?.kind.cost as number), 0);
  }

  /** By service: what its replicas answer over what they must. */
  #capacities({ replicas }: Answer): number[] {
    const capacities = this.#needs.map(() => 0);
    this.#choices.forEach(({ service, size }, k) => {
      capacities[service]! +=
        ((replicas[k] as number) * size.requestsPerSec) / (this.#needs[service] as number);
    });
    return capacities;
  }

  leastCapacity(answer: Answer): number {
    return Math.min(...this.#capacities(answer));
  }

  /** Whether whole numbers keep what the solver kept within its tolerance. */
  isEnough(answer: Answer): boolean {
    return (
      this.leastCapacity(answer) >= 1 - SUM_TOLERANCE &&
      [...this.#freeSlots(answer).values()].every((free) => free >= 0)
    );
  }

  #freeSlots({ cards, replicas }: Answer): Map<string, number> {
    const free = new Map(this.#profiles.map((profile) => [profile, 0]));
    const add = (profile: string, count: number) => {
      const known = free.get(profile);
      if (known !== undefined) free.set(profile, known + count);
    };
    this.#columns.forEach(({ layout }, c) => {
      for (const profile of layout) add(profile, cards[c] as number);
    });
    this.#choices.forEach(({ size }, k) => {
      add(size.profile, -(replicas[k] as number));
    });
    return free;
  }

  /** Gives slots that are left to the service with least capacity over need of those that can use them. */
  fillUp(answer: Answer): void {
    const capacities = this.#capacities(answer);
    for (const [profile, free] of this.#freeSlots(answer)) {
      for (let left = free; left > 0; left--) {
        let best = -1;
        this.#choices.forEach(({ service, size }, k) => {
          if (size.profile !== profile) return;
          const least =
            best < 0
              ? Number.POSITIVE_INFINITY
              : (capacities[(this.#choices[best] as Choice).service] as number);
          if ((capacities[service] as number) < least) best = k;
        });
        const { service, size } = this.#choices[best] as Choice;
        answer.replicas[best]! += 1;
        capacities[service]! += size.requestsPerSec / (this.#needs[service] as number);
      }
    }
  }

  read(answer: Answer) {
    const { cards, replicas } = answer;
    const { services } = this.#input;
    return {
      cards: this.#columns.flatMap(({ kind, layout }, c) =>
        (cards[c] as number) > 0 ? [{ kind: kind.name, layout, count: cards[c] as number }] : [],
      ),
      replicas: this.#choices.flatMap(({ service, size }, k) =>
        (replicas[k] as number) > 0
          ? [{ service: services[service]?.name as string, size, count: replicas[k] as number }]
          : [],
      ),
      cardCount: cards.reduce((sum, count) => sum + count, 0),
      cost: this.costOf(answer),
      leastCapacity: Math.min(
        ...this.#capacities(answer).map(
          (capacity, service) =>
            (capacity * (this.#needs[service] as number)) / (services[service]?.requestsPerSec as number),
        ),
      ),
    };
  }
}

/** Of the sizes for one slot only the one that answers most counts; of equals the one with fewer and smaller batches. */
function bestByProfile(sizes: readonly ServiceSize[]): ServiceSize[] {
  const best = new Map<string, ServiceSize>();
  for (const size of sizes) {
    const known = best.get(size.profile);
    if (known === undefined || isBetter(size, known)) best.set(size.profile, size);
  }
  return [...best.values()];
}

function isBetter(a: ServiceSize, b: ServiceSize): boolean {
  if (a.requestsPerSec !== b.requestsPerSec) return a.requestsPerSec > b.requestsPerSec;
  return a.concurrency - b.concurrency < 0 || (a.concurrency === b.concurrency && a.batch < b.batch);
}
