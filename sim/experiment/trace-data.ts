import type { HostSpec } from '../cluster/fleet.ts';
import type { TaskRequest } from '../cluster/request.ts';

/** A task of a trace. Times are seconds of the trace's own clock. */
export interface TraceTask {
  readonly name: string;
  readonly request: TaskRequest;
  /** Undefined where the trace does not say: such a task cannot be replayed in time. */
  readonly arrivalSec: number | undefined;
  /** Undefined where the trace does not say. */
  readonly durationSec: number | undefined;
  /** Who pays; absent where the trace does not say. */
  readonly tenant?: string;
  /** Queue, partition or virtual cluster. */
  readonly queue?: string;
  /** Higher is more urgent. */
  readonly priority?: number;
  /** Kind of work, such as the model that is trained. */
  readonly kind?: string;
  /** Run time that was asked for, or estimated. */
  readonly estimateSec?: number;
  /** Finish time asked for, on the trace's clock. */
  readonly deadlineSec?: number;
  /** Equal workers that it is split into, each on one host; absent where the trace does not say. */
  readonly workers?: number;
  /** True: its GPUs may lie on several hosts, and `request.gpuCount`, its GPUs in all, may be more than one host has. */
  readonly spansHosts?: boolean;
  /** Measured speed by the fleet's GPU models, relative to the model that `durationSec` holds on; above 0. */
  readonly speedByModel?: Readonly<Record<string, number>>;
}

/** The files a scenario refers to, read by the caller: `sim` touches no files. */
export interface TraceData {
  readonly hosts?: readonly HostSpec[];
  /** In file order. */
  readonly tasks?: readonly TraceTask[];
  /** Requests whose mix the expected fragmentation is about; absent: the workload's own. */
  readonly typical?: readonly TaskRequest[];
}
