import type { Parameter } from './parameters.ts';

/** Figures about guests without a licence that are known roughly or not at all, in place of which a scenario may state its own. */
export const LICENCE_PARAMETERS: readonly Parameter[] = [
  {
    id: 'licence.unlicensed-compute',
    what: 'speed of compute work of a guest without a licence, from the first step on',
    unit: 'fraction',
    low: 0.001,
    typical: 0.0167,
    high: 0.1,
    min: 0,
    max: 1,
    source:
      'cudf issue 10507: a start of seconds takes over 5 minutes (typical: about 5 s in 300 s), allocations of MB several seconds; no figure for running work found',
    evidence: 'inferred',
  },
  {
    id: 'licence.second-step',
    what: 'time without a licence after which a guest has no CUDA and 3 frames a second',
    unit: 'seconds',
    low: 86_400,
    typical: 86_400,
    high: 259_200,
    min: 1,
    max: 31_536_000,
    source: 'reports of 24 to 72 h (vgpu_unlock issue 79); the exact hour is not published',
    evidence: 'unverified',
  },
  {
    id: 'licence.lease',
    what: 'time for which a client keeps a licence that it cannot renew',
    unit: 'seconds',
    low: 900,
    typical: 86_400,
    high: 604_800,
    min: 1,
    max: 31_536_000,
    source: 'no published default retrieved; a day is usual, and set at the licence server',
    evidence: 'unverified',
  },
];
