import type { SharingMode } from '../mode.ts';
import { parameterFromTable } from './from-overheads.ts';
import { HookCard } from './hook-card.ts';
import { containerStart } from './start-paths.ts';

const start = containerStart('hook');

/** A library in each container that counts allocations and holds kernels back, as HAMi does. */
export const hook: SharingMode<'hook'> = {
  name: 'hook',
  title: 'Container hook (HAMi class)',
  summary: 'a library in the container refuses memory beyond a cap and holds kernels back at a percentage',
  leavesOut: [
    'The limiter takes about 84 ms to react (SW-3): a cap holds on average, not in each frame.',
    'Programs that get round the library, and single kernels longer than the limiter looks, are not held back.',
    'A tenant without a percentage is booked with the part of the card that its memory is.',
  ],
  parameters: [
    parameterFromTable(
      {
        id: 'hook.efficiency',
        what: 'speed of work under the library relative to without',
        unit: 'fraction',
        min: 0.1,
        max: 1,
      },
      'hook-library',
      'efficiency',
    ),
    {
      id: 'hook.cap-accuracy',
      what: 'part of its cap that a tenant really gets',
      unit: 'fraction',
      low: 0.88,
      typical: 0.94,
      high: 1,
      min: 0.1,
      max: 1,
      source: 'SW-3: 0.88 to 1; typical is the middle',
      evidence: 'derived',
    },
    {
      id: 'hook.together',
      what: 'work of all tenants together relative to one alone, while two or more are busy',
      unit: 'fraction',
      low: 0.7,
      typical: 0.9,
      high: 0.985,
      min: 0.1,
      max: 1,
      source:
        'TS-2 to TS-5: below the library the driver time-slices; SW-2 saw a noisy neighbour cost 0.108 to 0.202',
      evidence: 'inferred',
    },
    ...start.parameters,
  ],
  traits: {
    memoryIsolation: 'soft',
    faultIsolation: 'none',
    faultEnds: 'card',
    performanceIsolation: 'cap',
    liveMigration: 'none',
    hostMetrics: 'yes',
    peerToPeer: 'yes',
    memoryReserved: true,
    layoutChange: 'none',
    graphics: 'no',
    source: 'capability matrix (measured, code)',
  },
  check: (_config, { catalogue }) =>
    catalogue === null || catalogue.vendor === 'NVIDIA'
      ? []
      : [{ key: 'mode', message: `needs an NVIDIA GPU: CUDA is what it hooks, got ${catalogue.name}` }],
  createCard: (_config, card, values) =>
    new HookCard(card, {
      efficiency: values.get('hook.efficiency'),
      capAccuracy: values.get('hook.cap-accuracy'),
      together: values.get('hook.together'),
    }),
  operations: () => start.operations,
  licence: () => ({ edition: 'none', metric: 'none', source: 'capability matrix: none (code)' }),
};
