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
}

/** The files a scenario refers to, read by the caller: `sim` touches no files. */
export interface TraceData {
  readonly hosts?: readonly HostSpec[];
  /** In file order. */
  readonly tasks?: readonly TraceTask[];
  /** Requests whose mix the expected fragmentation is about; absent: the workload's own. */
  readonly typical?: readonly TaskRequest[];
}
