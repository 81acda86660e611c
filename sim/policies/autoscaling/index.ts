export { Held } from './held.ts';
export type { ServingHost } from './leave-order.ts';
export type { ScaleIn, ScaleOut, ScalePlan } from './plan.ts';
export { decideScale } from './scale.ts';
export { DAY_US } from './week.ts';
