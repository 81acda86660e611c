/** What can happen in a timed run. At one instant freed capacity is seen before new demand: lower runs first. */
export const EVENT_RANK = {
  'job-finished': 0,
  'job-gone': 1,
  'batch-done': 2,
  'job-ready': 3,
  'activity-toggled': 4,
  'job-arrived': 5,
  'request-arrived': 6,
  'batch-due': 7,
  'warmed-up': 255,
} as const;
