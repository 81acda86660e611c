/**
 * Sizes beyond which a scenario is refused. They keep a mistyped number from becoming an endless run; each lies
 * well above the largest public cluster or trace of its kind.
 */
export const MAX_HOSTS = 1_000_000;
export const MAX_HOST_GROUPS = 10_000;
export const MAX_GPUS_PER_HOST = 64;
/** Planned changes in one document, and hosts that they change in all: each is an event of its own. */
export const MAX_CHANGES = 10_000;
export const MAX_CHANGED_HOSTS = 10_000_000;
export const MAX_TASKS = 1_000_000_000;
export const MAX_CLASSES = 10_000;
export const MAX_REPLICATIONS = 100_000;
/** Largest seed: the largest whole number that a double holds without gaps. */
export const MAX_SEED = Number.MAX_SAFE_INTEGER;
/** Values (text, numbers, lists, mappings) in one document. */
export const MAX_DOCUMENT_VALUES = 2_000_000;
export const MAX_DOCUMENT_DEPTH = 32;
/** Simulated time by which the last arrival must be expected: half of the clock's 9e9 s, for the spread. */
export const MAX_EXPECTED_SPAN_SEC = 4.5e9;
