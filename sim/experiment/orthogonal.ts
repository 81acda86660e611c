/** Columns as sums of perpendicular directions of length 1: `column[c] = Σ upper[c][j] · basis[j]`, j = 0 to c. */
export interface Orthogonal {
  readonly basis: readonly (readonly number[])[];
  readonly upper: readonly (readonly number[])[];
}

/**
 * Gram and Schmidt, with a second pass that keeps directions perpendicular where columns are nearly the same.
 *
 * @param columns all of the same length
 * @param small length below which what is left of a column counts as nothing
 * @returns null where a column is nothing beside those before it
 */
export function orthogonal(columns: readonly (readonly number[])[], small: number): Orthogonal | null {
  const basis: number[][] = [];
  const upper: number[][] = [];
  for (const column of columns) {
    const rest = [...column];
    const shares = new Array<number>(basis.length).fill(0);
    for (let pass = 0; pass < 2; pass++) {
      basis.forEach((direction, j) => {
        const share = dot(rest, direction);
        shares[j] = (shares[j] as number) + share;
        rest.forEach((value, i) => {
          rest[i] = value - share * (direction[i] as number);
        });
      });
    }
    const left = Math.sqrt(dot(rest, rest));
    if (!(left > small)) return null;
    basis.push(rest.map((value) => value / left));
    upper.push([...shares, left]);
  }
  return { basis, upper };
}

/** Weights of the columns whose sum has these parts along the basis: the triangular system, from the last one up. */
export function solveUpper({ upper }: Orthogonal, parts: readonly number[]): number[] {
  const weights = [...parts];
  for (let j = parts.length - 1; j >= 0; j--) {
    let rest = parts[j] as number;
    for (let m = j + 1; m < parts.length; m++) rest -= (upper[m]?.[j] as number) * (weights[m] as number);
    weights[j] = rest / (upper[j]?.[j] as number);
  }
  return weights;
}

export function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
