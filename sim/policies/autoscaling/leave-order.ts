/** A host of a group that is there and takes jobs in. */
export interface ServingHost {
  readonly host: number;
  /** Since when it is there. */
  readonly sinceUs: number;
  /** Since when nobody is on it; Infinity: somebody is. */
  readonly idleSinceUs: number;
  /** Jobs and parts of jobs on it. */
  readonly residents: number;
  /** GPU that is allocated on it, and that it has, in thousandths. */
  readonly usedMilli: number;
  readonly gpuMilli: number;
}

/** Hosts in the order in which they leave: the emptiest first; of equals the one that came last, then the last by number. */
export function leaveOrder(hosts: readonly ServingHost[]): readonly ServingHost[] {
  return [...hosts].sort(
    (a, b) =>
      a.usedMilli - b.usedMilli || a.residents - b.residents || b.sinceUs - a.sinceUs || b.host - a.host,
  );
}
