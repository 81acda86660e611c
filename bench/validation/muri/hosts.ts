/** Hosts of the published experiments, and GPUs of each. */
export const HOSTS = 8;
export const GPUS_PER_HOST = 8;

/** GPUs taken of one host. */
export interface Part {
  readonly host: number;
  readonly gpus: number;
}

/** Which host is taken of those that fit: the first, or the first of those with the fewest free GPUs. */
export type HostChoice = 'first' | 'fullest';

/**
 * Where a job goes: up to a whole host on one host, more on the first empty hosts and the rest on one more.
 *
 * @param free free GPUs by host
 * @returns undefined if it does not fit
 */
export function placeOn(free: readonly number[], gpus: number, choice: HostChoice): Part[] | undefined {
  const parts: Part[] = [];
  const wholeHosts = Math.floor(gpus / GPUS_PER_HOST);
  for (let host = 0; host < free.length && parts.length < wholeHosts; host++) {
    if (free[host] === GPUS_PER_HOST) parts.push({ host, gpus: GPUS_PER_HOST });
  }
  if (parts.length < wholeHosts) return undefined;
  const rest = gpus % GPUS_PER_HOST;
  if (rest === 0) return parts;
  let best: number | undefined;
  for (let host = 0; host < free.length; host++) {
    const room = free[host] as number;
    if (room < rest || parts.some((part) => part.host === host)) continue;
    if (best === undefined || (choice === 'fullest' && room < (free[best] as number))) best = host;
  }
  if (best === undefined) return undefined;
  parts.push({ host: best, gpus: rest });
  return parts;
}

export function emptyHosts(): number[] {
  return Array.from({ length: HOSTS }, () => GPUS_PER_HOST);
}

/** Takes the parts from the free GPUs; `sign` -1 gives them back. */
export function take(free: number[], parts: readonly Part[], sign: 1 | -1 = 1): void {
  for (const { host, gpus } of parts) free[host] = (free[host] as number) - sign * gpus;
}

/** Whether there is room for the parts. */
export function hasRoom(free: readonly number[], parts: readonly Part[]): boolean {
  return parts.every(({ host, gpus }) => (free[host] as number) >= gpus);
}
