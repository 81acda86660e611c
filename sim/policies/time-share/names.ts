/** Names of the policies that divide GPU time, in the order in which help and reports list them. */
export const TIME_SHARE_NAMES = [
  'max-min',
  'water-filling',
  'finish-time',
  'makespan',
  'throughput',
  'allox',
] as const;

export type TimeShareName = (typeof TIME_SHARE_NAMES)[number];

/** Policies that solve linear programs. */
export const SOLVING_NAMES: readonly TimeShareName[] = [
  'max-min',
  'water-filling',
  'finish-time',
  'makespan',
  'throughput',
];

/** Policies that look at how long jobs will still run. */
export const FORESEEING_NAMES: readonly TimeShareName[] = ['finish-time', 'makespan', 'allox'];

/**
 * What a policy goes by: `known` the speed of each job on each GPU model; `alike` it takes a job to be equally fast on
 * all models on which it runs, as schedulers do that do not know better.
 */
export const SPEED_VIEWS = ['known', 'alike'] as const;
export type SpeedView = (typeof SPEED_VIEWS)[number];

/**
 * In which order a round hands out GPUs: `pairs` of job and GPU model by priority, whatever the model; `models` one after
 * another in the order of the fleet, each to its jobs by priority; `shuffled` likewise, the models in an order drawn anew
 * each round.
 */
export const ROUND_ORDERS = ['pairs', 'models', 'shuffled'] as const;
export type RoundOrder = (typeof ROUND_ORDERS)[number];
