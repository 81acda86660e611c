/** A job on a fluid server; times and lengths in seconds. */
export interface FluidJob {
  readonly name: string;
  readonly at: number;
  readonly cost: number;
  readonly tenant: string;
}

/**
 * Ends of jobs on a server of speed 1 that serves all tenants with work at once, each at a rate by its weight, and each
 * tenant's jobs one after another (generalized processor sharing): from one change of rates to the next.
 */
export function fluidEnds(
  jobs: readonly FluidJob[],
  weightOf: (tenant: string) => number,
): Record<string, number> {
  const ends: Record<string, number> = {};
  const coming = jobs.map((job, i) => ({ job, i })).sort((a, b) => a.job.at - b.job.at || a.i - b.i);
  const queues = new Map<string, { name: string; left: number }[]>();
  let now = 0;
  let next = 0;
  for (;;) {
    const busy = [...queues].filter(([, queue]) => queue.length > 0);
    const weights = busy.reduce((sum, [tenant]) => sum + weightOf(tenant), 0);
    const arrival = coming[next]?.job.at ?? Number.POSITIVE_INFINITY;
    let until = arrival;
    let ending = '';
    for (const [tenant, [head]] of busy) {
      const end = now + ((head as { left: number }).left * weights) / weightOf(tenant);
      if (end < until) {
        until = end;
        ending = tenant;
      }
    }
    if (until === Number.POSITIVE_INFINITY) return ends;
    for (const [tenant, [head]] of busy) {
      (head as { left: number }).left -= ((until - now) * weightOf(tenant)) / weights;
    }
    now = until;
    if (ending !== '') {
      const head = queues.get(ending)?.shift();
      ends[(head as { name: string }).name] = now;
      continue;
    }
    const { job } = coming[next++] as { job: FluidJob };
    const queue = queues.get(job.tenant) ?? [];
    queue.push({ name: job.name, left: job.cost });
    queues.set(job.tenant, queue);
  }
}
