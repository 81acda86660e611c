/** Software licences as resources: who needs one, how they are counted, and what becomes of who has none. */
export { EDITION_RULES, LEAST_CORES_PER_CPU } from './editions.ts';
export { type EntitlementStep, entitlementOverTime } from './entitlement.ts';
export * from './names.ts';
export { editionNeeded } from './need.ts';
export { knownRestrictions, RENEWAL_SHARE, type Restriction } from './restriction.ts';
