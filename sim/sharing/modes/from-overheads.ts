import { overheadDefault } from '../../hardware/index.ts';
import type { Parameter } from '../parameters.ts';

/**
 * A parameter whose figures and sources are those of the table of overhead defaults.
 *
 * @param mode of the table
 * @param parameter of the table
 * @throws {RangeError} where the table has none, or a formula instead of figures
 */
export function parameterFromTable(
  own: Pick<Parameter, 'id' | 'what' | 'unit' | 'min' | 'max'>,
  mode: string,
  parameter: string,
): Parameter {
  const { low, typical, high, basedOn, confidence } = overheadDefault(mode, parameter);
  if (low === null || typical === null || high === null) {
    throw new RangeError(`Cannot make parameter "${own.id}": "${mode}", "${parameter}" is a formula`);
  }
  return { ...own, low, typical, high, source: basedOn.join(', '), evidence: confidence };
}
