/** What a state says of a job's life. */
export type Life = 'waiting' | 'running' | 'over';

/** @see SchedMD, "Job State Codes", slurm.schedmd.com/job_state_codes.html */
const LIVES: Readonly<Record<string, Life>> = {
  BOOT_FAIL: 'over',
  CANCELLED: 'over',
  COMPLETED: 'over',
  COMPLETING: 'running',
  CONFIGURING: 'running',
  DEADLINE: 'over',
  EXPEDITING: 'waiting',
  FAILED: 'over',
  LAUNCH_FAILED: 'over',
  NODE_FAIL: 'over',
  OUT_OF_MEMORY: 'over',
  PENDING: 'waiting',
  POWER_UP_NODE: 'waiting',
  PREEMPTED: 'over',
  RECONFIG_FAIL: 'over',
  // Only with --duplicates: the run that the requeue ended.
  REQUEUED: 'over',
  REQUEUE_FED: 'waiting',
  REQUEUE_HOLD: 'waiting',
  RESIZING: 'running',
  RESV_DEL_HOLD: 'waiting',
  REVOKED: 'over',
  RUNNING: 'running',
  SIGNALING: 'running',
  SPECIAL_EXIT: 'waiting',
  STAGE_OUT: 'running',
  STOPPED: 'running',
  SUSPENDED: 'running',
  TIMEOUT: 'over',
  UPDATE_DB: 'running',
};

export const STATES: readonly string[] = Object.keys(LIVES);

/** The life of `COMPLETED`, or `CANCELLED by 1000`; undefined for a state that Slurm does not have. */
export function lifeOf(state: string): Life | undefined {
  const [word = ''] = state.split(' ');
  return Object.hasOwn(LIVES, word) ? LIVES[word] : undefined;
}
