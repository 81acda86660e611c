import { isInteractive } from '../ask.ts';
import type { SharingMode } from '../mode.ts';
import { parameterFromTable } from './from-overheads.ts';
import { vmParameters } from './start-paths.ts';
import { WholeCard } from './whole-card.ts';

const [vmBoot, vmShutdown] = vmParameters('passthrough');

/** A card handed to one virtual machine with VFIO. */
export const passthrough: SharingMode<'passthrough'> = {
  name: 'passthrough',
  title: 'Passthrough (VFIO)',
  summary: 'one virtual machine has the whole card',
  leavesOut: [
    'The frame rates of 2013 on Xen, 0.60 of native, are not in the range (PT-3).',
    'Pinning the memory of the guest lengthens its boot with its size.',
    'The licence that NVIDIA asks for graphics in the guest depends on the workload and is counted only where the scenario has `licences`.',
  ],
  parameters: [
    parameterFromTable(
      {
        id: 'passthrough.compute',
        what: 'speed of compute work relative to bare metal',
        unit: 'fraction',
        min: 0.1,
        max: 1,
      },
      'passthrough',
      'efficiency, compute',
    ),
    parameterFromTable(
      {
        id: 'passthrough.interactive',
        what: 'speed of graphics and desktops relative to bare metal',
        unit: 'fraction',
        min: 0.1,
        max: 1,
      },
      'passthrough',
      'efficiency, interactive 3D',
    ),
    vmBoot,
    vmShutdown,
    {
      id: 'passthrough.attach',
      what: 'resetting the GPU and mapping it into the guest',
      unit: 'seconds',
      low: 0.5,
      typical: 2,
      high: 14,
      min: 0,
      max: 600,
      source: 'high: PT-5, a 128 GiB BAR before Linux 5.19; low and typical: no published figure found',
      evidence: 'inferred',
    },
    {
      id: 'passthrough.rebind',
      what: 'giving the GPU from the host driver to VFIO, or back',
      unit: 'seconds',
      low: 1,
      typical: 5,
      high: 30,
      min: 0,
      max: 3600,
      source: 'no published figure found',
      evidence: 'unverified',
    },
  ],
  traits: {
    memoryIsolation: 'whole',
    faultIsolation: 'whole',
    faultEnds: 'tenant',
    performanceIsolation: 'whole',
    liveMigration: 'none',
    hostMetrics: 'no',
    peerToPeer: 'some',
    memoryReserved: true,
    layoutChange: 'tenant',
    graphics: 'yes',
    source: 'capability matrix (documented); peer to peer depends on the platform (inferred)',
  },
  check: (_config, { catalogue }) =>
    catalogue === null || catalogue.virtualization.passthrough
      ? []
      : [{ key: 'mode', message: `needs a GPU that can be passed through, got ${catalogue.name}` }],
  createCard: (_config, card, values) => {
    const compute = values.get('passthrough.compute');
    const interactive = values.get('passthrough.interactive');
    return new WholeCard(card, ({ uses }) => {
      const tenant = uses[0];
      return tenant !== undefined && isInteractive(tenant.workload) ? interactive : compute;
    });
  },
  operations: () => [
    {
      operation: 'start',
      path: 'host',
      steps: [
        { name: 'boot the virtual machine', parameter: 'passthrough.vm-boot' },
        { name: 'attach the GPU', parameter: 'passthrough.attach' },
      ],
      needsIdle: 'card',
      source: 'PT-5',
    },
    {
      operation: 'stop',
      path: 'host',
      steps: [{ name: 'shut the virtual machine down', parameter: 'passthrough.vm-shutdown' }],
      needsIdle: 'nothing',
      source: 'no published figure found',
    },
    {
      operation: 'switch-mode',
      path: 'host',
      steps: [{ name: 'rebind the GPU', parameter: 'passthrough.rebind' }],
      needsIdle: 'card',
      source: 'no published figure found',
    },
  ],
  licence: (_config, { catalogue }) => ({
    edition: 'none',
    metric: 'none',
    source:
      catalogue?.vendor === 'NVIDIA'
        ? 'capability matrix: none for compute; graphics in the guest needs RTX vWS (documented)'
        : 'capability matrix: none for compute (documented)',
  }),
};
