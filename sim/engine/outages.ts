import type { Fleet } from '../cluster/fleet.ts';

/**
 * Which hosts and GPUs work, where several faults may hold at once (a GPU of a host of a rack), and what that closes in
 * the fleet. Each pair of `break` and `mend` calls is one fault.
 */
export class Outages {
  /** GPUs that work, are in service and can be reached. */
  gpusUp = 0;
  readonly #fleet: Fleet;
  /** By host or GPU: how many faults hold. */
  readonly #hosts: Int32Array;
  readonly #gpus: Int32Array;
  readonly #uplinks: Int32Array;
  readonly #fabrics: Int32Array;
  readonly #drains: Int32Array;
  /** By host: 1 where it stands by or is being switched over to. */
  readonly #resting: Uint8Array;
  /** By host: its GPUs that count in `gpusUp`. */
  readonly #upOf: Int32Array;

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
    this.#hosts = new Int32Array(fleet.hostCount);
    this.#gpus = new Int32Array(fleet.gpuCount);
    this.#uplinks = new Int32Array(fleet.hostCount);
    this.#fabrics = new Int32Array(fleet.hostCount);
    this.#drains = new Int32Array(fleet.hostCount);
    this.#resting = new Uint8Array(fleet.hostCount);
    this.#upOf = new Int32Array(fleet.hostCount);
    for (let host = 0; host < fleet.hostCount; host++) this.#count(host);
  }

  /** Whether the host is down for one fault at least. */
  isDown(host: number): boolean {
    return (this.#hosts[host] as number) > 0;
  }

  isResting(host: number): boolean {
    return this.#resting[host] === 1;
  }

  /** True where the host worked until now. */
  breakHost(host: number): boolean {
    return this.#more(this.#hosts, host, () => this.#fleet.setClosed(host, true, 'failure'));
  }

  /** True where the host works again. */
  mendHost(host: number): boolean {
    return this.#fewer(this.#hosts, host, () => this.#fleet.setClosed(host, false, 'failure'));
  }

  breakGpu(host: number, gpu: number): void {
    this.#gpus[gpu]! += 1;
    this.#fleet.setGpuClosed(gpu, true, 'failure');
    this.#count(host);
  }

  mendGpu(host: number, gpu: number): void {
    this.#gpus[gpu]! -= 1;
    if (this.#gpus[gpu] === 0) this.#fleet.setGpuClosed(gpu, false, 'failure');
    this.#count(host);
  }

  breakUplink(host: number): void {
    this.#more(this.#uplinks, host, () => this.#fleet.setClosed(host, true, 'uplink'));
  }

  mendUplink(host: number): void {
    this.#fewer(this.#uplinks, host, () => this.#fleet.setClosed(host, false, 'uplink'));
  }

  breakFabric(host: number): void {
    this.#more(this.#fabrics, host, () => this.#fleet.setFabric(host, false));
  }

  mendFabric(host: number): void {
    this.#fewer(this.#fabrics, host, () => this.#fleet.setFabric(host, true));
  }

  /** A host is to be empty by the begin of a window. */
  drain(host: number): void {
    this.#more(this.#drains, host, () => this.#fleet.setClosed(host, true, 'maintenance'));
  }

  endDrain(host: number): void {
    this.#fewer(this.#drains, host, () => this.#fleet.setClosed(host, false, 'maintenance'));
  }

  /** A host stands by, or serves from now on. */
  rest(host: number, isResting: boolean): void {
    this.#resting[host] = isResting ? 1 : 0;
    this.#fleet.setClosed(host, isResting, 'standby');
    this.#count(host);
  }

  #more(faults: Int32Array, host: number, close: () => void): boolean {
    faults[host]! += 1;
    if (faults[host] !== 1) return false;
    close();
    this.#count(host);
    return true;
  }

  #fewer(faults: Int32Array, host: number, open: () => void): boolean {
    faults[host]! -= 1;
    if (faults[host] !== 0) return false;
    open();
    this.#count(host);
    return true;
  }

  #count(host: number): void {
    const { gpuStart } = this.#fleet;
    let up = 0;
    if (this.#hosts[host] === 0 && this.#uplinks[host] === 0 && this.#resting[host] === 0) {
      for (let g = gpuStart[host] as number; g < (gpuStart[host + 1] as number); g++) {
        if (this.#gpus[g] === 0) up += 1;
      }
    }
    this.gpusUp += up - (this.#upOf[host] as number);
    this.#upOf[host] = up;
  }
}
