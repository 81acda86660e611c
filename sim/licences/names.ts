/** Editions whose counting is known: ids of the catalogue of licences (`sim/hardware/prices`). */
export const LICENCE_EDITIONS = ['vapps', 'vpc', 'vws', 'nvaie', 'vcs', 'orionx', 'vcf', 'vvf'] as const;
export type LicenceEdition = (typeof LICENCE_EDITIONS)[number];

/**
 * What one licence is for: `user` one virtual machine, or user, that runs; `gpu` one physical GPU that carries such a
 * tenant; `card` one GPU that is there; `core` one core of a host that is there, at least 16 for each of its processors.
 */
export const LICENCE_METRICS = ['user', 'gpu', 'card', 'core'] as const;
export type LicenceMetric = (typeof LICENCE_METRICS)[number];

/** What becomes of who finds no licence free: it starts and is restricted later, waits in the queue, or is turned away. */
export const WHEN_NONE = ['degrade', 'wait', 'reject'] as const;
export type WhenNone = (typeof WHEN_NONE)[number];

/**
 * Why somebody runs without a licence: `growth` more run than there are licences; `server` no licence server answers;
 * `region` licences of the edition do not hold where it runs; `lapse`
 * subscriptions have ended and are not renewed (yet).
 */
export const LICENCE_CAUSES = ['growth', 'server', 'region', 'lapse'] as const;
export type LicenceCause = (typeof LICENCE_CAUSES)[number];
