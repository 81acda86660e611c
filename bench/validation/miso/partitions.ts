import { requestOf } from '../../../sim/experiment/demand.ts';
import { hostsOf } from '../../../sim/experiment/hosts.ts';
import type { Scenario } from '../../../sim/scenario/types.ts';
import { type GpuAsk, isRefusal, openCard, Residents, type SharedGpu } from '../../../sim/sharing/index.ts';
import { PROFILE_OF } from './speeds.ts';

/** What jobs get in one partition of a card. */
export interface Arrangement {
  /** Profile names of the partition. */
  readonly layout: readonly string[];
  /** By job as given: the instance it is on, as a place in `layout`, and its speed beside the others. */
  readonly instanceOf: readonly number[];
  readonly speeds: readonly number[];
}

/** What is made as large as possible. `sum`: of the speeds, as the paper says. `slowdown`: the mean of 1 / speed as small as possible, as the authors' program has it. */
export type Aim = 'sum' | 'slowdown';

/**
 * Partitions of a card for given jobs. Layouts are checked, jobs admitted and speeds computed by cards in the product's MIG
 * mode; only which layout and which job where is decided here.
 */
export class Partitions {
  readonly #gpu: SharedGpu;
  readonly #layouts: readonly (readonly string[])[];
  readonly #asks = new Map<string, GpuAsk>();
  readonly #alone = new Map<string, number>();
  readonly #aim: Aim;

  /**
   * @param scenario with one kind of GPU in MIG mode, and a class for each program
   * @param codes partitions by compute slices
   * @throws {RangeError} if a partition is not legal
   */
  constructor(scenario: Scenario, codes: readonly (readonly number[])[], aim: Aim) {
    this.#gpu = hostsOf(scenario, {})[0]?.gpus[0]?.sharing as SharedGpu;
    this.#aim = aim;
    this.#layouts = codes.map((code) => code.map((slices) => PROFILE_OF[slices] as string));
    const { mode, spec } = this.#gpu;
    for (const layout of this.#layouts) {
      const problems = mode.check({ mode: 'mig', layout, computeInstances: false }, spec);
      if (problems.length > 0) throw new RangeError(`${layout.join(', ')}: ${problems[0]?.message}`);
    }
    for (const each of scenario.workload.synthetic?.classes ?? []) {
      const { ask } = requestOf(each);
      if (ask !== undefined) this.#asks.set(each.name, ask);
    }
  }

  /**
   * The best of the partitions with as many instances as jobs; of equals the first. Undefined where none holds them all.
   *
   * @param programs of the jobs
   */
  best(programs: readonly string[]): Arrangement | undefined {
    let best:
      | { readonly layout: readonly string[]; readonly instanceOf: number[]; readonly value: number }
      | undefined;
    for (const layout of this.#layouts) {
      if (layout.length !== programs.length) continue;
      const found = this.#assign(layout, programs);
      if (found !== undefined && (best === undefined || found.value > best.value + 1e-9))
        best = { layout, ...found };
    }
    if (best === undefined) return undefined;
    const { layout, instanceOf } = best;
    return { layout, instanceOf, speeds: this.#speeds(layout, programs, instanceOf) };
  }

  /** Best assignment by dynamic programming over sets of jobs: instance after instance takes one of those left. */
  #assign(
    layout: readonly string[],
    programs: readonly string[],
  ): { readonly instanceOf: number[]; readonly value: number } | undefined {
    const sets = 1 << programs.length;
    const value = new Float64Array(sets).fill(Number.NEGATIVE_INFINITY);
    const last = new Int32Array(sets).fill(-1);
    value[0] = 0;
    for (let set = 0; set < sets; set++) {
      const instance = bits(set);
      if (value[set] === Number.NEGATIVE_INFINITY || instance === layout.length) continue;
      for (let job = 0; job < programs.length; job++) {
        if ((set >> job) & 1) continue;
        const gain = this.#gain(programs[job] as string, layout[instance] as string);
        const next = set | (1 << job);
        if ((value[set] as number) + gain > (value[next] as number)) {
          value[next] = (value[set] as number) + gain;
          last[next] = job;
        }
      }
    }
    if (value[sets - 1] === Number.NEGATIVE_INFINITY) return undefined;
    const instanceOf: number[] = [];
    for (let set = sets - 1; set > 0; ) {
      const job = last[set] as number;
      set &= ~(1 << job);
      instanceOf[job] = bits(set);
    }
    return { instanceOf, value: value[sets - 1] as number };
  }

  #gain(program: string, profile: string): number {
    const key = `${program} ${profile}`;
    let speed = this.#alone.get(key);
    if (speed === undefined) {
      speed = this.#speeds([profile], [program], [0])[0] as number;
      this.#alone.set(key, speed);
    }
    if (speed === 0) return Number.NEGATIVE_INFINITY;
    return this.#aim === 'sum' ? speed : -1 / speed;
  }

  /** Speeds on a card with this layout; 0 for all where the mode refuses one of them. */
  #speeds(layout: readonly string[], programs: readonly string[], instanceOf: readonly number[]): number[] {
    const { mode, spec, values } = this.#gpu;
    const card = openCard({ mode, spec, values, config: { mode: 'mig', layout, computeInstances: false } });
    const residents = new Residents();
    for (const [job, program] of programs.entries()) {
      const profile = layout[instanceOf[job] as number] as string;
      const place = card.admit({
        ...(this.#asks.get(program) as GpuAsk),
        slot: { kind: 'profile', profile },
      });
      if (isRefusal(place)) return programs.map(() => 0);
      card.place(place);
      residents.join(place, (this.#asks.get(program) as GpuAsk).use, true);
    }
    const speeds = new Float64Array(programs.length);
    card.speeds(residents, speeds);
    return [...speeds];
  }
}

function bits(set: number): number {
  let count = 0;
  for (let left = set; left !== 0; left &= left - 1) count += 1;
  return count;
}
