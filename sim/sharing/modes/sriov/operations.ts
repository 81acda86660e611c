import type { OperationPath, OperationStep } from '../../operation.ts';

const BOOT = { name: 'boot the guest', parameter: 'sriov.vm-boot' };
const SHUTDOWN = { name: 'shut the guest down', parameter: 'sriov.vm-shutdown' };
const VM = 'SR-1, SR-2';
/** Functions whose memory needs a BAR of 128 GiB or more: PT-5 is about these. */
const LARGE_BAR_ABOVE_MIB = 64 * 1024;

const PATHS: readonly OperationPath[] = [
  { operation: 'start', path: 'host', steps: [BOOT], needsIdle: 'nothing', source: VM },
  { operation: 'stop', path: 'host', steps: [SHUTDOWN], needsIdle: 'nothing', source: VM },
  change('change-layout', 'vf-count', { name: 'make the functions anew', parameter: 'sriov.vf-count' }),
  change('change-layout', 'partition', { name: 'reload the host driver', parameter: 'sriov.driver-reload' }),
  change('switch-mode', 'host', { name: 'reload the host driver', parameter: 'sriov.driver-reload' }),
  {
    operation: 'migrate',
    path: 'cold',
    steps: [SHUTDOWN, BOOT],
    needsIdle: 'tenant',
    source: 'SR-5: live migration is mostly not offered; the guest restarts on the target',
  },
];

function change(operation: OperationPath['operation'], path: string, step: OperationStep): OperationPath {
  return {
    operation,
    path,
    steps: [step],
    needsIdle: 'card',
    source: 'SR-1: every guest of the card is off',
  };
}

/** What changes take time; `memoryMib` is the frame buffer of one function. */
export function sriovOperations(memoryMib: number): readonly OperationPath[] {
  if (memoryMib <= LARGE_BAR_ABOVE_MIB) return PATHS;
  const largeBar = { name: 'map the large BAR', parameter: 'sriov.large-bar' };
  return [
    ...PATHS,
    {
      operation: 'start',
      path: 'host-large-bar',
      steps: [BOOT, largeBar],
      needsIdle: 'nothing',
      source: `PT-5, ${VM}`,
    },
    { operation: 'stop', path: 'host-large-bar', steps: [SHUTDOWN], needsIdle: 'nothing', source: VM },
  ];
}
