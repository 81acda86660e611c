import type { SharingMode } from '../mode.ts';
import { timeShared } from '../speed/time-shared.ts';
import { CountedCard } from './counted-card.ts';
import { containerStart } from './start-paths.ts';
import { tenantsProblem } from './tenants.ts';

const start = containerStart('edge-pool');

/** Small boards whose CPU and GPU use one memory, such as two Jetson Orin. The pool is the hosts; this is one board. */
export const edgePool: SharingMode<'edge-pool'> = {
  name: 'edge-pool',
  title: 'Edge boards as one pool',
  summary: 'containers on boards with unified memory; those of one board take turns on its GPU',
  leavesOut: [
    'CPU and GPU compete for the memory bandwidth of the board.',
    'The power mode of the board, which sets its clocks, is not modelled.',
    'There is no link: copies within the unified memory cost nothing.',
  ],
  parameters: [
    {
      id: 'edge-pool.together',
      what: 'work of all containers together relative to one alone, while two or more are busy',
      unit: 'fraction',
      low: 0.7,
      typical: 0.9,
      high: 0.985,
      min: 0.1,
      max: 1,
      source: 'TS-2 to TS-5, measured on data-centre and desktop GPUs',
      evidence: 'inferred',
    },
    {
      id: 'edge-pool.gpu-memory',
      what: 'part of the memory that is left to GPU work by the system and the CPU side of the programs',
      unit: 'fraction',
      low: 0.6,
      typical: 0.8,
      high: 0.95,
      min: 0.05,
      max: 1,
      source: 'no published figure found',
      evidence: 'unverified',
    },
    ...start.parameters,
  ],
  traits: {
    memoryIsolation: 'none',
    faultIsolation: 'none',
    faultEnds: 'card',
    performanceIsolation: 'none',
    liveMigration: 'none',
    hostMetrics: 'yes',
    peerToPeer: 'no',
    memoryReserved: false,
    layoutChange: 'none',
    graphics: 'some',
    source: 'not in the capability matrix; as Kubernetes time-slicing (inferred)',
  },
  check: ({ tenants }, { catalogue }) =>
    catalogue === null
      ? tenantsProblem(tenants)
      : [
          {
            key: 'mode',
            message: `needs a board with unified memory, which the catalogue does not list, got ${catalogue.name}`,
          },
          ...tenantsProblem(tenants),
        ],
  createCard: ({ tenants }, card, values) => {
    const together = values.get('edge-pool.together');
    return new CountedCard(card, {
      count: tenants,
      word: 'container',
      full: 'pool-session-limit',
      wholeGets: 'every-place',
      memory: 'shared',
      memoryMib: Math.floor(card.memoryMib * values.get('edge-pool.gpu-memory')),
      speeds: (residents, into) => timeShared(residents, together, 1, Number.POSITIVE_INFINITY, into),
    });
  },
  operations: () => start.operations,
  licence: () => ({ edition: 'none', metric: 'none', source: 'part of the board (inferred)' }),
};
