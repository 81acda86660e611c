import type { SharingMode } from '../mode.ts';
import { timeShared } from '../speed/time-shared.ts';
import { CountedCard } from './counted-card.ts';
import { vmParameters } from './start-paths.ts';
import { tenantsProblem, vmOperations } from './tenants.ts';

/** The guest's driver hands graphics calls to the host, which runs them on its GPU. */
export const paravirtual: SharingMode<'paravirtual'> = {
  name: 'paravirtual',
  title: 'Paravirtual GPU',
  summary: 'a driver in the guest passes graphics calls to the host, whose GPU serves all guests in turns',
  leavesOut: [
    'The CPU time that translating the calls takes on the host is not counted.',
    'Switching between guests costs nothing beyond the loss of the mode.',
  ],
  parameters: [
    {
      id: 'paravirtual.efficiency',
      what: 'speed relative to native',
      unit: 'fraction',
      low: 0.3,
      typical: 0.825,
      high: 0.85,
      min: 0.01,
      max: 1,
      source:
        'article-2: loss 15-20 %, middle taken; article-1: 30-50 % of native for emulation and paravirtual alike; no measurement found',
      evidence: 'unverified',
    },
    ...vmParameters('paravirtual'),
  ],
  traits: {
    memoryIsolation: 'soft',
    faultIsolation: 'soft',
    faultEnds: 'tenant',
    performanceIsolation: 'none',
    liveMigration: 'some',
    hostMetrics: 'yes',
    peerToPeer: 'no',
    memoryReserved: false,
    layoutChange: 'none',
    graphics: 'yes',
    source: 'not in the capability matrix; inferred from how the calls travel',
  },
  check: ({ tenants }) => tenantsProblem(tenants),
  createCard: ({ tenants }, card, values) => {
    const efficiency = values.get('paravirtual.efficiency');
    return new CountedCard(card, {
      count: tenants,
      word: 'guest',
      full: 'pool-session-limit',
      wholeGets: 'every-place',
      memory: 'shared',
      memoryMib: card.memoryMib,
      speeds: (residents, into) => timeShared(residents, 1, efficiency, card.linkBytesPerSec, into),
    });
  },
  operations: () => vmOperations('paravirtual'),
  licence: () => ({ edition: 'none', metric: 'none', source: 'part of the hypervisor (inferred)' }),
};
