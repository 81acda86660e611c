import type { CardSpec } from '../../card-spec.ts';
import type { OperationPath } from '../../operation.ts';

const START = [
  { name: 'boot the guest', parameter: 'vgpu.vm-boot' },
  { name: 'lease a licence', parameter: 'vgpu.licence' },
];
const STOP = [{ name: 'shut the guest down', parameter: 'vgpu.vm-shutdown' }];
const MIGRATION = 'R-mig-1, VG-6; same GPU model with a free place for the same type';

/** Cards whose memory needs a BAR of 128 GiB or more when all of it is mapped: PT-5 is about these. */
const LARGE_BAR_ABOVE_MIB = 64 * 1024;

const PATHS: readonly OperationPath[] = [
  { operation: 'start', path: 'host', steps: START, needsIdle: 'nothing', source: 'R-alloc-1, R-lic-2' },
  { operation: 'stop', path: 'host', steps: STOP, needsIdle: 'nothing', source: 'R-alloc-1, R-lic-2' },
  {
    operation: 'change-layout',
    path: 'type',
    steps: [...STOP, ...START],
    needsIdle: 'tenant',
    source: 'a type cannot change while its guest runs (R-alloc-1)',
  },
  {
    operation: 'change-layout',
    path: 'size-mode',
    steps: [{ name: 'set the size mode', parameter: 'vgpu.size-mode' }],
    needsIdle: 'card',
    source: 'R-mixed-1',
  },
  {
    operation: 'switch-mode',
    path: 'host-reload',
    steps: [{ name: 'reload the host driver', parameter: 'vgpu.host-reload' }],
    needsIdle: 'host',
    source: 'R-sched-4: policy and host driver change with a reload',
  },
  migration('6.7u1', true, 'above 100 s, 13 GiB, it fails'),
  migration('6.7u3', true, 'V100, 10 GbE'),
  migration('7.0', true, 'V100, 10 GbE'),
  migration('8.0', false, 'sub-second capability, no table'),
];

function migration(version: string, growsWithMemory: boolean, note: string): OperationPath {
  const figure = version.replace('.', '-');
  return {
    operation: 'migrate',
    path: `vsphere-${version}`,
    steps: [
      {
        name: 'stun the guest and copy its frame buffer',
        parameter: `vgpu.stun-${figure}`,
        ...(growsWithMemory ? { perGibParameter: `vgpu.stun-${figure}-per-gib` } : {}),
      },
    ],
    needsIdle: 'nothing',
    source: `${MIGRATION}; ${note}`,
  };
}

/** What changes take time on a card of this mode. */
export function vgpuOperations(card: CardSpec): readonly OperationPath[] {
  if (card.memoryMib <= LARGE_BAR_ABOVE_MIB) return PATHS;
  return [
    ...PATHS,
    {
      operation: 'start',
      path: 'host-large-bar',
      steps: [...START, { name: 'map the large BAR', parameter: 'vgpu.large-bar' }],
      needsIdle: 'nothing',
      source: 'PT-5, R-alloc-1',
    },
    { operation: 'stop', path: 'host-large-bar', steps: STOP, needsIdle: 'nothing', source: 'R-alloc-1' },
  ];
}
