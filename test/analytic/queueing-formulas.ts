/** Closed forms of queueing theory: Kleinrock, Queueing Systems, volume 1 (1975); rates per second, times in seconds. */

/**
 * Erlang's B: the share of arrivals lost by `servers` servers without a queue, by its recursion.
 *
 * @param load offered load in servers: arrival rate times mean service time
 */
export function erlangB(servers: number, load: number): number {
  let lost = 1;
  for (let n = 1; n <= servers; n++) lost = (load * lost) / (n + load * lost);
  return lost;
}

/** Erlang's C: the share of arrivals that wait for one of `servers` servers; needs load < servers. */
export function erlangC(servers: number, load: number): number {
  const lost = erlangB(servers, load);
  return lost / (1 - (load / servers) * (1 - lost));
}

/** Mean wait before service in M/M/c. */
export function meanWaitMmc(servers: number, load: number, meanServiceSec: number): number {
  return (erlangC(servers, load) * meanServiceSec) / (servers - load);
}

/** Mean wait before service in M/G/1, by Pollaczek and Khinchine. */
export function meanWaitMg1(utilization: number, meanServiceSec: number, serviceVariance: number): number {
  const squaredVariation = serviceVariance / (meanServiceSec * meanServiceSec);
  return ((utilization / (1 - utilization)) * meanServiceSec * (1 + squaredVariation)) / 2;
}

/** Mean time in the station of M/G/1 under processor sharing, whatever the service distribution of that mean. */
export function meanSojournShared(utilization: number, meanServiceSec: number): number {
  return meanServiceSec / (1 - utilization);
}
