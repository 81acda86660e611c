import type { GpuAsk } from '../sharing/index.ts';

/** What one task asks of one host. Two tasks with equal requests have the same shape. */
export interface TaskRequest {
  /** Thousandths of a CPU core. */
  readonly cpuMilli: number;
  readonly memoryMib: number;
  /** Number of GPUs, all on one host; 0 = none. */
  readonly gpuCount: number;
  /** Thousandths of each of those GPUs, 1 to 1000; 0 when `gpuCount` is 0. */
  readonly gpuMilli: number;
  /** GPU models that will do; empty = any. */
  readonly models: readonly string[];
  /**
   * What it asks of each GPU that is shared by a mode; absent: only GPUs shared by fraction will do. On these GPUs
   * `gpuMilli` is what the books expect it to take; what it takes is up to the card.
   */
  readonly ask?: GpuAsk | undefined;
  /** Speed by GPU model relative to its reference, for policies that look for fast GPUs; models that are not named: 1. */
  readonly speeds?: Readonly<Record<string, number>> | undefined;
}

/** A request known to a fleet: numbered, and with its model list turned into a table. */
export interface TaskShape extends TaskRequest {
  readonly id: number;
  /** By GPU model number of the fleet: 1 = will do. Absent = any model will do. */
  readonly accepts: Uint8Array | undefined;
  /** By GPU model number of the fleet: speed there. Absent: all are equally fast. */
  readonly speedOf: Float64Array | undefined;
  /** The shape by itself: what a job with one worker asks for. */
  readonly alone: readonly TaskShape[];
  /** Requested GPU in all, `gpuCount * gpuMilli`. */
  readonly totalGpuMilli: number;
}

/** Gangs are numbered from here on, beyond any number of shapes. */
const FIRST_GANG = 2 ** 24;

/** Full capacity of one GPU in thousandths. */
export const GPU_MILLI = 1000;

/**
 * Numbers the distinct requests of a run in order of first sight, so that answers can be kept per shape.
 *
 * @param modelNames the fleet's GPU models; a request's models that are not among them match nothing
 */
export class ShapeTable {
  readonly shapes: TaskShape[] = [];
  readonly #modelNames: readonly string[];
  readonly #idByKey = new Map<string, number>();
  /** Asks are kept by reference: classes and groups make one object for all their tasks. */
  readonly #askNumbers = new Map<GpuAsk, number>();
  readonly #speedNumbers = new Map<Readonly<Record<string, number>>, number>();

  /** Tasks of a class share their request: most are found by it without looking into it. */
  readonly #byRequest = new WeakMap<TaskRequest, TaskShape>();
  readonly #gangNumbers = new Map<string, number>();
  readonly #expectedMilli: ((shape: TaskShape) => number | undefined) | undefined;

  /** @param expectedMilli what a shape takes of a GPU where that is not as it says; see `Fleet.expectedMilli` */
  constructor(modelNames: readonly string[], expectedMilli?: (shape: TaskShape) => number | undefined) {
    this.#modelNames = modelNames;
    this.#expectedMilli = expectedMilli;
  }

  /**
   * The shape of a request.
   *
   * @throws {RangeError} if a number is negative, not whole, or `gpuMilli` is not within 1 to 1000 for a GPU request
   */
  intern(request: TaskRequest): TaskShape {
    let shape = this.#byRequest.get(request);
    if (shape === undefined) {
      shape = this.#find(request);
      this.#byRequest.set(request, shape);
    }
    return shape;
  }

  #find(request: TaskRequest): TaskShape {
    const models = request.models.length > 1 ? [...request.models].sort(compareText) : request.models;
    const key = `${request.cpuMilli},${request.memoryMib},${request.gpuCount},${request.gpuMilli},${models.join('|')}${this.#askKey(request.ask)}${this.#speedKey(request.speeds)}`;
    const known = this.#idByKey.get(key);
    if (known !== undefined) return this.shapes[known] as TaskShape;
    checkRequest(request);
    const asked: TaskShape = {
      cpuMilli: request.cpuMilli,
      memoryMib: request.memoryMib,
      gpuCount: request.gpuCount,
      gpuMilli: request.gpuCount === 0 ? 0 : request.gpuMilli,
      models,
      id: this.shapes.length,
      accepts:
        models.length === 0
          ? undefined
          : Uint8Array.from(this.#modelNames, (m) => (models.includes(m) ? 1 : 0)),
      speedOf:
        request.speeds === undefined
          ? undefined
          : Float64Array.from(this.#modelNames, (m) => request.speeds?.[m] ?? 1),
      totalGpuMilli: request.gpuCount * request.gpuMilli,
      ask: request.gpuCount === 0 ? undefined : request.ask,
      alone: [],
    };
    const milli = this.#expectedMilli?.(asked);
    const shape: TaskShape =
      milli === undefined
        ? asked
        : { ...asked, alone: [], gpuMilli: milli, totalGpuMilli: asked.gpuCount * milli };
    (shape.alone as TaskShape[]).push(shape);
    this.shapes.push(shape);
    this.#idByKey.set(key, shape.id);
    return shape;
  }

  /**
   * Number of a demand: that of its shape where it has one worker, else one for each different list of shapes (with
   * `rules`, what else the gang asks for).
   */
  demandOf(shapes: readonly TaskShape[], rules = ''): number {
    if (shapes.length === 1 && rules === '') return (shapes[0] as TaskShape).id;
    const key = `${shapes.map((shape) => shape.id).join(',')};${rules}`;
    const number = this.#gangNumbers.get(key) ?? FIRST_GANG + this.#gangNumbers.size;
    this.#gangNumbers.set(key, number);
    return number;
  }

  #speedKey(speeds: TaskRequest['speeds']): string {
    if (speeds === undefined) return '';
    const number = this.#speedNumbers.get(speeds) ?? this.#speedNumbers.size;
    this.#speedNumbers.set(speeds, number);
    return `;${number}`;
  }

  #askKey(ask: GpuAsk | undefined): string {
    if (ask === undefined) return '';
    const number = this.#askNumbers.get(ask) ?? this.#askNumbers.size;
    this.#askNumbers.set(ask, number);
    return `,${number}`;
  }
}

function checkRequest(request: TaskRequest): void {
  for (const field of ['cpuMilli', 'memoryMib', 'gpuCount', 'gpuMilli'] as const) {
    const value = request[field];
    if (!(Number.isSafeInteger(value) && value >= 0)) {
      throw new RangeError(`Cannot take a request with ${field} ${value}: need a whole number >= 0`);
    }
  }
  if (request.gpuCount > 0 && !(request.gpuMilli >= 1 && request.gpuMilli <= GPU_MILLI)) {
    throw new RangeError(
      `Cannot take a request for ${request.gpuCount} GPUs with gpuMilli ${request.gpuMilli}: need 1 to 1000`,
    );
  }
}

/** Order by UTF-16 code units: the same everywhere, whatever the locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
