import type { Parameter } from '../../sharing/index.ts';
import { latinHypercube } from './latin-hypercube.ts';
import { triangularQuantile } from './triangular.ts';

/** Values of the varied parameters in one run, by parameter id. */
export type Overheads = Readonly<Record<string, number>>;

/** The runs of an uncertainty study. All of them take the same seeds: what differs is the parameters alone. */
export interface Design {
  readonly parameters: readonly Parameter[];
  readonly seed: number;
  /** By parameter: itself at its low and at its high value, the others typical. Null where that is its typical value. */
  readonly ends: readonly { readonly low: Overheads | null; readonly high: Overheads | null }[];
  /** Latin hypercube sample over all parameters together. */
  readonly samples: readonly Overheads[];
}

/**
 * @param parameters with low <= typical <= high
 * @param samples whole, 1 or more
 */
export function uncertaintyDesign(parameters: readonly Parameter[], samples: number, seed: number): Design {
  const points = latinHypercube(
    seed,
    samples,
    parameters.map(({ id }) => id),
  );
  return {
    parameters,
    seed,
    ends: parameters.map(({ id, low, typical, high }) => ({
      low: low === typical ? null : { [id]: low },
      high: high === typical ? null : { [id]: high },
    })),
    samples: points.map((point) =>
      Object.fromEntries(
        parameters.map((each, p) => [each.id, triangularQuantile(each, point[p] as number)]),
      ),
    ),
  };
}

/** The runs of a design beside the one at typical values: ends in the order of the parameters, then the samples. */
export function designRuns({ ends, samples }: Design): readonly Overheads[] {
  return [...ends.flatMap(({ low, high }) => [low, high].filter((each) => each !== null)), ...samples];
}
