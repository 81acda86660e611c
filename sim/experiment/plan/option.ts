import type { CapacityBound, Shortfall } from '../bound/index.ts';
import type { TraceData } from '../trace-data.ts';
import { costFloor, isDearerWithMore, type Minimised } from './cost-floor.ts';
import type { Demand } from './demand.ts';
import { type Counts, Lattice, type Tried } from './lattice.ts';
import type { SessionsFloor } from './sessions-floor.ts';
import { type Combination, type PlanScenario, type PlanSpace, scenarioOf, someCounts } from './space.ts';

/** What every option of a question is looked at by. */
export interface OptionSetting {
  readonly space: PlanSpace;
  readonly minimise: Minimised;
  readonly demand: Demand | undefined;
  /** Users who are there for certain. */
  readonly sessions: SessionsFloor;
  /** The traces of a scenario. */
  traces(plan: PlanScenario): TraceData;
  /** What is proven of one combination. */
  bound(plan: PlanScenario): CapacityBound;
}

/** One combination of options with all its counts: what is proven, and what was tried. */
export class PlanOption {
  readonly combination: Combination;
  readonly #setting: OptionSetting;
  readonly #scenarios = new Map<string, ReturnType<typeof scenarioOf>>();
  readonly #shortfalls = new Map<string, string | undefined>();
  readonly #floors = new Map<string, number>();
  readonly #tried = new Map<string, { readonly counts: Counts; tried: Tried }>();
  #bound: CapacityBound | undefined;
  #lattice: Lattice | undefined;

  constructor(setting: OptionSetting, combination: Combination) {
    this.#setting = setting;
    this.combination = combination;
  }

  /** What is still open. */
  get lattice(): Lattice {
    this.#lattice ??= this.#newLattice();
    return this.#lattice;
  }

  /** Fewest and most of each axis. */
  get least(): Counts {
    return this.#setting.space.axes.map(({ values }) => values[0] as number);
  }

  get most(): Counts {
    return this.#setting.space.axes.map(({ values }) => values.at(-1) as number);
  }

  /** A scenario with some of everything; undefined: there seems to be none. */
  get some(): PlanScenario | undefined {
    for (const counts of someCounts(this.#setting.space)) {
      const found = this.scenarioAt(counts);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  tracesOf(plan: PlanScenario): TraceData {
    return this.#setting.traces(plan);
  }

  /** Undefined where there is no such scenario: see `whyNot`. */
  scenarioAt(counts: Counts): PlanScenario | undefined {
    const found = this.#scenario(counts);
    return found.ok ? found : undefined;
  }

  /** Why it is proven that a plan does not do; undefined where nothing is proven against it. */
  whyNot(counts: Counts): string | undefined {
    const key = counts.join();
    if (!this.#shortfalls.has(key)) this.#shortfalls.set(key, this.#whyNot(counts));
    return this.#shortfalls.get(key);
  }

  /** No run of it costs less. */
  floorAt(counts: Counts): number {
    const key = counts.join();
    let floor = this.#floors.get(key);
    if (floor === undefined) {
      const plan = this.scenarioAt(counts);
      const { minimise, traces, sessions } = this.#setting;
      floor =
        plan === undefined
          ? Number.POSITIVE_INFINITY
          : costFloor(plan.scenario, traces(plan), minimise, sessions.of(plan.scenario));
      this.#floors.set(key, floor);
    }
    return floor;
  }

  /** Offered work over what the layouts can do; undefined where nothing is known of it. */
  loadAt(counts: Counts): number | undefined {
    const plan = this.scenarioAt(counts);
    return plan === undefined ? undefined : this.#boundOf(plan).load(plan.scenario);
  }

  /** Learns from a trial, or better than before. */
  learn(counts: Counts, tried: Tried): void {
    this.#tried.set(counts.join(), { counts, tried });
    this.lattice.learn(counts, tried);
  }

  /** Everything is open again but for what was tried. */
  reopen(): void {
    this.#lattice = this.#newLattice();
    for (const { counts, tried } of this.#tried.values()) this.#lattice.learn(counts, tried);
  }

  #boundOf(plan: PlanScenario): CapacityBound {
    this.#bound ??= this.#setting.bound(plan);
    return this.#bound;
  }

  #newLattice(): Lattice {
    const plan = this.some;
    return new Lattice({
      axes: this.#setting.space.axes.map(({ values }) => values),
      floor: (counts) => this.floorAt(counts),
      mayServe: (counts) => this.whyNot(counts) === undefined,
      // Services of more headroom may be of other sizes, on hosts of other groups.
      isEachProvenAlone: this.#setting.space.sizing !== undefined,
      isValid: (counts) => this.scenarioAt(counts) !== undefined,
      isDearerWithMore: plan === undefined || isDearerWithMore(plan.scenario),
    });
  }

  #scenario(counts: Counts): ReturnType<typeof scenarioOf> {
    const key = counts.join();
    let found = this.#scenarios.get(key);
    if (found === undefined) {
      const { space, demand } = this.#setting;
      found = scenarioOf(space, this.combination, counts, demand);
      this.#scenarios.set(key, found);
    }
    return found;
  }

  #whyNot(counts: Counts): string | undefined {
    const found = this.#scenario(counts);
    if (!found.ok) return found.why;
    const shortfall: Shortfall | undefined = this.#boundOf(found).shortfall(found.scenario);
    return shortfall?.text;
  }
}
