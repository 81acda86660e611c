import type { SharingMode } from '../mode.ts';
import { SoftwareSpeed } from '../speed/software.ts';
import { refuseWithout } from './api-needs.ts';
import { CountedCard } from './counted-card.ts';
import { parameterFromTable } from './from-overheads.ts';
import { vmParameters } from './start-paths.ts';
import { tenantsProblem, vmOperations } from './tenants.ts';

/** The CPU draws. The host's cores stand in for the card. */
export const software: SharingMode<'software'> = {
  name: 'software',
  title: 'Software rendering',
  summary: "the host's CPU renders in place of a GPU, for all tenants together",
  leavesOut: [
    'The speed is that of a whole host, whatever its CPU is; cores that tenants use otherwise are not taken off.',
    'Frame buffers lie in the host memory and are not counted.',
  ],
  parameters: [
    parameterFromTable(
      {
        id: 'software.speed',
        what: 'speed of the GPU part of the work relative to a current mid-range GPU',
        unit: 'fraction',
        min: 0.0001,
        max: 1,
      },
      'software-rendering',
      'speed relative to a current mid-range GPU',
    ),
    ...vmParameters('software'),
    {
      id: 'software.live-migration',
      what: 'moving a running guest to another host',
      unit: 'seconds',
      low: 1,
      typical: 10,
      high: 60,
      min: 0,
      max: 3600,
      source: 'no published figure found; there is no GPU state to copy',
      evidence: 'unverified',
    },
  ],
  traits: {
    memoryIsolation: 'hard',
    faultIsolation: 'hard',
    faultEnds: 'tenant',
    performanceIsolation: 'share',
    liveMigration: 'live',
    hostMetrics: 'yes',
    peerToPeer: 'no',
    memoryReserved: false,
    layoutChange: 'none',
    graphics: 'yes',
    source: 'capability matrix; isolation is that of processes or guests on a CPU (inferred)',
  },
  check: ({ tenants }) => tenantsProblem(tenants),
  createCard: ({ tenants }, card, values) => {
    const speed = new SoftwareSpeed(values.get('software.speed'));
    return new CountedCard(card, {
      count: tenants,
      word: 'renderer',
      full: 'pool-session-limit',
      wholeGets: 'every-place',
      memory: 'elsewhere',
      memoryMib: card.memoryMib,
      refuse: (ask) => refuseWithout('CUDA', ask),
      speeds: (residents, into) => speed.speeds(residents, into),
    });
  },
  operations: () => [
    ...vmOperations('software'),
    {
      operation: 'migrate',
      path: 'live',
      steps: [{ name: 'copy the guest', parameter: 'software.live-migration' }],
      needsIdle: 'nothing',
      source: 'capability matrix: live',
    },
  ],
  licence: () => ({ edition: 'none', metric: 'none', source: 'capability matrix: none' }),
};
