import type { ClusterObserver, Job } from '../cluster/changes.ts';
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

  placed(atUs: Micros, job: Job, host: number, gpus: readonly number[]): void {
    this.#change(atUs, job, host, gpus, 1);
  }

  finished(atUs: Micros, job: Job, host: number, gpus: readonly number[]): void {
    this.#change(atUs, job, host, gpus, -1);
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

  #change(atUs: Micros, { shape }: Job, host: number, gpus: readonly number[], sign: 1 | -1): void {
    this.#warmUp(atUs);
    this.#cpu.add(atUs, sign * shape.cpuMilli);
    this.#memory.add(atUs, sign * shape.memoryMib);
    if (shape.gpuCount === 0) return;
    this.#gpu.add(atUs, sign * shape.totalGpuMilli);
    const start = this.#fleet.gpuStart[host] as number;
    for (const gpu of gpus) {
      const model = this.#fleet.gpuModel[start + gpu] as number;
      (this.#byModel[model] as TimeWeighted).add(atUs, sign * shape.gpuMilli);
    }
  }

  #warmUp(atUs: Micros): void {
    if (this.#isWarm || atUs < this.#warmupUs) return;
    this.#isWarm = true;
    for (const usage of [this.#gpu, this.#cpu, this.#memory, ...this.#byModel]) usage.reset(this.#warmupUs);
  }
}
