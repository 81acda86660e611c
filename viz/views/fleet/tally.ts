import type { Occupant, ReplayState } from '../../../sim/observe/replay/index.ts';
import type { Colouring } from '../../state/app-state.ts';
import { gpuCondition, hostCondition } from './condition.ts';
import type { FleetFacts } from './facts.ts';
import { fillKey } from './fills.ts';

/** What a number of GPUs is taken by: filled anew for each tile. Thousandths of GPUs. */
export class Tally {
  /** By `fillKey`. */
  milli = new Float64Array(32);
  residents = new Int32Array(32);
  /** One more than the largest key. */
  keys = 0;
  takenMilli = 0;
  gpus = 0;
  /** GPUs without anybody on them that are open, as their hosts are. */
  freeGpus = 0;
  /** GPUs that failed, or whose host did; those of hosts that are not there or otherwise closed. */
  failedGpus = 0;
  closedGpus = 0;

  clear(): void {
    this.milli.fill(0, 0, this.keys);
    this.residents.fill(0, 0, this.keys);
    this.keys = 0;
    this.takenMilli = 0;
    this.gpus = 0;
    this.freeGpus = 0;
    this.failedGpus = 0;
    this.closedGpus = 0;
  }

  addHost(facts: FleetFacts, state: ReplayState, host: number, colouring: Colouring): void {
    const condition = hostCondition(state.closedFor[host] as number);
    const end = facts.gpuStart[host + 1] as number;
    for (let gpu = facts.gpuStart[host] as number; gpu < end; gpu++) {
      const own = state.occupants[gpu] as readonly Occupant[];
      const gpuClosed = gpuCondition(state.gpuClosedFor[gpu] as number);
      this.gpus += 1;
      if (condition === 'failed' || gpuClosed === 'failed') this.failedGpus += 1;
      else if (isClosed(condition) || isClosed(gpuClosed)) this.closedGpus += 1;
      else if (own.length === 0) this.freeGpus += 1;
      for (let i = 0; i < own.length; i++)
        this.#add(fillKey(colouring, state, gpu, own[i] as Occupant), own[i] as Occupant);
    }
  }

  #add(key: number, { milli }: Occupant): void {
    if (key >= this.milli.length) {
      const longer = new Float64Array(2 * key);
      longer.set(this.milli);
      this.milli = longer;
      const counts = new Int32Array(2 * key);
      counts.set(this.residents);
      this.residents = counts;
    }
    this.keys = Math.max(this.keys, key + 1);
    this.milli[key]! += milli;
    this.residents[key]! += 1;
    this.takenMilli += milli;
  }
}

/** What is kept for somebody is free all the same. */
function isClosed(condition: string): boolean {
  return condition !== 'open' && condition !== 'kept';
}
