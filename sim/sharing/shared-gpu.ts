import type { CardSpec } from './card-spec.ts';
import type { SharingConfig } from './config.ts';
import type { Card, SharingMode } from './mode.ts';
import type { OperationName, OperationPath } from './operation.ts';
import type { ParameterValues } from './parameters.ts';

/** A GPU with the mode that shares it and the figures in force: all that is needed to run it. */
export interface SharedGpu {
  readonly mode: SharingMode;
  /** Of that mode, without problems for `spec`. */
  readonly config: SharingConfig;
  readonly spec: CardSpec;
  readonly values: ParameterValues;
}

/** A card without tenants. */
export function openCard({ mode, config, spec, values }: SharedGpu): Card {
  return mode.createCard(config, spec, values);
}

/**
 * The way to do an operation that has the given name, if the mode has it.
 *
 * @param path undefined: the first way that it has
 */
export function pathNamed(
  { mode, config, spec }: SharedGpu,
  operation: OperationName,
  path: string | undefined,
): OperationPath | undefined {
  return mode
    .operations(config, spec)
    .find((each) => each.operation === operation && (path === undefined || each.path === path));
}

/**
 * How long an operation takes: the sum of its steps, one after another.
 *
 * @param memoryMib frame buffer of the tenant, for steps that copy it
 * @returns seconds
 */
export function operationSeconds(path: OperationPath, values: ParameterValues, memoryMib: number): number {
  let seconds = 0;
  for (const { parameter, perGibParameter } of path.steps) {
    if (parameter !== undefined) seconds += values.get(parameter);
    if (perGibParameter !== undefined) seconds += values.get(perGibParameter) * (memoryMib / 1024);
  }
  return seconds;
}
