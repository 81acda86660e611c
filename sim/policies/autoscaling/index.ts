export { Held } from './held.ts';
export { leaveOrder, type ServingHost } from './leave-order.ts';
export type { ScaleIn, ScaleOut, ScalePlan, WeekSlot } from './plan.ts';
export { allocatedPart, decideScale, type ScaleDecision, type ScaleView } from './scale.ts';
export { DAY_US, floorAt } from './week.ts';
