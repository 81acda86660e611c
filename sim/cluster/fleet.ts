import { GPU_MILLI, type TaskShape } from './request.ts';

/** One host as bought: its GPUs in index order, models may differ. */
export interface HostSpec {
  readonly name: string;
  /** Thousandths of a CPU core. */
  readonly cpuMilli: number;
  readonly memoryMib: number;
  readonly gpus: readonly { readonly model: string; readonly count: number }[];
}

/** An allocation asks for what is not there. The fleet is unchanged. */
export class PlacementError extends Error {
  override name = 'PlacementError';
}

/** What policies and observers may see of a fleet: all of it, to read. */
export type FleetView = Omit<Readonly<Fleet>, 'place' | 'release'>;

/**
 * Hosts and their GPUs with what is left on each, in flat arrays indexed by host number or by GPU number.
 * The GPUs of host h are the numbers `gpuStart[h]` to `gpuStart[h + 1] - 1`; "GPU index" elsewhere means the index within the host.
 * Only `place` and `release` change it; each counts up the host's `version` and enters the host into the change ring.
 */
export class Fleet {
  readonly hostCount: number;
  readonly gpuCount: number;
  readonly hostNames: readonly string[];
  /** Distinct GPU models in order of first host. */
  readonly modelNames: readonly string[];
  readonly cpuCapacityMilli: Int32Array;
  readonly memoryCapacityMib: Float64Array;
  readonly cpuFreeMilli: Int32Array;
  readonly memoryFreeMib: Float64Array;
  readonly gpuStart: Int32Array;
  /** By GPU number: index into `modelNames`. */
  readonly gpuModel: Uint16Array;
  readonly gpuFreeMilli: Int16Array;
  /** By host: thousandths left on all its GPUs together. */
  readonly hostGpuFreeMilli: Int32Array;
  /** By host and GPU request kind (see `requestKind`): how many residents. Row length `kindCount`. */
  readonly residentsByKind: Int32Array;
  /** By host: how many kinds have a resident. */
  readonly kindsPresent: Int32Array;
  readonly kindCount: number;
  readonly residents: Int32Array;
  /** By host: how often it changed. */
  readonly versions: Float64Array;
  /** Host numbers in order of change; entry i stands at `i & (changeRing.length - 1)`. */
  readonly changeRing: Int32Array;
  /** Changes so far. Entries older than `changeCount - changeRing.length` are gone. */
  changeCount = 0;
  cpuFreeTotalMilli = 0;
  memoryFreeTotalMib = 0;
  gpuFreeTotalMilli = 0;
  readonly cpuTotalMilli: number;
  readonly memoryTotalMib: number;

  /** @throws {RangeError} on a capacity that is negative, not whole or too large for the arrays, or on a repeated host name */
  constructor(hosts: readonly HostSpec[]) {
    const hostCount = hosts.length;
    const names: string[] = [];
    const seen = new Set<string>();
    const models: string[] = [];
    const modelNumber = new Map<string, number>();
    this.hostCount = hostCount;
    this.cpuCapacityMilli = new Int32Array(hostCount);
    this.memoryCapacityMib = new Float64Array(hostCount);
    this.gpuStart = new Int32Array(hostCount + 1);
    const gpuModels: number[] = [];
    let widest = 0;
    for (const [h, host] of hosts.entries()) {
      checkHost(host, seen);
      names.push(host.name);
      this.cpuCapacityMilli[h] = host.cpuMilli;
      this.memoryCapacityMib[h] = host.memoryMib;
      for (const { model, count } of host.gpus) {
        let number = modelNumber.get(model);
        if (number === undefined) {
          number = models.length;
          models.push(model);
          modelNumber.set(model, number);
        }
        for (let i = 0; i < count; i++) gpuModels.push(number);
      }
      this.gpuStart[h + 1] = gpuModels.length;
      widest = Math.max(widest, gpuModels.length - (this.gpuStart[h] as number));
      this.cpuFreeTotalMilli += host.cpuMilli;
      this.memoryFreeTotalMib += host.memoryMib;
    }
    this.hostNames = names;
    this.modelNames = models;
    this.gpuCount = gpuModels.length;
    this.gpuModel = Uint16Array.from(gpuModels);
    this.gpuFreeMilli = new Int16Array(this.gpuCount).fill(GPU_MILLI);
    this.cpuFreeMilli = this.cpuCapacityMilli.slice();
    this.memoryFreeMib = this.memoryCapacityMib.slice();
    this.hostGpuFreeMilli = Int32Array.from(hosts, (_, h) => GPU_MILLI * this.gpusOf(h));
    this.gpuFreeTotalMilli = GPU_MILLI * this.gpuCount;
    this.cpuTotalMilli = this.cpuFreeTotalMilli;
    this.memoryTotalMib = this.memoryFreeTotalMib;
    this.kindCount = widest + 1;
    this.residentsByKind = new Int32Array(hostCount * this.kindCount);
    this.kindsPresent = new Int32Array(hostCount);
    this.residents = new Int32Array(hostCount);
    this.versions = new Float64Array(hostCount);
    let ring = 64;
    while (ring < hostCount) ring *= 2;
    this.changeRing = new Int32Array(ring);
  }

  /** Number of GPUs of a host. */
  gpusOf(host: number): number {
    return (this.gpuStart[host + 1] as number) - (this.gpuStart[host] as number);
  }

  /**
   * Takes a shape's CPU, memory and GPU shares from a host.
   *
   * @param gpus distinct GPU indices within the host, as many as the shape asks for
   * @throws {PlacementError} if anything does not fit; nothing is taken then
   */
  place(shape: TaskShape, host: number, gpus: readonly number[]): void {
    this.#check(shape, host, gpus);
    this.#apply(shape, host, gpus, -1);
  }

  /**
   * Gives back what `place` took with the same arguments.
   *
   * @throws {PlacementError} if the host would end with more than it was bought with; nothing is given back then
   */
  release(shape: TaskShape, host: number, gpus: readonly number[]): void {
    const start = this.gpuStart[host] as number;
    const tooMuch =
      (this.cpuFreeMilli[host] as number) + shape.cpuMilli > (this.cpuCapacityMilli[host] as number) ||
      (this.memoryFreeMib[host] as number) + shape.memoryMib > (this.memoryCapacityMib[host] as number) ||
      gpus.length !== shape.gpuCount ||
      gpus.some((g) => (this.gpuFreeMilli[start + g] as number) + shape.gpuMilli > GPU_MILLI) ||
      (this.residents[host] as number) < 1 ||
      (shape.gpuCount > 0 &&
        (this.residentsByKind[host * this.kindCount + requestKind(shape)] as number) < 1);
    if (tooMuch) {
      throw new PlacementError(
        `Cannot release a task from host "${this.hostNames[host]}": it does not hold that much`,
      );
    }
    this.#apply(shape, host, gpus, 1);
  }

  #check(shape: TaskShape, host: number, gpus: readonly number[]): void {
    const name = this.hostNames[host];
    const cpu = this.cpuFreeMilli[host] as number;
    const memory = this.memoryFreeMib[host] as number;
    if (cpu < shape.cpuMilli) {
      throw new PlacementError(
        `Cannot place on host "${name}": needs ${shape.cpuMilli} milli-CPU, has ${cpu} free`,
      );
    }
    if (memory < shape.memoryMib) {
      throw new PlacementError(
        `Cannot place on host "${name}": needs ${shape.memoryMib} MiB, has ${memory} MiB free`,
      );
    }
    if (gpus.length !== shape.gpuCount) {
      throw new PlacementError(
        `Cannot place on host "${name}": needs ${shape.gpuCount} GPUs, was given ${gpus.length}`,
      );
    }
    const start = this.gpuStart[host] as number;
    const count = this.gpusOf(host);
    for (let i = 0; i < gpus.length; i++) {
      const g = gpus[i] as number;
      if (!(g >= 0 && g < count) || gpus.indexOf(g) !== i) {
        throw new PlacementError(
          `Cannot place on host "${name}": GPU indices ${gpus.join('-')} are not distinct indices below ${count}`,
        );
      }
      const free = this.gpuFreeMilli[start + g] as number;
      if (free < shape.gpuMilli) {
        throw new PlacementError(
          `Cannot place on GPU ${g} of host "${name}": needs ${shape.gpuMilli} milli-GPU, has ${free} free`,
        );
      }
      if (shape.accepts !== undefined && shape.accepts[this.gpuModel[start + g] as number] !== 1) {
        throw new PlacementError(
          `Cannot place on GPU ${g} of host "${name}": needs ${shape.models.join(' or ')}`,
        );
      }
    }
  }

  #apply(shape: TaskShape, host: number, gpus: readonly number[], sign: 1 | -1): void {
    this.cpuFreeMilli[host]! += sign * shape.cpuMilli;
    this.memoryFreeMib[host]! += sign * shape.memoryMib;
    this.cpuFreeTotalMilli += sign * shape.cpuMilli;
    this.memoryFreeTotalMib += sign * shape.memoryMib;
    this.residents[host]! -= sign;
    this.versions[host]! += 1;
    if (shape.gpuCount > 0) {
      const start = this.gpuStart[host] as number;
      for (const g of gpus) this.gpuFreeMilli[start + g]! += sign * shape.gpuMilli;
      this.hostGpuFreeMilli[host]! += sign * shape.totalGpuMilli;
      this.gpuFreeTotalMilli += sign * shape.totalGpuMilli;
      const slot = host * this.kindCount + requestKind(shape);
      const before = this.residentsByKind[slot] as number;
      this.residentsByKind[slot] = before - sign;
      if (before === 0) this.kindsPresent[host]! += 1;
      else if (before === sign) this.kindsPresent[host]! -= 1;
    }
    this.changeRing[this.changeCount & (this.changeRing.length - 1)] = host;
    this.changeCount += 1;
  }
}

/** Kind of GPU request, for policies that keep like with like: 0 = a share of one GPU, n = n GPUs. Not for requests without GPU. */
export function requestKind(shape: TaskShape): number {
  return shape.gpuCount === 1 && shape.gpuMilli < GPU_MILLI ? 0 : shape.gpuCount;
}

function checkHost(host: HostSpec, seen: Set<string>): void {
  if (seen.has(host.name)) throw new RangeError(`Cannot build a fleet with two hosts named "${host.name}"`);
  seen.add(host.name);
  const whole = (value: number, limit: number) => Number.isInteger(value) && value >= 0 && value <= limit;
  if (!whole(host.cpuMilli, 2 ** 31 - 1))
    throw new RangeError(`Host "${host.name}": cpuMilli must be 0 to 2^31-1, got ${host.cpuMilli}`);
  if (!whole(host.memoryMib, 2 ** 50))
    throw new RangeError(`Host "${host.name}": memoryMib must be 0 to 2^50, got ${host.memoryMib}`);
  for (const { model, count } of host.gpus) {
    if (!whole(count, 1024))
      throw new RangeError(`Host "${host.name}": GPU count of ${model} must be 0 to 1024, got ${count}`);
  }
}
