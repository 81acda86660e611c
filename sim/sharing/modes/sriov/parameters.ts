import type { Parameter } from '../../parameters.ts';
import { parameterFromTable } from '../from-overheads.ts';
import { vmParameters } from '../start-paths.ts';

const NOT_PUBLISHED = 'no published figure: an order of magnitude';

/** That a lone virtual function is as good as passthrough, where it was measured, is an inference. */
function asInPassthrough(id: string, what: string, parameter: string): Parameter {
  const own = { id, what, unit: 'fraction', min: 0.1, max: 1 } as const;
  return { ...parameterFromTable(own, 'passthrough', parameter), evidence: 'inferred' };
}

function seconds(
  id: string,
  what: string,
  low: number,
  typical: number,
  high: number,
  source: string,
): Parameter {
  return { id, what, unit: 'seconds', low, typical, high, min: 0, max: 7200, source, evidence: 'unverified' };
}

/** Figures of the `sriov` mode. */
export const SRIOV_PARAMETERS: readonly Parameter[] = [
  asInPassthrough(
    'sriov.lone',
    'speed of a lone virtual function relative to bare metal',
    'efficiency, compute',
  ),
  asInPassthrough(
    'sriov.lone-interactive',
    'the same with graphics or a desktop',
    'efficiency, interactive 3D',
  ),
  parameterFromTable(
    {
      id: 'sriov.aggregate',
      what: 'speed of all virtual functions together while turns change hands, relative to bare metal',
      unit: 'fraction',
      min: 0.1,
      max: 1,
    },
    'sr-iov',
    'aggregate efficiency',
  ),
  ...vmParameters('sriov'),
  {
    ...seconds(
      'sriov.large-bar',
      'more boot time where 128 GiB of the card are mapped, on Linux before 5.19',
      0,
      14,
      28,
      'PT-5, measured in passthrough',
    ),
    evidence: 'inferred',
  },
  seconds('sriov.vf-count', 'functions are removed and made anew in another number', 1, 5, 30, NOT_PUBLISHED),
  seconds(
    'sriov.driver-reload',
    'host driver reloads with another scheduler or partition mode',
    10,
    60,
    600,
    NOT_PUBLISHED,
  ),
];
