/** A table of data for other programs: names in snake_case with the unit as their end, one type a column. */
export interface DataTable {
  /** Name of the file, without its ending. */
  readonly name: string;
  readonly columns: readonly DataColumn[];
  /** Cells in the order of the columns; null where there is nothing. */
  readonly rows: readonly (readonly (string | number | null)[])[];
}

export interface DataColumn {
  readonly name: string;
  readonly type: 'text' | 'number' | 'count';
}

export const text = (name: string): DataColumn => ({ name, type: 'text' });
export const number = (name: string): DataColumn => ({ name, type: 'number' });
/** Whole numbers of up to 2^31. */
export const count = (name: string): DataColumn => ({ name, type: 'count' });
