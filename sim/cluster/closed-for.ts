/** Why a host takes nobody in, as bits: several may hold at once. */
export const CLOSED_FOR = {
  change: 1,
  claim: 2,
  failure: 4,
  absence: 8,
  maintenance: 16,
  standby: 32,
  uplink: 64,
  leaving: 128,
} as const;

/** Why a GPU takes nobody in though its host does, as bits. */
export const GPU_CLOSED_FOR = { failure: 1, licence: 2, claim: 4 } as const;
