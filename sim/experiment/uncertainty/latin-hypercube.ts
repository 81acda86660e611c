import { RandomStream } from '../../kernel/random.ts';

/**
 * Latin hypercube sample of the unit cube: of the `samples` equal strata of each dimension every one holds exactly one
 * point, and the strata of different dimensions are paired at random. Each dimension draws from its own stream, named
 * after it, so that adding or removing one moves no other.
 *
 * @param samples whole, 1 or more
 * @param dimensions distinct names
 * @returns by sample, then by dimension in the order given; each number in [0, 1)
 * @see McKay, Beckman and Conover, A comparison of three methods for selecting values of input variables, Technometrics
 *   21(2), 1979
 */
export function latinHypercube(
  seed: number,
  samples: number,
  dimensions: readonly string[],
): readonly (readonly number[])[] {
  const columns = dimensions.map((name) => {
    const random = RandomStream.named(seed, 'uncertainty', name);
    const strata = Array.from({ length: samples }, (_, i) => i);
    random.shuffle(strata);
    // The sum may round up to the next stratum: its last number instead keeps one point in each.
    return strata.map((stratum) =>
      Math.min((stratum + random.next()) / samples, below(stratum + 1, samples)),
    );
  });
  return Array.from({ length: samples }, (_, i) => columns.map((column) => column[i] as number));
}

/** The largest double whose product with `samples` is below `stratum`. */
function below(stratum: number, samples: number): number {
  let value = stratum / samples;
  while (value * samples >= stratum) value -= value * Number.EPSILON;
  return value;
}
