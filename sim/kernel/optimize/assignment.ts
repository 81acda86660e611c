/**
 * Gives each row a column of its own at the least cost in all, by shortest augmenting paths: O(rows^2 x columns).
 *
 * @param cost of a row in a column; finite
 * @param rows at most `columns`
 * @returns by row: its column; among equally cheap ways always the same
 * @throws {RangeError} where there are more rows than columns
 * @see Jonker and Volgenant, A shortest augmenting path algorithm for dense and sparse linear assignment problems,
 *   Computing 38 (1987)
 */
export function assign(
  rows: number,
  columns: number,
  cost: (row: number, column: number) => number,
): Int32Array {
  if (rows > columns) throw new RangeError(`Cannot give ${rows} rows a column each: there are ${columns}`);
  const rowPrice = new Float64Array(rows + 1);
  const columnPrice = new Float64Array(columns + 1);
  /** By column from 1: its row from 1; 0: none. Column 0 holds the row that is being placed. */
  const rowOf = new Int32Array(columns + 1);
  const before = new Int32Array(columns + 1);
  for (let row = 1; row <= rows; row++) {
    const distance = new Float64Array(columns + 1).fill(Number.POSITIVE_INFINITY);
    const isDone = new Uint8Array(columns + 1);
    rowOf[0] = row;
    let at = 0;
    do {
      isDone[at] = 1;
      const from = rowOf[at] as number;
      let step = Number.POSITIVE_INFINITY;
      let next = 0;
      for (let column = 1; column <= columns; column++) {
        if (isDone[column] === 1) continue;
        const reduced =
          cost(from - 1, column - 1) - (rowPrice[from] as number) - (columnPrice[column] as number);
        if (reduced < (distance[column] as number)) {
          distance[column] = reduced;
          before[column] = at;
        }
        if ((distance[column] as number) < step) {
          step = distance[column] as number;
          next = column;
        }
      }
      for (let column = 0; column <= columns; column++) {
        if (isDone[column] === 1) {
          rowPrice[rowOf[column] as number]! += step;
          columnPrice[column]! -= step;
        } else distance[column]! -= step;
      }
      at = next;
    } while (rowOf[at] !== 0);
    for (; at !== 0; at = before[at] as number) rowOf[at] = rowOf[before[at] as number] as number;
  }
  const columnOf = new Int32Array(rows);
  for (let column = 1; column <= columns; column++) {
    const row = rowOf[column] as number;
    if (row !== 0) columnOf[row - 1] = column - 1;
  }
  return columnOf;
}
