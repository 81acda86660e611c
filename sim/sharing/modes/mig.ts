import type { SharingMode } from '../mode.ts';
import { checkedLayout, checkedShape, migProblems } from './mig/check.ts';
import { instanceFigures } from './mig/figures.ts';
import { MigCard } from './mig/mig-card.ts';
import { partNeedsOf } from './mig/needs.ts';
import { cardPaths } from './mig/paths.ts';

/** GPU instances with SMs, caches, memory and engines of their own, for processes and containers. */
export const mig: SharingMode<'mig'> = {
  name: 'mig',
  title: 'NVIDIA MIG',
  summary: 'the hardware is cut into GPU instances with SMs, memory and engines of their own',
  leavesOut: [
    'The power budget that all instances have in common: neighbours only cost the slowdown parameter.',
    'GPU instance ids: parts are known by profile and start, because boards number their halves differently.',
    'Which SMs a compute instance takes, and faults that reach other compute instances of the same GPU instance.',
    'Memory and SMs of all profiles of B300 and GB300, and the memory of the large ones of B200, GB200 and GH200 144 GB, were not captured: memory is derived from the profile name, SMs from models with as many SMs (assumed).',
    'Speed tables were measured on A100; other GPUs are placed on the same curve by their SMs and memory slices (assumed).',
    'What the ten SMs that A100 loses in MIG mode would add is extrapolated from the tables, except for classes without a table, which are linear in SMs.',
    'Several processes of a job share its instance through MPS, whose gains and losses must be in the use that the job states.',
  ],
  parameters: instanceFigures('mig'),
  traits: {
    memoryIsolation: 'hard',
    faultIsolation: 'hard',
    faultEnds: 'domain',
    performanceIsolation: 'hard',
    liveMigration: 'none',
    hostMetrics: 'yes',
    peerToPeer: 'no',
    memoryReserved: true,
    layoutChange: 'tenant',
    graphics: 'some',
    source: 'sharing modes table and MIG guide (documented); compute instances have their memory in common',
  },
  check: (config, card) => migProblems(card, config.layout),
  createCard(config, card, values) {
    const shape = checkedShape(card);
    return new MigCard(card, {
      shape,
      fixed: checkedLayout(shape, config.layout),
      computeInstances: config.computeInstances,
      needs: partNeedsOf(values, 'mig', shape),
      neighbourSlowdown: values.get('mig.neighbour-slowdown'),
    });
  },
  operations(config, card) {
    const paths = cardPaths('mig', checkedShape(card).model);
    // The instances of a fixed layout stand already: starting in one takes nothing.
    if (config.layout !== null) return paths;
    const source = 'MIG guide: instances come and go beside running ones; ';
    return [
      {
        operation: 'start',
        path: 'host',
        steps: [{ name: 'create the instance', parameter: 'mig.create' }],
        needsIdle: 'nothing',
        source: `${source}MG-4`,
      },
      {
        operation: 'start',
        path: 'scheduler',
        steps: [{ name: 'repartition', parameter: 'mig.scheduler-assumed' }],
        needsIdle: 'nothing',
        source: 'MG-5',
      },
      {
        operation: 'start',
        path: 'operator',
        steps: [{ name: 'drain pods, repartition, restart the plugin', parameter: 'mig.operator' }],
        needsIdle: 'host',
        source: 'MG-7',
      },
      {
        operation: 'stop',
        path: 'host',
        steps: [{ name: 'destroy the instance', parameter: 'mig.destroy' }],
        needsIdle: 'tenant',
        source: `${source}MG-4`,
      },
      ...paths,
    ];
  },
  licence: () => ({
    edition: 'none',
    metric: 'none',
    source: 'sharing modes table; containers on MIG need no licence',
  }),
};
