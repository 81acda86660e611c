import type { FleetView } from '../cluster/fleet.ts';
import type { TaskRequest } from '../cluster/request.ts';
import { useOfShare } from '../scenario/resolve/demand.ts';
import type { WorkProfile } from '../workload/task.ts';
import { largestHostFor, splitIntoWorkers } from './gang.ts';
import type { TraceTask } from './trace-data.ts';

/** What a recorded task asks for and does, as the engine takes it. */
export interface TraceRequest extends TaskRequest {
  readonly profile?: WorkProfile | undefined;
  readonly workers?: readonly TaskRequest[] | undefined;
}

/** Turns recorded requests into those of the engine on one fleet; equal ones share what they are made of. */
export class TraceRequests {
  readonly #fleet: FleetView;
  readonly #largest = new Map<string, number>();
  readonly #profiles = new Map<Readonly<Record<string, number>>, WorkProfile>();

  constructor(fleet: FleetView) {
    this.#fleet = fleet;
  }

  /** @param request the task's, with what shared GPUs need to know */
  of(task: TraceTask, request: TraceRequest): TraceRequest {
    const { speedByModel, spansHosts } = task;
    const made =
      speedByModel === undefined
        ? request
        : { ...request, speeds: speedByModel, profile: this.#profileOf(request, speedByModel) };
    if (spansHosts !== true || made.gpuCount < 2) return made;
    const workers = splitIntoWorkers(made, task.workers ?? 0, this.#largestFor(made.models));
    return workers.length === 1 ? made : { ...(workers[0] as TraceRequest), workers };
  }

  #largestFor(models: readonly string[]): number {
    const key = models.join('|');
    const largest = this.#largest.get(key) ?? largestHostFor(this.#fleet, models);
    this.#largest.set(key, largest);
    return largest;
  }

  #profileOf(request: TraceRequest, speedByModel: Readonly<Record<string, number>>): WorkProfile {
    const known = this.#profiles.get(speedByModel);
    if (known !== undefined) return known;
    const base = request.profile ?? {
      use: useOfShare(request.gpuMilli, 0),
      reference: null,
      speedByModel,
      communication: 0,
      lifecycle: null,
    };
    const profile = { ...base, speedByModel };
    this.#profiles.set(speedByModel, profile);
    return profile;
  }
}
