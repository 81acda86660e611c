/** How many hosts a group keeps, and when others come and go. Lengths are whole microseconds; Infinity: never. */
export interface ScalePlan {
  readonly min: number;
  readonly max: number;
  readonly out: ScaleOut;
  readonly in: ScaleIn;
  /** A host stays at least this long once it is there. */
  readonly minLifeUs: number;
  /** Hours of the week at which there are at least so many hosts. */
  readonly week: readonly WeekSlot[];
}

/** Hosts come when any of these holds; null: not for this reason. */
export interface ScaleOut {
  /** At least so many jobs wait that the group could take. */
  readonly jobs: number | null;
  /** They ask for at least so many GPUs. */
  readonly gpus: number | null;
  /** The one that waits longest has waited this long. */
  readonly waitedUs: number | null;
  /** More than this part of the pool's GPUs that are there has been allocated for this long. */
  readonly allocated: { readonly above: number; readonly forUs: number } | null;
  /** Hosts at a time, the next ones when these are there; null: as many as those that wait ask for. */
  readonly by: number | null;
  /** No more come for this long after the last were asked for. */
  readonly cooldownUs: number;
}

export interface ScaleIn {
  /** A host with nobody on it for this long leaves. */
  readonly idleUs: number;
  /** Less than this part of the pool's GPUs that are there has been allocated for this long: the emptiest host leaves. */
  readonly allocated: { readonly below: number; readonly forUs: number } | null;
  /** No more leave for this long after the last were told to. */
  readonly cooldownUs: number;
}

/** Part of some days of the week. Day 0 begins at time 0. */
export interface WeekSlot {
  /** 0 to 6. */
  readonly days: readonly number[];
  /** Within the day: from 0 up to 24 h. */
  readonly fromUs: number;
  readonly toUs: number;
  readonly hosts: number;
}
