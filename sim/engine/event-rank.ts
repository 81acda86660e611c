/** What can happen in a timed run. At one instant freed capacity is seen before new demand: lower runs first. */
export const EVENT_RANK = {
  'job-finished': 0,
  'job-gone': 1,
  'job-moved': 2,
  'change-done': 3,
  'batch-done': 4,
  'job-ready': 5,
  'change-due': 6,
  'activity-toggled': 7,
  'job-arrived': 8,
  'session-logon': 9,
  'request-arrived': 10,
  'batch-due': 11,
} as const;
