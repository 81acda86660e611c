import type { Path } from '../path.ts';

/** A note before its path is written out. */
export type Remark = readonly [Path, string];
