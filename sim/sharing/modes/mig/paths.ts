import type { MigModel } from '../../../hardware/index.ts';
import type { OperationPath } from '../../operation.ts';

/**
 * Ways to change the layout of a card and to put it into MIG mode. Instances beside the one that changes run on; no
 * instance moves or changes its size, so that to defragment is to drain and to create anew.
 */
export function cardPaths(mode: 'mig' | 'mig-vgpu', model: MigModel): OperationPath[] {
  const { resetRequired } = model.modeChange;
  return [
    {
      operation: 'change-layout',
      path: 'host',
      steps: [{ name: 'destroy and create instances', parameter: `${mode}.reconfigure` }],
      needsIdle: 'card',
      source: 'MIGRator, arXiv 2407.13126; MIG guide: only instances that are destroyed must be idle',
    },
    {
      operation: 'change-layout',
      path: 'scheduler',
      steps: [{ name: 'repartition', parameter: `${mode}.scheduler-assumed` }],
      needsIdle: 'card',
      source: 'MG-5',
    },
    {
      operation: 'change-layout',
      path: 'checkpoint',
      steps: [{ name: 'checkpoint, repartition, resume', parameter: `${mode}.checkpoint-reconfigure` }],
      needsIdle: 'card',
      source: 'MG-6',
    },
    {
      operation: 'change-layout',
      path: 'operator',
      steps: [{ name: 'drain pods, repartition, restart the plugin', parameter: `${mode}.operator` }],
      needsIdle: 'host',
      source: 'MG-7',
    },
    {
      operation: 'switch-mode',
      path: 'host',
      steps: resetRequired ? [{ name: 'reset the GPU', parameter: `${mode}.reset` }] : [],
      needsIdle: 'card',
      source: resetRequired
        ? 'MIG guide: Ampere needs no client and a GPU reset; the mode survives a reboot, instances do not'
        : 'MIG guide: Hopper and later need no client but no reset; neither mode nor instances survive a reboot',
    },
    {
      operation: 'switch-mode',
      path: 'operator',
      steps: [{ name: 'drain pods, switch, restart the plugin', parameter: `${mode}.operator` }],
      needsIdle: 'host',
      source: 'MG-7',
    },
  ];
}
