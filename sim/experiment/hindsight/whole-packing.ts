import { GPU_MILLI, type TaskShape } from '../../cluster/request.ts';
import { type IntegerSolver, LinearProgramBuilder } from '../../kernel/optimize/linear-program.ts';
import type { GpuAsk, SharedGpu } from '../../sharing/index.ts';
import { fractionRoom } from '../bound/fraction-room.ts';
import type { CardKind, HostKind } from '../bound/host-kind.ts';
import { admissionKey } from '../bound/slot-room.ts';
import { type CardFills, cardFills } from './card-fills.ts';
import type { Packing, Wanted } from './packing.ts';

/** What whole jobs come to at most. */
export interface WholeMost {
  /** Thousandths of GPUs, or jobs: no packing has more. */
  readonly most: number;
  /** Whether there is a packing that has as much. */
  readonly isOptimal: boolean;
}

/** Larger programs are left to the relaxed one: branch and bound would stop at its limit far from the optimum. */
const MOST_VARIABLES = 1500;
const MOST_NODES = 500;
/** Of a GPU, or of a job: the solver's tolerance. */
const TOLERANCE = 1e-5;
/** Of all of them: rows are kept within so much. */
const RELATIVE = 1e-7;
const NONE = Number.NEGATIVE_INFINITY;

/** What may stand on the cards of a kind, by the shapes that it may be. */
interface CardTenants {
  readonly fills: CardFills;
  /** By shape: which of the asks of the fills it has; undefined: it does not go there. */
  readonly askOf: readonly (number | undefined)[];
}

/** Hosts that are one in a program. */
interface HostUnit {
  readonly kind: HostKind;
  readonly number: number;
  readonly times: number;
}

/**
 * The most that whole jobs can be given on whole cards: an integer program with fills of single cards, found by the modes
 * themselves, as columns. Hosts are looked at one by one, or together with those like them where there are too many and
 * neither CPU nor memory nor jobs of several GPUs make a difference.
 */
export class WholePacking {
  readonly #packing: Packing;
  readonly #solver: IntegerSolver;
  /** By host kind, by its cards; undefined where too much can stand on some card. */
  readonly #tenants: readonly (readonly CardTenants[])[] | undefined;

  constructor(packing: Packing, solver: IntegerSolver) {
    this.#packing = packing;
    this.#solver = solver;
    this.#tenants = this.#allTenants();
  }

  /** @returns undefined where the problem is too large */
  most(wanted: Wanted): WholeMost | undefined {
    if (this.#tenants === undefined) return undefined;
    for (const isApart of [true, false]) {
      const units = this.#packing.hosts.flatMap((kind, number): readonly HostUnit[] => {
        const count = this.#packing.counts[number] as number;
        // One more than could be looked at: where each has a variable, they are too many.
        return isApart
          ? Array.from({ length: Math.min(count, MOST_VARIABLES + 1) }, () => ({ kind, number, times: 1 }))
          : [{ kind, number, times: count }];
      });
      const isExact = units.every((unit) => unit.times === 1 || this.#areOne(unit, wanted));
      const found = this.#solve(wanted, units);
      if (found !== undefined) return { ...found, isOptimal: found.isOptimal && isExact };
    }
    return undefined;
  }

  #allTenants(): readonly (readonly CardTenants[])[] | undefined {
    const known = new Map<SharedGpu | string, CardTenants | undefined>();
    const all = this.#packing.hosts.map(({ cards }) =>
      cards.map(({ card }) => {
        const key = card.sharing ?? card.model;
        if (!known.has(key)) known.set(key, this.#tenantsOn(card));
        return known.get(key);
      }),
    );
    const found = all.map((row) => row.filter((each) => each !== undefined));
    return found.every((row, h) => row.length === all[h]?.length) ? found : undefined;
  }

  #tenantsOn({ model, sharing }: CardKind): CardTenants | undefined {
    const { shapes, workers } = this.#packing;
    const fits = ({ models, gpuCount }: TaskShape) =>
      gpuCount > 0 && (models.length === 0 || models.includes(model));
    if (sharing === undefined) {
      const { layouts, kindsOf, mostMilli } = fractionRoom(
        shapes.map((shape) =>
          fits(shape) && shape.ask?.slot.kind !== 'profile' ? shape.gpuMilli : undefined,
        ),
      );
      if (layouts === undefined) return undefined;
      const fills = layouts.map((counts) => ({ counts, milli: 0 }));
      return { fills: { fills, isOpen: true, milliOf: mostMilli }, askOf: kindsOf.map(([kind]) => kind) };
    }
    const asks: GpuAsk[] = [];
    const most: number[] = [];
    const numbers = new Map<string, number>();
    const askOf = shapes.map((shape, s) => {
      const { ask } = shape;
      if (!fits(shape) || ask === undefined) return undefined;
      const key = `${ask.count} ${admissionKey(ask)}`;
      const number = numbers.get(key) ?? asks.length;
      if (number === asks.length) {
        numbers.set(key, number);
        asks.push(ask);
        most.push(0);
      }
      most[number]! += workers[s] as number;
      return number;
    });
    const fills = cardFills(sharing, asks, most);
    return fills === undefined ? undefined : { fills, askOf };
  }

  /** Whether hosts that are alike hold together whatever they hold as one. */
  #areOne({ kind, number }: HostUnit, wanted: Wanted): boolean {
    const { shapes } = this.#packing;
    const counted = countedShapes(this.#packing, wanted);
    if (shapes.some(({ gpuCount }, s) => counted[s] && gpuCount !== 1)) return false;
    const tenants = (this.#tenants as readonly (readonly CardTenants[])[])[number] as readonly CardTenants[];
    const largest = (of: (shape: TaskShape) => number) =>
      kind.cards.reduce((sum, { perHost }, c) => {
        const { fills, askOf } = tenants[c] as CardTenants;
        const needs: number[] = [];
        askOf.forEach((ask, s) => {
          if (ask !== undefined) needs[ask] = Math.max(needs[ask] ?? 0, of(shapes[s] as TaskShape));
        });
        const most = fills.fills.reduce(
          (max, { counts }) =>
            Math.max(
              max,
              counts.reduce((n, own, a) => n + own * (needs[a] ?? 0), 0),
            ),
          0,
        );
        return sum + perHost * most;
      }, 0);
    return (
      largest(({ cpuMilli }) => cpuMilli) <= kind.cpuMilli &&
      largest(({ memoryMib }) => memoryMib) <= kind.memoryMib
    );
  }

  #solve(wanted: Wanted, units: readonly HostUnit[]): WholeMost | undefined {
    const program = new HostsProgram(this.#packing, wanted);
    for (const unit of units) {
      program.add(unit, this.#tenants?.[unit.number] as readonly CardTenants[]);
      if (program.size > MOST_VARIABLES) return undefined;
    }
    const solution = this.#solver.solveWhole(program.close(), MOST_NODES);
    if (!('bound' in solution)) throw new Error(`A packing program is ${solution.status}`);
    const unit = wanted === 'jobs' ? 1 : GPU_MILLI;
    // Both are counted in whole numbers: what the bound has beyond one is the solver's tolerance.
    return {
      most: Math.floor((-solution.bound * (1 + RELATIVE) + TOLERANCE) * unit),
      isOptimal: solution.status === 'optimal',
    };
  }
}

/** By shape: whether it matters. Jobs without GPU are no part of what is allocated. */
function countedShapes({ shapes, types }: Packing, wanted: Wanted): readonly boolean[] {
  const counted = shapes.map(() => wanted === 'jobs');
  for (const { workers } of types) {
    if (workers.some(({ shape }) => (shapes[shape] as TaskShape).gpuCount > 0))
      for (const { shape } of workers) counted[shape] = true;
  }
  return counted;
}

/** Gathers the program host by host. */
class HostsProgram {
  readonly #packing: Packing;
  readonly #wanted: Wanted;
  readonly #program = new LinearProgramBuilder();
  readonly #isCounted: readonly boolean[];
  /** By shape: its workers on each host. */
  readonly #ofShape: number[][];

  constructor(packing: Packing, wanted: Wanted) {
    this.#packing = packing;
    this.#wanted = wanted;
    this.#isCounted = countedShapes(packing, wanted);
    this.#ofShape = packing.shapes.map(() => []);
  }

  get size(): number {
    return this.#program.cost.length;
  }

  add({ kind, times }: HostUnit, tenants: readonly CardTenants[]): void {
    const program = this.#program;
    const { shapes, workers } = this.#packing;
    const here = shapes.flatMap((shape, s) => {
      const { gpuCount, cpuMilli, memoryMib } = shape;
      const able = kind.cards.reduce(
        (sum, { perHost }, c) => (tenants[c]?.askOf[s] === undefined ? sum : sum + perHost),
        0,
      );
      if (able < gpuCount || cpuMilli > kind.cpuMilli || memoryMib > kind.memoryMib) return [];
      if (!this.#isCounted[s]) return [];
      const hosted = program.whole(0, 0, workers[s] as number);
      this.#ofShape[s]?.push(hosted);
      return [{ s, shape, hosted, parts: [] as number[] }];
    });
    // Each GPU by itself where a worker may have several, which are then different ones.
    const isEach = times === 1 && here.some(({ shape }) => shape.gpuCount > 1);
    kind.cards.forEach(({ perHost }, c) => {
      const { fills, askOf } = tenants[c] as CardTenants;
      for (let i = 0; i < (isEach ? perHost : 1); i++) {
        const byAsk = shapes.map(() => [] as number[]);
        for (const { s, shape, hosted, parts } of here) {
          const ask = askOf[s];
          if (ask === undefined) continue;
          const milli = this.#wanted === 'allocated' && fills.isOpen ? (fills.milliOf[ask] as number) : 0;
          const most = (workers[s] as number) * (isEach ? 1 : shape.gpuCount);
          const part = program.whole(-milli / GPU_MILLI, 0, most);
          parts.push(part);
          byAsk[ask]?.push(part);
          if (isEach && shape.gpuCount > 1) program.row(NONE, 0, [part, hosted], [1, -1]);
        }
        this.#addFills(fills, byAsk, isEach ? 1 : times * perHost);
      }
    });
    for (const { shape, hosted, parts } of here) {
      if (shape.gpuCount > 0) program.row(0, 0, [...parts, hosted], [...parts.map(() => 1), -shape.gpuCount]);
    }
    const limit = (upper: number, of: (shape: TaskShape) => number) => {
      const users = here.filter(({ shape }) => of(shape) > 0);
      if (users.length === 0) return;
      program.row(
        NONE,
        times * upper,
        users.map(({ hosted }) => hosted),
        users.map(({ shape }) => of(shape)),
      );
    };
    limit(kind.cpuMilli / 1000, ({ cpuMilli }) => cpuMilli / 1000);
    limit(kind.memoryMib / 1024, ({ memoryMib }) => memoryMib / 1024);
  }

  /** Each card has one fill at most; tenants are those of the fills. */
  #addFills({ fills, isOpen }: CardFills, byAsk: readonly (readonly number[])[], cards: number): void {
    const program = this.#program;
    const isPriced = this.#wanted === 'allocated' && !isOpen;
    const used = fills.map(({ milli }) => program.whole(isPriced ? -milli / GPU_MILLI : 0, 0, cards));
    program.row(
      NONE,
      cards,
      used,
      used.map(() => 1),
    );
    const asks = fills[0]?.counts.length ?? byAsk.length;
    for (let a = 0; a < asks; a++) {
      const parts = byAsk[a] ?? [];
      if (parts.length === 0 && isOpen) continue;
      program.row(
        isOpen ? NONE : 0,
        0,
        [...parts, ...used],
        [...parts.map(() => 1), ...fills.map(({ counts }) => -(counts[a] as number))],
      );
    }
  }

  /** A job has all of its workers, or none. */
  close(): LinearProgramBuilder {
    const program = this.#program;
    const { types } = this.#packing;
    const needs = this.#ofShape.map(() => ({ columns: [] as number[], counts: [] as number[] }));
    for (const { workers, count } of types) {
      const taken = program.whole(this.#wanted === 'jobs' ? -1 : 0, 0, count);
      for (const { shape, count: n } of workers) {
        needs[shape]?.columns.push(taken);
        needs[shape]?.counts.push(-n);
      }
    }
    this.#ofShape.forEach((hosted, s) => {
      const need = needs[s] as (typeof needs)[number];
      if (!this.#isCounted[s]) return;
      program.row(0, 0, [...hosted, ...need.columns], [...hosted.map(() => 1), ...need.counts]);
    });
    return program;
  }
}
