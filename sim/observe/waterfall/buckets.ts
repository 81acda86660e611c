/** What capacity is spent on, in the order of the waterfall: each moment of each part of a GPU is in one of them. */
export const BUCKETS = [
  'useful',
  'redone',
  'overhead',
  'idle',
  'cpu',
  'memory',
  'gpu-memory',
  'geometry',
  'limits',
  'order',
  'licence',
  'changing',
  'failed',
  'no-demand',
] as const;
export type Bucket = (typeof BUCKETS)[number];

export const BUCKET_TEXT: Readonly<Record<Bucket, string>> = {
  useful: 'useful work',
  redone: 'work done again',
  overhead: 'sharing overhead',
  idle: 'allocated but idle',
  cpu: 'stranded by CPU',
  memory: 'stranded by host memory',
  'gpu-memory': 'stranded by GPU memory',
  geometry: 'stranded by geometry',
  limits: 'held by quota or limit',
  order: 'held by order',
  licence: 'held by licence',
  changing: 'starting, stopping, changing',
  failed: 'failed, repairing, maintenance',
  'no-demand': 'no demand',
};

/**
 * Causes that are no reasons of waiting jobs, with their buckets. Names of the first kind are what jobs and cards do,
 * those with `closed:` why a free GPU takes nobody in.
 */
export const CAUSES = {
  work: 'useful',
  mode: 'overhead',
  gang: 'overhead',
  checkpoints: 'overhead',
  restricted: 'licence',
  idle: 'idle',
  starting: 'changing',
  saving: 'changing',
  stopping: 'changing',
  moving: 'changing',
  repartition: 'changing',
  'closed:maintenance': 'failed',
  'closed:failure': 'failed',
  'closed:uplink': 'failed',
  'closed:standby': 'failed',
  'closed:gpu-failure': 'failed',
  'closed:licence': 'licence',
  'closed:leaving': 'changing',
  'closed:change': 'changing',
  none: 'no-demand',
} as const satisfies Readonly<Record<string, Bucket>>;
export type Cause = keyof typeof CAUSES;
export const CAUSE_NAMES = Object.keys(CAUSES) as readonly Cause[];

/** Reasons by which a card refuses for want of memory; by all others it refuses because of how it is cut or taken. */
const MEMORY_RULES: readonly string[] = [
  'memory-reserved',
  'memory-too-large',
  'mig-out-of-memory',
  'vf-memory',
  'hook-memory',
  'gvtg-resources',
  'swap-working-set',
];

/**
 * Buckets of the reasons for which jobs wait, by name or by what stands before the colon. Null: who waits for that takes
 * nothing of what is free and open, since it waits for what is not there.
 */
const REASON_BUCKETS: Readonly<Record<string, Bucket | null>> = {
  cpu: 'cpu',
  memory: 'memory',
  'gpu-room': 'geometry',
  'gpu-model': null,
  'gpu-count': 'geometry',
  'no-host': null,
  'host-closed': null,
  'host-closed:claim': 'order',
  'gpu-failed': null,
  gang: 'geometry',
  'anti-affinity': 'geometry',
  'max-of-class': 'geometry',
  'max-per-host': 'geometry',
  spread: 'geometry',
  'no-one-model': 'geometry',
  'gpu-room:cut-anew': 'changing',
  ...Object.fromEntries(MEMORY_RULES.map((rule) => [`gpu-room:${rule}`, 'gpu-memory' as const])),
  quota: 'limits',
  'user-limit': 'limits',
  'next-decision': 'order',
  'queue-order': 'order',
  'backfill-depth': 'order',
  reserved: 'order',
  'next-division': 'order',
  'room-being-made': 'order',
  none: 'order',
  licence: 'licence',
};

/**
 * Bucket of a reason; of several that hold together (`cpu+gpu-room`) that of the first, and null if one of them is about
 * what is not there. Undefined for a reason that the table does not have.
 */
export function bucketOfReason(reason: string): Bucket | null | undefined {
  // Names of quotas come from the scenario and may have any sign in them.
  if (reason.startsWith('quota:')) return REASON_BUCKETS['quota'] as Bucket;
  const buckets = reason.split('+').map(bucketOfOne);
  return buckets.includes(null) ? null : buckets[0];
}

function bucketOfOne(name: string): Bucket | null | undefined {
  const exact = REASON_BUCKETS[name];
  return exact === undefined ? REASON_BUCKETS[name.slice(0, name.indexOf(':'))] : exact;
}
