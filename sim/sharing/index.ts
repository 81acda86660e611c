/** Sharing modes: how one GPU is divided among tenants, and what that does to fit, speed, isolation and cost. */
export * from './ask.ts';
export type { CardCut, Cut, CutPlace, PartKind } from './card-cut.ts';
export type { CardSpec } from './card-spec.ts';
export type { ConfigOf, SharingConfig } from './config.ts';
export type { InstanceChoice, InstanceLayout } from './instance-layout.ts';
export { losslessTwin, losslessValue } from './lossless.ts';
export type { Card, ConfigProblem, SharingMode } from './mode.ts';
export { SHARING_MODES, SHARING_PARAMETERS, sharingMode } from './modes/index.ts';
export * from './names.ts';
export type { OperationName, OperationPath, OperationStep } from './operation.ts';
export { isAssumed, type Parameter, ParameterValues } from './parameters.ts';
export { Residents } from './residents.ts';
export { openCard, operationSeconds, pathNamed, type SharedGpu } from './shared-gpu.ts';
export { isRefusal, REFUSAL_RULES, type Refusal, type RefusalRule, type Slot } from './slot.ts';
export { limitByLink } from './speed/link.ts';
export { type UseElsewhere, useOn } from './speed/relative.ts';
export type { LicenceNeed, ModeTraits } from './traits.ts';
