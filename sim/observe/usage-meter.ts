import type { ClusterObserver } from '../cluster/changes.ts';
import { CLOSED_FOR, type FleetView } from '../cluster/fleet.ts';
import { GPU_MILLI } from '../cluster/request.ts';
import { TimeWeighted } from '../kernel/stats/time-weighted.ts';
import type { Micros } from '../kernel/time.ts';
import type { Readings } from './metric.ts';

const START = 0 as Micros;

/** Allocated GPU, CPU and host memory of the fleet and allocated GPU by model, over time. */
export class UsageMeter implements ClusterObserver {
  readonly #fleet: FleetView;
  readonly #warmupUs: Micros;
  readonly #gpu: TimeWeighted;
  readonly #cpu: TimeWeighted;
  readonly #memory: TimeWeighted;
  readonly #byModel: TimeWeighted[];
  readonly #modelCapacityMilli: number[];
  #isWarm = false;
  #endUs = 0 as Micros;
  /** What of the fleet is there, where hosts come and go. */
  readonly #present: PresentCapacity | undefined;

  /**
   * @param warmupUs metrics leave out what was before
   * @param comesAndGoes whether hosts may be absent: what is allocated is then compared with what is there
   */
  constructor(fleet: FleetView, warmupUs: Micros, comesAndGoes = false) {
    this.#fleet = fleet;
    this.#warmupUs = warmupUs;
    this.#gpu = new TimeWeighted(START);
    this.#cpu = new TimeWeighted(START);
    this.#memory = new TimeWeighted(START);
    this.#byModel = fleet.modelNames.map(() => new TimeWeighted(START));
    this.#modelCapacityMilli = fleet.modelNames.map(() => 0);
    for (const model of fleet.gpuModel) this.#modelCapacityMilli[model]! += GPU_MILLI;
    this.#present = comesAndGoes ? new PresentCapacity(fleet) : undefined;
  }

  hostChanged(atUs: Micros, host: number): void {
    if (this.#present === undefined) return;
    this.#warmUp(atUs);
    this.#present.update(atUs, host);
    this.#update(atUs);
  }

  placed(atUs: Micros): void {
    this.#update(atUs);
  }

  finished(atUs: Micros): void {
    this.#update(atUs);
  }

  failed(atUs: Micros): void {
    this.#update(atUs);
  }

  preempted(atUs: Micros): void {
    this.#update(atUs);
  }

  moved(atUs: Micros): void {
    this.#update(atUs);
  }

  freed(atUs: Micros): void {
    this.#update(atUs);
  }

  ended(atUs: Micros): void {
    this.#warmUp(atUs);
    this.#present?.note(atUs, this.#gpu.value, this.#cpu.value, this.#memory.value, this.#byModel);
    this.#endUs = atUs;
  }

  /** How long the host was there after the warm-up, in seconds; undefined where hosts do not come and go. */
  presentSec(host: number): number | undefined {
    return this.#present?.presentSec(host, this.#endUs);
  }

  /** Capacity and what is allocated at the end; with `overTime` also means and peaks. */
  read(into: Readings, overTime: boolean): void {
    const fleet = this.#fleet;
    const present = this.#present;
    into.set('gpu.capacityMilli', {
      value: present?.gpu.capacity.value ?? fleet.gpuCount * GPU_MILLI,
      unit: 'milliGPU',
    });
    into.set('gpu.allocatedMilli', { value: this.#gpu.value, unit: 'milliGPU' });
    this.#readOne(into, 'gpu.allocated', this.#gpu, fleet.gpuCount * GPU_MILLI, overTime, present?.gpu);
    this.#readOne(into, 'cpu.allocated', this.#cpu, fleet.cpuTotalMilli, overTime, present?.cpu);
    this.#readOne(into, 'memory.allocated', this.#memory, fleet.memoryTotalMib, overTime, present?.memory);
  }

  /** The same for the GPUs of one model. */
  readModel(into: Readings, model: number, overTime: boolean): void {
    const capacity = this.#modelCapacityMilli[model] as number;
    const present = this.#present?.byModel[model];
    into.set('gpu.capacityMilli', { value: present?.capacity.value ?? capacity, unit: 'milliGPU' });
    const allocated = this.#byModel[model] as TimeWeighted;
    into.set('gpu.allocatedMilli', { value: allocated.value, unit: 'milliGPU' });
    this.#readOne(into, 'gpu.allocated', allocated, capacity, overTime, present);
  }

  #readOne(
    into: Readings,
    name: string,
    usage: TimeWeighted,
    capacity: number,
    overTime: boolean,
    present: Present | undefined,
  ): void {
    if (present !== undefined) {
      this.#readPresent(into, name, usage, present, overTime);
      return;
    }
    const part = (value: number | undefined) => ({
      value: capacity > 0 && value !== undefined ? value / capacity : null,
      unit: 'fraction' as const,
    });
    if (overTime) {
      // A run that ended within the warm-up measured nothing.
      into.set(`${name}.mean`, part(this.#isWarm ? usage.mean(this.#endUs) : undefined));
      into.set(`${name}.peak`, part(this.#isWarm ? usage.summary(this.#endUs).max : undefined));
    }
    into.set(`${name}.end`, part(usage.value));
  }

  /** The same of what is there, which changes: means are of all allocated over all that was there. */
  #readPresent(
    into: Readings,
    name: string,
    usage: TimeWeighted,
    { capacity, peak }: Present,
    overTime: boolean,
  ): void {
    const set = (suffix: string, value: number | null) =>
      into.set(`${name}.${suffix}`, { value, unit: 'fraction' });
    if (overTime) {
      const mean = this.#isWarm ? capacity.mean(this.#endUs) : 0;
      set('mean', mean > 0 ? usage.mean(this.#endUs) / mean : null);
      set('peak', this.#isWarm && mean > 0 ? peak : null);
    }
    set('end', capacity.value > 0 ? usage.value / capacity.value : null);
  }

  /** Takes over what the fleet has given away. */
  #update(atUs: Micros): void {
    this.#warmUp(atUs);
    const fleet = this.#fleet;
    this.#cpu.set(atUs, fleet.cpuTotalMilli - fleet.cpuFreeTotalMilli);
    this.#memory.set(atUs, fleet.memoryTotalMib - fleet.memoryFreeTotalMib);
    this.#gpu.set(atUs, fleet.gpuCount * GPU_MILLI - fleet.gpuFreeTotalMilli);
    for (let m = 0; m < this.#byModel.length; m++) {
      const free = fleet.modelGpuFreeMilli[m] as number;
      (this.#byModel[m] as TimeWeighted).set(atUs, (this.#modelCapacityMilli[m] as number) - free);
    }
    this.#present?.note(atUs, this.#gpu.value, this.#cpu.value, this.#memory.value, this.#byModel);
  }

  #warmUp(atUs: Micros): void {
    if (this.#isWarm || atUs < this.#warmupUs) return;
    this.#isWarm = true;
    for (const usage of [this.#gpu, this.#cpu, this.#memory, ...this.#byModel]) usage.reset(this.#warmupUs);
    this.#present?.reset(this.#warmupUs);
  }
}

/** Capacity of one kind that is there, and the greatest part of it that was allocated. */
interface Present {
  readonly capacity: TimeWeighted;
  peak: number;
}

/** What of a fleet is there over time, where hosts come and go. */
class PresentCapacity {
  readonly gpu: Present;
  readonly cpu: Present;
  readonly memory: Present;
  readonly byModel: readonly Present[];
  readonly #fleet: FleetView;
  readonly #isThere: boolean[];
  /** By host: how long it was there up to `#sinceUs`, from when its state holds. */
  readonly #thereUs: Float64Array;
  readonly #sinceUs: Float64Array;
  #noted: readonly number[] = [];
  #notedUs = 0;

  constructor(fleet: FleetView) {
    const present = (capacity: number): Present => ({
      capacity: new TimeWeighted(START, capacity),
      peak: 0,
    });
    this.#fleet = fleet;
    this.#isThere = Array.from({ length: fleet.hostCount }, () => true);
    this.#thereUs = new Float64Array(fleet.hostCount);
    this.#sinceUs = new Float64Array(fleet.hostCount);
    this.gpu = present(fleet.gpuCount * GPU_MILLI);
    this.cpu = present(fleet.cpuTotalMilli);
    this.memory = present(fleet.memoryTotalMib);
    const byModel = fleet.modelNames.map(() => 0);
    for (const model of fleet.gpuModel) byModel[model]! += GPU_MILLI;
    this.byModel = byModel.map(present);
  }

  /** The host may have come or gone. */
  update(atUs: Micros, host: number): void {
    const fleet = this.#fleet;
    const isThere = ((fleet.closedFor[host] as number) & CLOSED_FOR.absence) === 0;
    if (isThere === this.#isThere[host]) return;
    if (!isThere) this.#thereUs[host]! += atUs - (this.#sinceUs[host] as number);
    this.#sinceUs[host] = atUs;
    this.#isThere[host] = isThere;
    const sign = isThere ? 1 : -1;
    this.gpu.capacity.add(atUs, sign * fleet.gpusOf(host) * GPU_MILLI);
    this.cpu.capacity.add(atUs, sign * (fleet.cpuCapacityMilli[host] as number));
    this.memory.capacity.add(atUs, sign * (fleet.memoryCapacityMib[host] as number));
    for (let g = fleet.gpuStart[host] as number; g < (fleet.gpuStart[host + 1] as number); g++) {
      (this.byModel[fleet.gpuModel[g] as number] as Present).capacity.add(atUs, sign * GPU_MILLI);
    }
  }

  /** So much is allocated from now on; what was so for no time at all is no peak. */
  note(atUs: Micros, gpu: number, cpu: number, memory: number, byModel: readonly TimeWeighted[]): void {
    const all = this.#all();
    if (atUs > this.#notedUs) {
      all.forEach((each, i) => {
        each.peak = Math.max(each.peak, this.#noted[i] ?? 0);
      });
    }
    this.#notedUs = atUs;
    this.#noted = [gpu, cpu, memory, ...byModel.map(({ value }) => value)].map((value, i) => {
      const capacity = (all[i] as Present).capacity.value;
      return capacity > 0 ? value / capacity : 0;
    });
  }

  reset(atUs: Micros): void {
    for (const each of this.#all()) {
      each.capacity.reset(atUs);
      each.peak = 0;
    }
    this.#thereUs.fill(0);
    this.#sinceUs.fill(atUs);
  }

  presentSec(host: number, endUs: number): number {
    const us = this.#isThere[host] === true ? endUs - (this.#sinceUs[host] as number) : 0;
    return ((this.#thereUs[host] as number) + us) / 1e6;
  }

  #all(): readonly Present[] {
    return [this.gpu, this.cpu, this.memory, ...this.byModel];
  }
}
