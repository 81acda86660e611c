/** What can happen in a timed run. At one instant freed capacity is seen before new demand: lower runs first. */
export const EVENT_RANK = {
  'job-finished': 0,
  'job-gone': 1,
  'job-saved': 2,
  'job-moved': 3,
  'change-done': 4,
  'batch-done': 5,
  'job-ready': 6,
  'change-due': 7,
  'activity-toggled': 8,
  'job-arrived': 9,
  'session-logon': 10,
  'request-arrived': 11,
  'batch-due': 12,
  'queue-review': 13,
} as const;
