import type { ClusterObserver } from '../cluster/changes.ts';
import type { FleetView } from '../cluster/fleet.ts';
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

  /** @param warmupUs metrics leave out what was before */
  constructor(fleet: FleetView, warmupUs: Micros) {
    this.#fleet = fleet;
    this.#warmupUs = warmupUs;
    this.#gpu = new TimeWeighted(START);
    this.#cpu = new TimeWeighted(START);
    this.#memory = new TimeWeighted(START);
    this.#byModel = fleet.modelNames.map(() => new TimeWeighted(START));
    this.#modelCapacityMilli = fleet.modelNames.map(() => 0);
    for (const model of fleet.gpuModel) this.#modelCapacityMilli[model]! += GPU_MILLI;
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
    this.#endUs = atUs;
  }

  /** Capacity and what is allocated at the end; with `overTime` also means and peaks. */
  read(into: Readings, overTime: boolean): void {
    const fleet = this.#fleet;
    into.set('gpu.capacityMilli', { value: fleet.gpuCount * GPU_MILLI, unit: 'milliGPU' });
    into.set('gpu.allocatedMilli', { value: this.#gpu.value, unit: 'milliGPU' });
    this.#readOne(into, 'gpu.allocated', this.#gpu, fleet.gpuCount * GPU_MILLI, overTime);
    this.#readOne(into, 'cpu.allocated', this.#cpu, fleet.cpuTotalMilli, overTime);
    this.#readOne(into, 'memory.allocated', this.#memory, fleet.memoryTotalMib, overTime);
  }

  /** The same for the GPUs of one model. */
  readModel(into: Readings, model: number, overTime: boolean): void {
    const capacity = this.#modelCapacityMilli[model] as number;
    into.set('gpu.capacityMilli', { value: capacity, unit: 'milliGPU' });
    const allocated = this.#byModel[model] as TimeWeighted;
    into.set('gpu.allocatedMilli', { value: allocated.value, unit: 'milliGPU' });
    this.#readOne(into, 'gpu.allocated', allocated, capacity, overTime);
  }

  #readOne(into: Readings, name: string, usage: TimeWeighted, capacity: number, overTime: boolean): void {
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
  }

  #warmUp(atUs: Micros): void {
    if (this.#isWarm || atUs < this.#warmupUs) return;
    this.#isWarm = true;
    for (const usage of [this.#gpu, this.#cpu, this.#memory, ...this.#byModel]) usage.reset(this.#warmupUs);
  }
}
