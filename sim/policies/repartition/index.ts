export * from './clearing.ts';
export * from './cut-choice.ts';
export * from './defragment.ts';
export type { Demand } from './demand.ts';
export * from './instance-times.ts';
export * from './look-ahead.ts';
export * from './mig-layout-choice.ts';
export { profilesBySize } from './mig-options.ts';
export type { PlanObjective, RepartitionProblem } from './plan-problem.ts';
export * from './planner.ts';
export { serve } from './serving.ts';
export * from './sriov-layout-choice.ts';
export * from './vgpu-layout-choice.ts';
export type * from './view.ts';

/** What re-partitioning can be asked, in listing order: one line for help, and where the method comes from. */
export const REPARTITIONING: readonly {
  readonly name: string;
  readonly summary: string;
  readonly source: string;
}[] = [
  {
    name: 'mig-layouts',
    summary: 'the MIG layouts of cards that serve the present demand best',
    source: 'exhaustive over full layouts; bound by Lagrangian prices (Held, Wolfe and Crowder 1974)',
  },
  {
    name: 'vgpu-sizes',
    summary: 'the vGPU size, or the mix of sizes and starts, that serves the present demand best',
    source: 'exhaustive under rules R-equal-1 and R-mixed-1 to 3',
  },
  {
    name: 'vf-count',
    summary: 'the number of virtual functions that serves the present demand best',
    source: 'exhaustive under rules SR-1, SR-2 and SR-4',
  },
  {
    name: 'plan',
    summary: 'the cheapest waits, stops, moves, deletions and creations from one layout to another',
    source: 'A* (Hart, Nilsson and Raphael 1968) under the rules of the MIG guide',
  },
  {
    name: 'look-ahead',
    summary: 'where to create an instance so that the largest profiles stay possible',
    source: 'expectimax over layouts; never below the start that the driver takes',
  },
  {
    name: 'defragment',
    summary: 'moves of running jobs that make room, where the gain is worth the cost',
    source: 'exhaustive over one and two moves',
  },
];
