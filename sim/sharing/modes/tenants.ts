import type { ConfigProblem } from '../mode.ts';
import type { OperationPath } from '../operation.ts';

/** Limit of the books, which count in thousandths of a card. */
const MOST_TENANTS = 1000;

/** What is wrong with a number of tenants. */
export function tenantsProblem(tenants: number): readonly ConfigProblem[] {
  if (Number.isInteger(tenants) && tenants >= 1 && tenants <= MOST_TENANTS) return [];
  return [{ key: 'tenants', message: `must be a whole number from 1 to ${MOST_TENANTS}, got ${tenants}` }];
}

/** Boot and shutdown of a guest, with the parameters of `vmParameters`. */
export function vmOperations(mode: string): readonly OperationPath[] {
  return [
    {
      operation: 'start',
      path: 'host',
      steps: [{ name: 'boot the virtual machine', parameter: `${mode}.vm-boot` }],
      needsIdle: 'nothing',
      source: 'no published figure found',
    },
    {
      operation: 'stop',
      path: 'host',
      steps: [{ name: 'shut the virtual machine down', parameter: `${mode}.vm-shutdown` }],
      needsIdle: 'nothing',
      source: 'no published figure found',
    },
  ];
}
