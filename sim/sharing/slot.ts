/** A part of one card that can be given to one tenant. Plain data: made by `admit`, taken by `place`. */
export interface Slot {
  /** What people call it: `whole`, `2g.20gb@0`, `A16-2B@4`, `VF 3`, `replica`. */
  readonly label: string;
  /** Name of its kind, for counts and licences: the profile or type; the mode's word for it otherwise. */
  readonly profile: string;
  /** Thousandths of the card that the books count as allocated; those of all slots of a card add up to 1000 at most. */
  readonly milli: number;
  /** Frame buffer reserved for the tenant, MiB; 0 = not reserved. */
  readonly memoryMib: number;
  /** Where it stands on the card's axis (MIG placement start, vGPU placement id, VF number); -1 where there is none. */
  readonly start: number;
  /** Length on that axis, or how many equal places it takes; 0 where there is none. */
  readonly size: number;
  /**
   * Tenants with the same number divide the GPU's time among each other and with nobody else: 0 for the card as a
   * whole, the start of the instance inside MIG.
   */
  readonly domain: number;
  /**
   * Most of the card's compute and memory bandwidth that the domain can have, (0, 1]: what it owns in hardware, or the
   * ceiling that a limit puts on it; 1 = all of the card.
   */
  readonly computeShare: number;
  readonly bandwidthShare: number;
}

/** Rules that refuse a request, each with what it says. The names appear in results. */
export const REFUSAL_RULES = {
  'unknown-profile': 'the GPU has no such profile in this mode',
  'api-missing': 'the mode does not give the API (CUDA or graphics) that the work needs',
  'no-profile-large-enough': 'no profile of the GPU gives that much',
  'card-taken': 'a whole card is wanted and this one has a tenant',
  'held-whole': 'one tenant holds the whole card',
  'one-per-job': 'a job takes one part of a card in this mode',
  'memory-reserved': 'too little frame buffer is left unreserved',
  'memory-too-large': 'it needs more memory than the part gives',
  'compute-left': 'too little compute is left',
  'mig-geometry': 'no legal start of the profile is free',
  'mig-engines': 'too few copy or media engines are left',
  'mig-max-instances': 'the profile has all the instances it may have',
  'mig-needs-idle-card': 'the first instance needs a card without clients',
  'mig-no-free-instance': 'no instance of the fixed layout is free',
  'mig-compute-instance': 'no compute instance of that size is left in the GPU instance',
  'mig-no-graphics': 'the profile runs no graphics',
  'mig-out-of-memory': 'the job is known not to run on the profile',
  'vgpu-size-lock': 'the card is locked to vGPUs of another size',
  'vgpu-max-count': 'the card has all the vGPUs of the type it may have',
  'vgpu-placement': 'no placement id of the type is free in mixed-size mode',
  'vgpu-fixed-share-mixed': 'fixed share does not go with mixed sizes',
  'vgpu-backing': 'the type needs a card in the other MIG mode',
  'vgpu-instance-taken': 'no GPU instance is free that backs the type',
  'vgpu-edition': 'the GPU has no types of that series',
  'cut-anew': 'what is free of the card is kept for parts of another kind, or it is being cut into them',
  'vf-none-free': 'all virtual functions are in use',
  'vf-memory': 'a virtual function has less memory than wanted',
  'vf-fixed-while-used': 'the number of virtual functions is fixed while one is in use',
  'replica-none-free': 'all replicas are in use',
  'replica-more-than-one': 'more than one replica is refused by configuration',
  'mps-client-limit': 'the card has all the MPS clients it may have',
  'hook-memory': 'the hook library has too little memory left to grant',
  'hook-compute': 'the hook library has too little of the card left to grant',
  'gvtg-resources': 'too little aperture, hidden memory or fences are left',
  'swap-working-set': 'the working set is larger than the card, so it can never be paged in',
  'pool-session-limit': 'the pool has all the sessions it may have',
} as const;
export type RefusalRule = keyof typeof REFUSAL_RULES;

/** Why an ask does not fit on a card now. */
export interface Refusal {
  readonly refused: RefusalRule;
  /** The rule with the figures of this case, one sentence without a full stop. */
  readonly detail: string;
}

export function isRefusal(answer: Slot | Refusal): answer is Refusal {
  return 'refused' in answer;
}
