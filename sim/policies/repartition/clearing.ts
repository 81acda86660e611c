/** A job in the way of a new cut. */
export interface JobInTheWay {
  /** Time until it ends by itself; null where nobody knows. */
  readonly remainingUs: number | null;
  /** Part of the card that it has, in (0, 1]. */
  readonly share: number;
  /** How it may leave before: how long that takes, and how much work is lost with it. Null where it may not. */
  readonly drain: { readonly takesUs: number; readonly lostUs: number } | null;
}

export interface Clearing {
  /** How long the jobs that end by then are waited for; the others leave before their ends, all at once, afterwards. */
  readonly waitUs: number;
  /** GPU-microseconds without a running job until all are gone, and of work that is done again. */
  readonly lostGpuUs: number;
  /** By job: whether it leaves before its end. */
  readonly leaves: readonly boolean[];
}

/**
 * How the jobs of a card that is to be cut anew leave it at the least loss of GPU time; of equals with the fewest
 * that leave before their ends. Exact: who is waited for depends on the length of the wait alone, which is best
 * ended when one of them ends.
 *
 * @param freeShare part of the card that stands idle from the start, in [0, 1]
 * @returns undefined where somebody neither may leave nor is known to end
 */
export function chooseClearing(jobs: readonly JobInTheWay[], freeShare: number): Clearing | undefined {
  const least = jobs.reduce(
    (longest, { drain, remainingUs }) =>
      drain === null ? Math.max(longest, remainingUs ?? Number.POSITIVE_INFINITY) : longest,
    0,
  );
  if (least === Number.POSITIVE_INFINITY) return undefined;
  const waits = new Set([least]);
  for (const { remainingUs } of jobs) if (remainingUs !== null && remainingUs > least) waits.add(remainingUs);
  let found: (Clearing & { readonly left: number }) | undefined;
  for (const waitUs of [...waits].sort((a, b) => a - b)) {
    const leaves = jobs.map(({ remainingUs }) => remainingUs === null || remainingUs > waitUs);
    const clearUs = jobs.reduce(
      (longest, { drain }, job) => (leaves[job] ? Math.max(longest, drain?.takesUs ?? 0) : longest),
      0,
    );
    let lostGpuUs = (waitUs + clearUs) * freeShare;
    jobs.forEach(({ remainingUs, share, drain }, job) => {
      lostGpuUs +=
        share * (leaves[job] ? clearUs + (drain?.lostUs ?? 0) : waitUs + clearUs - (remainingUs as number));
    });
    const left = leaves.filter((each) => each).length;
    const isBetter =
      found === undefined ||
      lostGpuUs < found.lostGpuUs ||
      (lostGpuUs === found.lostGpuUs && left < found.left);
    if (isBetter) found = { waitUs, lostGpuUs, leaves, left };
  }
  if (found === undefined) return undefined;
  const { left: _, ...clearing } = found;
  return clearing;
}
