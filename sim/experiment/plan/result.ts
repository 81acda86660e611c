import type { ObjectiveResult } from '../compare/index.ts';
import type { CostReport } from '../cost-report.ts';
import type { Metric } from '../metric.ts';
import type { Minimised } from './cost-floor.ts';

/** A number of the question with what was chosen. */
export interface ChosenCount {
  readonly name: string;
  readonly path: string;
  readonly count: number;
}

/** One plan: an option of each choice, and how many of everything. */
export interface ReportedPlan {
  /** `L40S, vgpu`. */
  readonly name: string;
  readonly options: readonly { readonly choice: string; readonly option: string }[];
  readonly counts: readonly ChosenCount[];
  /** The same as settings of the scenario, as `--set` takes them. */
  readonly settings: readonly string[];
  readonly gpus: number;
  readonly hosts: number;
  /** What is minimised. */
  readonly amount: Metric;
  /** `runs` of the search, or with fresh seeds. */
  readonly isVerified: boolean;
  readonly runs: number;
  readonly objectives: readonly ObjectiveResult[];
  /** What else stands against it, in sentences. */
  readonly broken: readonly string[];
  /** Metrics that are told beside: those that objectives read, and that plans are weighed by. */
  readonly metrics: Readonly<Record<string, Metric>>;
  /** Offered work over what its layouts can do, 0 to 1; null: not known. */
  readonly load: number | null;
}

/** Why a plan does not do. */
export interface Against {
  /** In sentences. */
  readonly broken: readonly string[];
  /** Objectives that it misses, or does not keep for sure. */
  readonly objectives: readonly ObjectiveResult[];
}

/** What one less of something does. */
export interface Binding {
  readonly axis: string;
  /** What would be left of it. */
  readonly count: number;
  /** Why that does not do; null: it does, and is no cheaper. */
  readonly against: Against | null;
  /** Whether that needed no run. */
  readonly isProven: boolean;
}

/** An option that the plan does not have. */
export interface Rival {
  readonly name: string;
  readonly options: ReportedPlan['options'];
  /**
   * `dearer`: its cheapest plan was found, `out-of-reach`: none of its plans can be as cheap, as is proven;
   * `proven`: none can serve; `fails`: none of those that were run serves, which rules out all; `invalid`: no such scenario.
   */
  readonly verdict: 'dearer' | 'out-of-reach' | 'proven' | 'fails' | 'invalid';
  /** In one sentence. */
  readonly why: string;
  /** No plan of it has less than this; null: none may serve. */
  readonly bound: number | null;
  /** Its cheapest plan, of the runs of the search. */
  readonly plan?: ReportedPlan;
  /** What that has more than the plan, in runs of the same seeds; below 0 where these do not tell the two apart. Where it serves. */
  readonly more?: number;
}

/** Demand up to which a plan does, and what is bought then. */
export interface GrowthStep {
  readonly plan: { readonly counts: readonly ChosenCount[]; readonly amount: Metric };
  /** What was bought to come here; absent of the plan itself. */
  readonly bought?: { readonly axis: string; readonly more: number };
  /** Largest multiple of today's demand that was seen to be served. */
  readonly servesUpTo: number;
  /** Least multiple at which it was not; null: it serves all that was tried. */
  readonly failsAt: number | null;
  /** What fails then. */
  readonly against: Against | null;
  /** Months from now until the demand is there, where it is said how fast it grows. */
  readonly months: number | null;
}

export interface GrowthReport {
  /** Of the demand as a whole, at a multiple of 1; null: it has no one number. */
  readonly unit: { readonly amount: number; readonly unit: string } | null;
  readonly perYear: number | null;
  readonly steps: readonly GrowthStep[];
}

/** A plan under each of several demands. */
export interface RegretReport {
  readonly demands: readonly {
    readonly name: string;
    readonly factor: number;
    readonly cheapest: string | null;
    readonly amount: number | null;
  }[];
  /** The least regret first. */
  readonly plans: readonly {
    readonly name: string;
    readonly counts: readonly ChosenCount[];
    /** By demand. */
    readonly under: readonly {
      readonly serves: boolean;
      readonly amount: number;
      readonly regret: number | null;
      readonly against: Against | null;
    }[];
    /** Largest regret where it serves all demands; null: it does not. */
    readonly mostRegret: number | null;
  }[];
}

/** Plans of which none is better in everything. */
export interface ParetoReport {
  /** Of each plan, of the same seeds: the values are means of these. */
  readonly runs: number;
  readonly criteria: readonly {
    readonly metric: string;
    readonly better: 'higher' | 'lower';
    readonly unit: string;
  }[];
  readonly plans: readonly {
    readonly name: string;
    readonly counts: readonly ChosenCount[];
    readonly values: readonly (number | null)[];
    readonly isOnFront: boolean;
  }[];
}

/** Something that no plan that was run keeps. */
export interface Infeasible {
  /** An objective, or a rule of every plan. */
  readonly name: string;
  /** As the plan has it that comes closest to it; absent of rules. */
  readonly nearest?: ObjectiveResult;
  readonly by?: string;
}

/** Plans that may be cheaper than the one that was found: nothing is proven against them. */
export interface CheaperPlans {
  readonly plans: number;
  /** Of these, run by themselves: none serves and is cheaper. The others are ruled out by one with at least as much that does not serve. */
  readonly run: number;
  /** No plan with less serves: that is proven, or it was run. */
  readonly bound: number;
  /** (plan - bound) / plan. */
  readonly gap: number;
}

/** A plan that serves and costs so nearly the same that it was compared with the plan in more runs. */
export interface Contender {
  readonly name: string;
  readonly options: ReportedPlan['options'];
  readonly counts: readonly ChosenCount[];
  /** What it costs more than the plan in runs of the same seeds, with the interval at the confidence that is asked for. */
  readonly more: Metric;
  /** Whether that is surely above 0. */
  readonly isToldApart: boolean;
}

/** What `slicewise plan` found. */
export interface PlanResult {
  readonly schema: 'slicewise/plan@1';
  readonly version: string;
  readonly name: string;
  /** The scenario with its question, in canonical form. */
  readonly scenario: unknown;
  readonly minimise: Minimised;
  readonly unit: string;
  /** Plans there are, and what became of them. */
  readonly searched: {
    readonly options: number;
    readonly plans: number;
    /** Proven not to serve before anything was run. */
    readonly proven: number;
    readonly run: number;
    /** Served in the search, and not with fresh seeds. */
    readonly refuted: number;
    readonly runs: number;
  };
  readonly plan: ReportedPlan | null;
  /** The scenario of the plan, in canonical form: what `run` and `export` take. */
  readonly planned: unknown;
  /** Its bill; null: the scenario has no cost section, or nothing serves. */
  readonly cost: CostReport | null;
  /** No plan whatever has less; null: none may serve. */
  readonly bound: number | null;
  /** What of the plan depends on what runs, such as energy of the work and licences of users: the bound has none of it. */
  readonly usage: number | null;
  /** (plan - bound) / plan. */
  readonly gap: number | null;
  /** Null: nothing serves. */
  readonly cheaper: CheaperPlans | null;
  readonly contenders: readonly Contender[];
  readonly binding: readonly Binding[];
  readonly rivals: readonly Rival[];
  readonly pareto: ParetoReport | null;
  readonly growth: GrowthReport | null;
  readonly regret: RegretReport | null;
  /** Where nothing serves: the plan that comes closest, and what no plan that was run keeps. */
  readonly closest: ReportedPlan | null;
  readonly infeasible: readonly Infeasible[];
  readonly notes: readonly string[];
}
