import type { Parameter } from './parameters.ts';

/** Figures about a host's links that no sharing mode owns. */
export const TOPOLOGY_PARAMETERS: readonly Parameter[] = [
  {
    id: 'host.cross-numa-bandwidth',
    what: 'part of the link bandwidth left to transfers between GPUs of different NUMA domains',
    unit: 'fraction',
    low: 0.6,
    typical: 0.8,
    high: 1,
    min: 0.05,
    max: 1,
    source: 'no published figure found that holds for servers in general',
    evidence: 'inferred',
  },
];
