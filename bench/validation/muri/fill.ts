import { emptyHosts, GPUS_PER_HOST, HOSTS, hasRoom, type Part, placeOn, take } from './hosts.ts';

/** A job that can be given GPUs. */
export interface Served {
  readonly gpus: number;
  /** GPUs that it runs on; undefined: it waits. In one pool a job that runs has no parts. */
  parts: readonly Part[] | undefined;
}

/**
 * Who runs, and where, until the next event. One that does not fit is skipped.
 *
 * @param order jobs, first served first
 * @param running those that have run until now
 */
export type Fill = (order: readonly Served[], running: readonly Served[]) => void;

const IN_POOL: readonly Part[] = [];

/** From all GPUs, wherever they are. */
export const fillPool: Fill = (order, running) => {
  for (const each of running) each.parts = undefined;
  let free = HOSTS * GPUS_PER_HOST;
  for (const each of order) {
    if (free === 0) return;
    if (each.gpus > free) continue;
    each.parts = IN_POOL;
    free -= each.gpus;
  }
};

/** From empty hosts: each job goes to the first that has room, wherever it was. */
export const fillFromEmpty: Fill = (order, running) => {
  for (const each of running) each.parts = undefined;
  const free = emptyHosts();
  let freeGpus = HOSTS * GPUS_PER_HOST;
  for (const each of order) {
    if (freeGpus === 0) return;
    each.parts = each.gpus <= freeGpus ? placeOn(free, each.gpus, 'first') : undefined;
    if (each.parts === undefined) continue;
    take(free, each.parts);
    freeGpus -= each.gpus;
  }
};

/** Who runs stays where it is unless a job before it needs the place; then it moves or waits. */
export const fillAround: Fill = (order, running) => {
  const places = new Map(running.map((each) => [each, each.parts as readonly Part[]]));
  for (const each of running) each.parts = undefined;
  /** Free of those served so far. */
  const free = emptyHosts();
  /** Free of those that have run and are not served yet as well. */
  const untouched = emptyHosts();
  for (const parts of places.values()) take(untouched, parts);
  let freeGpus = HOSTS * GPUS_PER_HOST;
  for (const each of order) {
    if (freeGpus === 0) return;
    const place = places.get(each);
    if (place !== undefined) take(untouched, place, -1);
    if (each.gpus > freeGpus) continue;
    if (place !== undefined && hasRoom(free, place)) each.parts = place;
    else each.parts = placeOn(untouched, each.gpus, 'first') ?? placeOn(free, each.gpus, 'first');
    if (each.parts === undefined) continue;
    take(free, each.parts);
    take(untouched, each.parts);
    freeGpus -= each.gpus;
  }
};
