import type { Parameter } from '../../sim/sharing/index.ts';

/** A parameter of no mode, for studies of functions whose answers are known. */
export function stubParameter(
  id: string,
  [low, typical, high]: readonly [number, number, number],
  evidence: Parameter['evidence'] = 'measured',
): Parameter {
  return {
    id,
    what: `stub ${id}`,
    unit: 'fraction',
    low,
    typical,
    high,
    min: low - 1,
    max: high + 1,
    source: 'made up for this test',
    evidence,
  };
}
