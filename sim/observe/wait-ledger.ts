import type { ClusterObserver, Job } from '../cluster/changes.ts';
import type { FleetView } from '../cluster/fleet.ts';
import { GPU_MILLI, type TaskRequest } from '../cluster/request.ts';
import type { Micros } from '../kernel/time.ts';

const US_PER_SECOND = 1e6;

/** What jobs that ask for the same waited for one reason. */
export interface Waited {
  /** Why they could not start: a constraint (see fit.ts), a limit or a rule of the queue. */
  readonly reason: string;
  /** What they ask for, in words. */
  readonly demand: string;
  /** Time that they waited, summed over jobs. */
  jobSeconds: number;
  /** The same times the GPUs that they ask for. */
  gpuSeconds: number;
  /** Part of the GPUs that they accept that was free meanwhile, times `jobSeconds`. */
  freeJobSeconds: number;
}

/**
 * Books all time that jobs wait under the reason that holds them, and how much of the GPUs that they accept was free
 * meanwhile. It must be told of changes before the queue acts on them. GPUs that are down or not there count as taken.
 */
export class WaitLedger implements ClusterObserver {
  readonly #fleet: FleetView;
  readonly #warmupUs: number;
  readonly #rows = new Map<string, Waited>();
  readonly #poolOf: Int32Array;
  /** By pool and GPU model: integral of what is free, in thousandths of a GPU times microseconds, up to `#sinceUs`. */
  readonly #freeUs: Float64Array;
  readonly #free: Float64Array;
  readonly #capacity: Float64Array;
  /** By GPU: what was free of it when its host was last looked at. */
  readonly #ofGpu: Int16Array;
  readonly #demands = new Map<number, string>();
  #sinceUs = 0;
  #seenChanges = 0;
  /** Told of each change of what is waited for; see `WaitBooks`. */
  readonly wants: ((job: Job, reason: string, jobs: number, nowUs: number) => void) | undefined;
  /** Told of who waits with whom and why; see `WaitBooks`. Set before the run begins. */
  joins: ((job: Job, group: object, reason: string, nowUs: number) => void) | undefined;
  heldBy: ((group: object, reason: string, nowUs: number) => void) | undefined;

  /**
   * @param warmupUs what was before is left out
   * @param pools hosts of each pool
   * @param demand is told of each change of what is waited for
   */
  constructor(
    fleet: FleetView,
    warmupUs: number,
    pools: readonly (readonly number[])[],
    demand?: { wants(job: Job, reason: string, jobs: number, nowUs: number): void },
  ) {
    this.#fleet = fleet;
    this.wants = demand && ((...change) => demand.wants(...change));
    this.#warmupUs = warmupUs;
    const models = fleet.modelNames.length;
    this.#poolOf = new Int32Array(fleet.hostCount);
    this.#free = new Float64Array(models * pools.length);
    this.#freeUs = new Float64Array(models * pools.length);
    this.#capacity = new Float64Array(models * pools.length);
    this.#ofGpu = new Int16Array(fleet.gpuCount);
    pools.forEach((hosts, pool) => {
      for (const host of hosts) {
        this.#poolOf[host] = pool;
        for (let g = fleet.gpuStart[host] as number; g < (fleet.gpuStart[host + 1] as number); g++) {
          const at = pool * models + (fleet.gpuModel[g] as number);
          this.#capacity[at]! += GPU_MILLI;
        }
      }
    });
    for (let h = 0; h < fleet.hostCount; h++) this.#lookAt(h);
    this.#seenChanges = fleet.changeCount;
  }

  placed(atUs: Micros): void {
    this.#look(atUs);
  }

  finished(atUs: Micros): void {
    this.#look(atUs);
  }

  failed(atUs: Micros): void {
    this.#look(atUs);
  }

  preempted(atUs: Micros): void {
    this.#look(atUs);
  }

  moved(atUs: Micros): void {
    this.#look(atUs);
  }

  freed(atUs: Micros): void {
    this.#look(atUs);
  }

  /** Integral of what is free of the pool's GPUs that a job's first worker accepts up to now, as a part of them, in microseconds. */
  freeUs({ shape, claim }: Job, nowUs: number): number {
    this.#look(nowUs);
    const { accepts } = shape;
    const models = this.#fleet.modelNames.length;
    let free = 0;
    let capacity = 0;
    for (let m = 0; m < models; m++) {
      if (accepts !== undefined && accepts[m] !== 1) continue;
      const at = claim.pool * models + m;
      free += (this.#freeUs[at] as number) + (this.#free[at] as number) * Math.max(0, nowUs - this.#sinceUs);
      capacity += this.#capacity[at] as number;
    }
    return capacity === 0 ? 0 : free / capacity;
  }

  /**
   * Books that so many jobs that ask for the same waited for one reason.
   *
   * @param job one of them
   * @param freeUs what `freeUs` said at `fromUs`
   */
  waited(job: Job, jobs: number, reason: string, fromUs: number, toUs: number, freeUs: number): void {
    const lengthUs = toUs - Math.max(fromUs, this.#warmupUs);
    if (!(lengthUs > 0)) return;
    const demand = this.#demandOf(job);
    const key = `${reason}\n${demand}`;
    let row = this.#rows.get(key);
    if (row === undefined) {
      row = { reason, demand, jobSeconds: 0, gpuSeconds: 0, freeJobSeconds: 0 };
      this.#rows.set(key, row);
    }
    const jobSeconds = (jobs * lengthUs) / US_PER_SECOND;
    row.jobSeconds += jobSeconds;
    let gpus = 0;
    for (const shape of job.shapes) gpus += shape.totalGpuMilli / GPU_MILLI;
    row.gpuSeconds += jobSeconds * gpus;
    const freeShare = (this.freeUs(job, toUs) - freeUs) / (toUs - fromUs);
    row.freeJobSeconds += freeShare * jobSeconds;
  }

  /** Most GPU-seconds first, then most job-seconds. */
  rows(): readonly Waited[] {
    return [...this.#rows.values()].sort(
      (a, b) =>
        b.gpuSeconds - a.gpuSeconds ||
        b.jobSeconds - a.jobSeconds ||
        (`${a.reason} ${a.demand}` < `${b.reason} ${b.demand}` ? -1 : 1),
    );
  }

  #demandOf(job: Job): string {
    const known = this.#demands.get(job.demand);
    if (known !== undefined) return known;
    const text = demandText(job.shapes);
    this.#demands.set(job.demand, text);
    return text;
  }

  /** Brings up to date what is free: hosts and GPUs that are closed have nothing. */
  #look(nowUs: number): void {
    const fleet = this.#fleet;
    const lengthUs = nowUs - this.#sinceUs;
    if (lengthUs > 0) {
      for (let i = 0; i < this.#free.length; i++) this.#freeUs[i]! += (this.#free[i] as number) * lengthUs;
      this.#sinceUs = nowUs;
    }
    const { changeRing, changeCount } = fleet;
    if (changeCount - this.#seenChanges > changeRing.length) {
      for (let h = 0; h < fleet.hostCount; h++) this.#lookAt(h);
    } else {
      for (let i = this.#seenChanges; i < changeCount; i++) {
        this.#lookAt(changeRing[i & (changeRing.length - 1)] as number);
      }
    }
    this.#seenChanges = changeCount;
  }

  #lookAt(host: number): void {
    const { gpuStart, gpuFreeMilli, gpuModel, modelNames, closedFor, gpuClosedFor } = this.#fleet;
    const row = (this.#poolOf[host] as number) * modelNames.length;
    const isClosed = (closedFor[host] as number) !== 0;
    for (let g = gpuStart[host] as number; g < (gpuStart[host + 1] as number); g++) {
      const free = isClosed || (gpuClosedFor[g] as number) !== 0 ? 0 : (gpuFreeMilli[g] as number);
      this.#free[row + (gpuModel[g] as number)]! += free - (this.#ofGpu[g] as number);
      this.#ofGpu[g] = free;
    }
  }
}

/** What a job asks for in a few words: `2 x 8 GPUs`, `0.25 GPU of L4`, `slot 3g.40gb`. */
export function demandText(shapes: readonly TaskRequest[]): string {
  const first = shapes[0] as TaskRequest;
  const isAlike = shapes.every((shape) => shape === first);
  const gpus = shapes.reduce((sum, { gpuCount }) => sum + gpuCount, 0);
  if (!isAlike) return `${gpus} GPUs on ${shapes.length} hosts`;
  const models = first.models.length === 0 ? '' : ` of ${first.models.join(' or ')}`;
  return `${shapes.length > 1 ? `${shapes.length} x ` : ''}${partText(first)}${models}`;
}

function partText({ gpuCount, gpuMilli, ask, cpuMilli }: TaskRequest): string {
  if (gpuCount === 0) return `${cpuMilli / 1000} CPU cores`;
  const times = gpuCount > 1 ? `${gpuCount} x ` : '';
  const slot = ask?.slot;
  if (slot?.kind === 'profile') {
    return `${times}slot ${slot.profile}${(ask?.count ?? 1) > 1 ? ` x ${ask?.count}` : ''}`;
  }
  if (slot?.kind === 'part' && slot.memoryMib > 0) {
    return `${times}part of ${Math.round((slot.memoryMib / 1024) * 10) / 10} GiB`;
  }
  if (gpuMilli === GPU_MILLI) return gpuCount === 1 ? '1 GPU' : `${gpuCount} GPUs`;
  return `${times}${gpuMilli / GPU_MILLI} GPU`;
}
