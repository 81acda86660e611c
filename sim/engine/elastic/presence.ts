import type { Simulation } from '../../kernel/simulation.ts';
import type { RunContext } from '../run-context.ts';

export type HostState = 'away' | 'booting' | 'here' | 'leaving' | 'taken-back';

/** Which hosts are there, kept in step with what the fleet lets in; observers are told who comes and goes. */
export class Presence {
  readonly #context: RunContext;
  readonly #simulation: Simulation;
  readonly #states: HostState[];
  /** By host: since when it is there. */
  readonly #sinceUs: Float64Array;

  constructor(context: RunContext, simulation: Simulation) {
    this.#context = context;
    this.#simulation = simulation;
    this.#states = Array.from({ length: context.fleet.hostCount }, () => 'here');
    this.#sinceUs = new Float64Array(context.fleet.hostCount);
  }

  of(host: number): HostState {
    return this.#states[host] as HostState;
  }

  sinceUs(host: number): number {
    return this.#sinceUs[host] as number;
  }

  /** Whether it is there, whoever it takes in. */
  isThere(host: number): boolean {
    const state = this.of(host);
    return state !== 'away' && state !== 'booting';
  }

  set(host: number, state: HostState): void {
    const wasThere = this.isThere(host);
    this.#states[host] = state;
    const { fleet, observers } = this.#context;
    const { nowUs } = this.#simulation;
    const isThere = this.isThere(host);
    fleet.setClosed(host, !isThere, 'absence');
    fleet.setClosed(host, state === 'leaving' || state === 'taken-back', 'leaving');
    for (const observer of observers) observer.openChanged?.(nowUs);
    if (isThere === wasThere) return;
    if (isThere) this.#sinceUs[host] = nowUs;
    for (const observer of observers) {
      observer.hostChanged?.(nowUs, host, isThere, isThere ? 'joined' : 'left');
    }
  }
}
