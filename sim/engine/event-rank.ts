/** What can happen in a timed run. At one instant freed capacity is seen before new demand: lower runs first. */
export const EVENT_RANK = {
  'job-finished': 0,
  'job-gone': 1,
  'batch-done': 2,
  'job-ready': 3,
  'activity-toggled': 4,
  'job-arrived': 5,
  'session-logon': 6,
  'request-arrived': 7,
  'batch-due': 8,
  'warmed-up': 255,
} as const;
