import type { SharedGpu } from '../sharing/index.ts';
import type { HostPlace } from './topology.ts';

/** One host as bought: its GPUs in index order, models may differ. */
export interface HostSpec {
  readonly name: string;
  /** Thousandths of a CPU core. */
  readonly cpuMilli: number;
  readonly memoryMib: number;
  readonly gpus: readonly HostGpus[];
  /** NUMA domains that its GPUs are split into evenly; absent: one. */
  readonly numaDomains?: number | undefined;
  /** Bytes a second that all its GPUs together can exchange with the host; absent: each has its own link. */
  readonly uplinkBytesPerSec?: number | undefined;
  /** Where it stands in the network; absent: not known. */
  readonly place?: HostPlace | undefined;
}

/** GPUs of one model in a host. */
interface HostGpus {
  readonly model: string;
  readonly count: number;
  /** Whether NVLink (or the vendor's like) joins them; absent: no. */
  readonly hasFabric?: boolean | undefined;
  /** The mode that shares each of them; absent: shared by fraction. */
  readonly sharing?: SharedGpu | undefined;
  /** What it is and the figures in force, where no mode shares it; absent: not known. */
  readonly plain?: PlainGpu | undefined;
}

/** A GPU that no mode shares, with the figures in force. */
export type PlainGpu = Pick<SharedGpu, 'spec' | 'values'>;

/** @throws {RangeError} on a capacity that is negative, not whole or too large for the arrays of a fleet, or a name in `seen` */
export function checkHost(host: HostSpec, seen: Set<string>): void {
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
