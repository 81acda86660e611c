/** Who asks for a job, and how the scheduler may treat it. Jobs of one class and tenant share the object. */
export interface Claim {
  /** User or team that limits and shares are about; empty where nobody is named. */
  readonly tenant: string;
  /** Path in the tree of quotas (`research/vision`), virtual cluster or partition; empty where none is named. */
  readonly queue: string;
  /** Name of its class, for reports. */
  readonly label: string;
  /** Number of the pool that it goes to. */
  readonly pool: number;
  /** Higher is more urgent. Any finite number. */
  readonly priority: number;
  /** Whether it may be stopped to make room and go on later. */
  readonly isPreemptible: boolean;
  /** How it saves what it has done; null: it cannot, and loses all its work when it is stopped. */
  readonly checkpoint: Checkpoint | null;
}

/** How a job saves its state. Lengths are whole microseconds. */
interface Checkpoint {
  /** Work between two checkpoints that it takes by itself; Infinity: only when it is asked to. */
  readonly intervalUs: number;
  /** Time to write one; while the job runs that much is added to every interval. */
  readonly saveUs: number;
  /** Time to read one back when the job starts again. */
  readonly restoreUs: number;
}

/** What is assumed of a job of which nothing is said. */
export const NO_CLAIM: Claim = {
  tenant: '',
  queue: '',
  label: '',
  pool: 0,
  priority: 0,
  isPreemptible: true,
  checkpoint: null,
};
