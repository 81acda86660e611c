import type { DistributionSpec } from '../kernel/distributions/index.ts';
import type { PlacementPolicyName } from '../policies/placement/names.ts';
import type {
  EstimateName,
  FillRule,
  PreemptionName,
  PreemptionWay,
  QueueingPolicyName,
  QueueOrder,
} from '../policies/queueing/names.ts';
import type { RoundOrder, SpeedView, TimeShareName } from '../policies/time-share/names.ts';
import type { GpuUse, SharingConfig, SlotRequest } from '../sharing/index.ts';
import type { Cost } from './cost-types.ts';
import type { Elastic } from './elastic-types.ts';
import type { Faults } from './fault-types.ts';
import type { Licences } from './licence-types.ts';
import type { Alerts, MetricsOptions } from './metrics-types.ts';
import type {
  FillOrderName,
  JobFormatName,
  NearnessName,
  SpreadName,
  TieBreakName,
  TraceFormatName,
} from './names.ts';
import type { Repartition } from './repartition-types.ts';

/**
 * A scenario in numbers, as the engine takes it: every default resolved, every quantity a number in the unit
 * that its name ends with. Plain data, so that it can be sent to a worker.
 */
export interface Scenario {
  readonly name: string;
  readonly description: string;
  readonly sources: readonly string[];
  /** Whole number from 0 to 2^53 - 1. */
  readonly seed: number;
  readonly replications: number;
  readonly fleet: Fleet;
  readonly workload: Workload;
  readonly policy: Policy;
  readonly experiment: Experiment;
  /** Values of overhead parameters in place of their typical ones, by parameter id. */
  readonly overheads: Readonly<Record<string, number>>;
  /** Planned changes of hosts while the run goes on, in order of their times. Timed experiments only. */
  readonly changes: readonly Change[];
  /** How cards are cut anew while jobs run on them; empty: not at all. Timed experiments only. */
  readonly repartition: readonly Repartition[];
  /** What breaks down; null: nothing does. Timed experiments with a horizon only. */
  readonly faults: Faults | null;
  /** Hosts that come and go; null: all are there all the time. Timed experiments only. */
  readonly elastic: Elastic | null;
  /** Software licences; null: nobody counts them. Timed experiments only. */
  readonly licences: Licences | null;
  /** What the fleet costs; null: nobody asks. Timed experiments only. */
  readonly cost: Cost | null;
  /** Values that stay beyond a limit for long; absent: the limits of the sources are watched. */
  readonly alerts?: Alerts;
  /** How far metrics are split up; absent: not by host, and 50 groups of a kind. */
  readonly metrics?: MetricsOptions;
  /** What a run must keep to; absent: nothing. */
  readonly objectives?: readonly Objective[];
}

/** A condition that a run must keep to (`sim/objectives`). */
export interface Objective {
  /** The condition, where it has no name of its own. */
  readonly name: string;
  readonly expect: string;
  /** Why it is wanted; may be empty. */
  readonly why: string;
}

/** From `atUs` on the hosts take nobody in; when they are empty, the change is made and they open again. */
export interface Change {
  readonly atUs: number;
  /** Names of hosts, in the order of the fleet. */
  readonly hosts: readonly string[];
  /** How their GPUs are shared from then on; null: as before (maintenance). */
  readonly sharing: SharingConfig | null;
  /**
   * Name of the path by which it is made: of the new mode's `switch-mode` where the mode changes, of its
   * `change-layout` where it stays; null: takes no time.
   */
  readonly path: string | null;
  /** Time that the hosts stay closed beyond that, as for maintenance. */
  readonly closedUs: number;
  /** What becomes of the jobs on them: `wait` for their ends; `migrate` those that another host can take; `stop` them. */
  readonly running: 'wait' | 'migrate' | 'stop';
  /** Name of the path of the old mode's `migrate` operation; null unless `running` is `migrate`. */
  readonly migratePath: string | null;
}

/** The machines: stated in the scenario, or in a file that the caller reads. */
export type Fleet = { readonly kind: 'hosts'; readonly groups: readonly HostGroup[] } | TracedFleet;

export interface TracedFleet {
  readonly kind: 'trace';
  readonly format: TraceFormatName;
  /** As written: relative to the scenario's folder. */
  readonly nodesPath: string;
  readonly isStrict: boolean;
  /** How many of the file's hosts the fleet has, or which part of them; null: all. */
  readonly keep: { readonly hosts: number } | { readonly share: number } | null;
}

/** Equal hosts. Their names come from `hostName`; hosts are in the order of groups, then of numbers. */
export interface HostGroup {
  readonly name: string;
  readonly count: number;
  readonly cpuMilli: number;
  readonly memoryMib: number;
  /** In the order of the GPUs' indices in the host; empty for a host without GPU. */
  readonly gpus: readonly GpuGroup[];
  /** How its GPUs are shared; null: by fraction of a GPU, at full speed, as the traces do. */
  readonly sharing: SharingConfig | null;
  /** NUMA domains that cores and GPUs are split into evenly, >= 1. */
  readonly numaDomains: number;
  /** Bytes a second that all its GPUs together can move to and from the host; null: each has its own link. */
  readonly uplinkBytesPerSec: number | null;
  /** Hosts of each rack of the group's own, or names of racks over which they are divided in order; absent: not known. */
  readonly rack?: number | readonly string[] | undefined;
  /** GPUs of an NVLink island: of a part of a host, or of several hosts; absent: all of a host. */
  readonly gpusPerIsland?: number | undefined;
  /** Bytes a second between a host and others, each direction; absent: not known. */
  readonly nicBytesPerSec?: number | undefined;
  /** How many times what the NICs of a rack can send is of what leaves it; absent: 1. */
  readonly oversubscription?: number | undefined;
}

export interface GpuGroup {
  readonly model: string;
  readonly count: number;
  /** PCIe lanes of each GPU, fewer than the GPU's own where a slot is bifurcated (x16 as x8+x8); null: the GPU's own. */
  readonly pcieLanes: number | null;
  /** Generation of the slot where it is lower than the GPU's; null: the GPU's own. */
  readonly pcieGen: number | null;
  /** Whether the GPUs of the host are joined by NVLink (or the vendor's like); null: as the catalogue says of the model. */
  readonly nvlink: boolean | null;
  /** Memory that programs can see, for models that the catalogue does not have; null: the catalogue's. */
  readonly memoryMib: number | null;
}

/** The work: at least one of `trace`, `synthetic`, `services` and `sessions`. */
export interface Workload {
  readonly trace: WorkloadTrace | null;
  /** File whose task mix the fgd policy expects; null: the workload's own mix. */
  readonly typicalPath: string | null;
  readonly synthetic: SyntheticWorkload | null;
  readonly services: readonly Service[];
  readonly sessions: readonly SessionGroup[];
}

/** A file of recorded tasks. Paths are as written: relative to the scenario's folder. */
export type WorkloadTrace =
  | { readonly format: TraceFormatName; readonly podsPath: string; readonly isStrict: boolean }
  | JobTrace;

/** A file of recorded jobs, and which of them are taken. */
export interface JobTrace {
  readonly format: JobFormatName;
  readonly jobsPath: string;
  readonly isStrict: boolean;
  /** Times from the first submission of the file; null: no bound. */
  readonly fromSec: number | null;
  readonly untilSec: number | null;
  /** Most jobs, in order of submission; null: all. */
  readonly limit: number | null;
  /** Factor of the time between submissions. */
  readonly arrivalScale: number;
  /** What reading the format needs to know; keys of other formats have their defaults. */
  readonly reading: {
    /** Measured speeds by kind of job and GPU model; null: none. */
    readonly throughputsPath: string | null;
    /** Mean arrivals, for a format that counts time in gaps; null elsewhere. */
    readonly arrivalsPerHour: number | null;
    readonly timeUnit: 'ms' | 's';
    readonly processorsAre: 'gpus' | 'cores';
    /** Cores for which a job has one GPU; null: jobs of cores have no GPU. */
    readonly processorsPerGpu: number | null;
    /** How far the clock that wrote the times is ahead of UTC. */
    readonly utcOffsetMinutes: number;
    readonly amounts: 'allocated' | 'requested';
    /** Null: jobs with parts of a GPU are bad rows. */
    readonly shardsPerGpu: number | null;
    /** GPU models by the file's names of GPU types. */
    readonly gpuTypes: Readonly<Record<string, string>>;
    /** Pods that are jobs: all, or those that ask for GPUs. */
    readonly pods: 'all' | 'gpu';
    /** GPU models by the cluster's product labels. */
    readonly gpuProducts: Readonly<Record<string, string>>;
  };
}

/** What one job, replica or session asks of a host and does with its GPUs. */
export interface Demand {
  readonly cpuMilli: number;
  readonly memoryMib: number;
  readonly gpuCount: number;
  /** Share of each of its GPUs in thousandths, for GPUs shared by fraction and for the books; 0 where `gpuCount` is 0. */
  readonly gpuMilli: number;
  /** GPU models it accepts; empty: any. */
  readonly models: readonly string[];
  /** Part of each GPU that it wants; null where `gpuCount` is 0. */
  readonly slot: SlotRequest | null;
  /** Parts of the same card, more than 1 only for a profile. */
  readonly slotCount: number;
  /** What it uses of a GPU alone at full speed; null where nothing shares GPUs by a mode, or `gpuCount` is 0. */
  readonly use: GpuUse | null;
  /** GPU model on which its work and use were measured; null: whichever it runs on, so that all models are equally fast. */
  readonly referenceModel: string | null;
  /** Measured speed on a model relative to the reference, in place of the one from the catalogue; empty: none. */
  readonly speedByModel: Readonly<Record<string, number>>;
  /** Part of the time that a job on several GPUs exchanges data between them when they are joined by NVLink, [0, 1). */
  readonly communication: number;
  /** Name of the path by which it starts and stops (see OperationPath); null: nothing takes time. */
  readonly lifecycle: string | null;
  /** Equal workers, each of which asks for that; absent: one. */
  readonly workers?: number | undefined;
  /** Which places it may have beside others; absent: any. */
  readonly layout?: LayoutSpec | undefined;
}

/** Rules about places; numbers are Infinity where there is no limit. */
export interface LayoutSpec {
  readonly within: NearnessName;
  readonly prefer: NearnessName;
  readonly spread: SpreadName;
  readonly maxPerHost: number;
  readonly maxOfClassPerHost: number;
  readonly apartFrom: readonly string[];
}

/** Who asks, and how the scheduler may treat it. Lengths are whole microseconds. */
export interface ClaimSpec {
  /** Empty: nobody. */
  readonly tenant: string;
  /** Path in the tree of queues; null: the tenant's name. */
  readonly queue: string | null;
  /** Name of the pool that it goes to. */
  readonly pool: string;
  readonly priority: number;
  readonly isPreemptible: boolean;
  /** Null: it cannot save its state. */
  readonly checkpoint: {
    /** Infinity: only when it is stopped. */
    readonly intervalUs: number;
    readonly saveUs: number;
    readonly restoreUs: number;
  } | null;
}

/** A replicated server: requests arrive or clients ask in turn; each replica serves them in batches. */
export interface Service extends Demand {
  readonly name: string;
  readonly claim: ClaimSpec;
  readonly replicas: number;
  readonly traffic:
    | { readonly kind: 'open'; readonly arrivals: Arrivals }
    /** Each client sends, waits for the answer, thinks, and sends again. */
    | { readonly kind: 'closed'; readonly clients: number; readonly thinkSec: DistributionSpec };
  /** GPU seconds of a batch by its size, alone on the whole reference GPU: entry i is for i + 1 requests, the last also for more. */
  readonly batchSec: readonly number[];
  /** Random factor of each batch's length, mean 1; null: none. */
  readonly variability: DistributionSpec | null;
  /** Most requests served together. */
  readonly maxBatch: number;
  /** How long the first request of a batch waits for others. */
  readonly batchWaitUs: number;
  /** Batches that one replica works on at a time (processes of it). */
  readonly concurrency: number;
  readonly dispatch: 'shortest-queue' | 'round-robin';
  /** Latency that counts as in time; null: none stated. */
  readonly objectiveUs: number | null;
}

/** People with a desktop, a game or a preview each: a session is a logon, activity on and off, and frames. */
export interface SessionGroup extends Demand {
  readonly name: string;
  readonly claim: ClaimSpec;
  readonly users: number;
  readonly logon: /** All are logged on from the start to the end. */
    | { readonly kind: 'always' }
    /** Each user logs on at random hours by the weights, about once in a day of weight 1. */
    | {
        readonly kind: 'daily';
        readonly hourFactors: readonly number[];
        readonly dayFactors: readonly number[];
        /** Sessions of a user a day. */
        readonly perDay: number;
      }
    /** Everybody logs on within `spreadUs` after `atUs`, every day (normal spread, cut off at both ends). */
    | { readonly kind: 'storm'; readonly atUs: number; readonly spreadUs: number; readonly daily: boolean };
  /** Length of a session in seconds; null: to the end of the run. */
  readonly durationSec: DistributionSpec | null;
  /** Periods with and without work for the GPU. Null: always active. */
  readonly activity: { readonly onSec: DistributionSpec; readonly offSec: DistributionSpec } | null;
  readonly frames: Frames | null;
}

/** What makes a frame, and when it is in time. */
export interface Frames {
  /** GPU time of a frame alone on the whole reference GPU, in milliseconds. */
  readonly gpuMs: DistributionSpec;
  /** CPU time between frames that the GPU waits for, in milliseconds. */
  readonly cpuMs: number;
  /** Frames a second that the program wants. */
  readonly targetFps: number;
  /** Cap of frames a second in place of the mode's; null: the mode's. */
  readonly limiterFps: number | null;
  /** Encoder, network (one way there and back) and display, added to what the user sees, in milliseconds. */
  readonly encodeMs: number;
  readonly networkMs: number;
  readonly displayMs: number;
  /** A frame is in time if the user sees it within this, in milliseconds. */
  readonly deadlineMs: number;
}

export interface SyntheticWorkload {
  /** Number of tasks; null where they arrive until `untilUs`. */
  readonly taskCount: number | null;
  /** Tasks arrive up to this time, in microseconds; null where there are `taskCount`. */
  readonly untilUs: number | null;
  /** Null where only the order of the tasks counts (fill experiments). */
  readonly arrivals: Arrivals | null;
  readonly classes: readonly TaskClass[];
}

export type Arrivals =
  | {
      readonly process: 'poisson';
      /** Mean rate over a week. */
      readonly ratePerSecond: number;
      /** Factor of the rate in each hour of the day from time 0, mean 1; null: flat. */
      readonly hourFactors: readonly number[] | null;
      /** Factor of the rate on each day of the week from time 0, mean 1; null: flat. */
      readonly dayFactors: readonly number[] | null;
    }
  | { readonly process: 'deterministic'; readonly ratePerSecond: number }
  | { readonly process: 'renewal'; readonly gapSec: DistributionSpec }
  /** Markov-modulated Poisson: each state has a rate and lasts an exponential time, then any other state follows with equal chance. */
  | {
      readonly process: 'markov-modulated';
      readonly states: readonly { readonly ratePerSecond: number; readonly meanSec: number }[];
    }
  /** Bursts at Poisson instants; the arrivals of a burst follow each other by `gapSec`. */
  | {
      readonly process: 'bursts';
      readonly burstsPerSecond: number;
      readonly size: DistributionSpec;
      readonly gapSec: DistributionSpec;
    };

/** A task shape with its share of the arrivals. */
export interface TaskClass extends Demand {
  readonly name: string;
  readonly claim: ClaimSpec;
  /** Tenants that its tasks belong to, by weight; empty: that of the claim. */
  readonly tenants: readonly { readonly tenant: string; readonly weight: number }[];
  /** Relative frequency, at least 0; not all are 0. */
  readonly weight: number;
  /** Name of the lifetime it shares; null where it states its own or none. */
  readonly lifetimeName: string | null;
  /** Distribution of its lifetime in seconds: work on the whole reference GPU where GPUs are shared by a mode. Null in fill experiments that state none, where nothing ends. */
  readonly lifetimeSec: DistributionSpec | null;
  /** By when a task should have ended: a time after its arrival, or so many times its lifetime; absent: nobody says. */
  readonly deadline?: { readonly afterUs: number } | { readonly factor: number };
}

export interface Policy {
  readonly placement: PlacementPolicyName;
  /** Policies whose scores are added up in place of that one's, by weight; empty: none. */
  readonly scores: readonly { readonly policy: PlacementPolicyName; readonly weight: number }[];
  /** `auto` is resolved. */
  readonly tieBreak: Exclude<TieBreakName, 'auto'>;
  readonly queueing: QueueingPolicyName;
  readonly scheduling: Scheduling;
  /** The fgd policy expects the most frequent shapes that cover this share of the mix, in (0, 1]. */
  readonly typicalShare: number;
  /** Host size that CPU and GPU are divided by before they are compared; null: the largest of the fleet. */
  readonly referenceHost: { readonly cpuMilli: number; readonly gpuCount: number } | null;
  /** Hosts with a queue of their own; all others make up the pool `default`, which the rest of the policy is about. */
  readonly pools: readonly Pool[];
}

/** Some hosts with their own queue and policies. */
export interface Pool {
  readonly name: string;
  /** Names of hosts, in the order of the fleet. */
  readonly hosts: readonly string[];
  readonly placement: PlacementPolicyName;
  readonly scores: Policy['scores'];
  readonly tieBreak: Policy['tieBreak'];
  readonly queueing: QueueingPolicyName;
  readonly scheduling: Scheduling;
}

/** How GPU time is divided among jobs and GPU models. */
export interface TimeShare {
  readonly by: TimeShareName;
  readonly speeds: SpeedView;
  readonly order: RoundOrder;
  /** Least time from one division to the next, in whole microseconds. */
  readonly reviewUs: number;
  /** By tenant; those not named have 1. */
  readonly weights: Readonly<Record<string, number>>;
  /** By GPU model; those not named cost 1. */
  readonly costs: Readonly<Record<string, number>>;
}

/** How jobs take turns. Lengths are whole microseconds; Infinity: never, or no limit. */
export interface Scheduling {
  /** Null: that of the discipline. */
  readonly fill: FillRule | null;
  /** Most waiting jobs that backfilling looks at in one decision. */
  readonly depth: number;
  /** Null: as the discipline needs. */
  readonly preemption: PreemptionName | null;
  readonly way: PreemptionWay;
  /** Way to migrate of the mode; null: the first that it has. */
  readonly migratePath: string | null;
  readonly roundUs: number | null;
  readonly isSticky: boolean;
  /** How GPU time is divided; null: it is not. */
  readonly timeShare: TimeShare | null;
  readonly minRunUs: number;
  /** `noise`: standard deviation of the logarithm of the error; 0: none. */
  readonly estimates: { readonly of: EstimateName; readonly noise: number };
  readonly maxJobsPerUser: number;
  readonly maxGpusPerUser: number;
  readonly ageingUs: number;
  readonly halfLifeUs: number;
  readonly weights: Readonly<Record<string, number>>;
  readonly resourceWeights: { readonly compute: number; readonly memory: number };
  /** GPU-seconds, ascending. */
  readonly attainedLimits: readonly number[];
  readonly promoteAfter: number;
  readonly queueOrder: QueueOrder;
  readonly quotas: readonly {
    readonly path: string;
    readonly guaranteedGpus: number;
    readonly maxGpus: number;
    readonly weight: number;
  }[];
}

export type Experiment =
  | {
      readonly kind: 'timed';
      /** Time at which the run stops, in microseconds; null: when every task has left. */
      readonly horizonUs: number | null;
      /** Time at the start that metrics leave out, in microseconds; shorter than the horizon. */
      readonly warmupUs: number;
      /** Each run finds its warm-up by a run of its own before; `warmupUs` is 0 until then. */
      readonly isWarmupAuto?: true;
      /** Whether the least waits of all policies are found out. */
      readonly hasHindsight?: true;
      readonly precision?: Precision;
    }
  | {
      readonly kind: 'fill';
      readonly order: FillOrderName;
      /** GPU requested in all as a multiple of the capacity; null where the order is the file's, which it leaves as it is. */
      readonly target: number | null;
      /** Whether the bound of all policies is found out. */
      readonly hasHindsight?: true;
      readonly precision?: Precision;
    };

/** Replications until metrics are known as closely as asked for. */
export interface Precision {
  readonly targets: readonly PrecisionTarget[];
  /** First replications, whose spread settles how many it takes. */
  readonly pilot: number;
  /** At most; not below the pilot. */
  readonly most: number;
}

export interface PrecisionTarget {
  readonly metric: string;
  /** Half-width of the 95 % interval: a part of the mean, or in the unit of the metric. */
  readonly within: number;
  readonly isRelative: boolean;
}
