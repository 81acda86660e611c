import type { HostSpec } from '../../sim/cluster/fleet.ts';
import type { TaskRequest } from '../../sim/cluster/request.ts';
import type { Task } from '../../sim/workload/task.ts';

const SECOND = 1_000_000;

/** A worker on a host during whole seconds from `from` to before `to`. */
interface Hold {
  readonly who: string;
  readonly ask: TaskRequest;
  readonly host: number;
  readonly gpus: readonly number[];
  readonly from: number;
  readonly to: number;
}

/** A job of the twin, in seconds. */
interface TwinJob {
  readonly name: string;
  readonly asks: readonly TaskRequest[];
  readonly at: number;
  readonly runs: number;
  readonly estimate: number;
}

/** What became of a job: when it was first promised to start at the latest, and when it did; seconds. */
export interface TwinStory {
  promised: number;
  start: number;
}

/**
 * Conservative backfilling in order of arrival with first-fit placement, as slowly as it can be done: no timelines, all
 * of the future is a list of holds, and whether something is free is looked up second by second. Estimates must not be
 * too low.
 */
export function conservativeTwin(hosts: readonly HostSpec[], tasks: readonly Task[]): Map<string, TwinStory> {
  const models = hosts.map(({ gpus }) =>
    gpus.flatMap(({ model, count }) => Array.from({ length: count }, () => model)),
  );
  const left = tasks.map(
    (task): TwinJob => ({
      name: task.name,
      asks: task.workers ?? [task.request],
      at: task.arrivalUs / SECOND,
      runs: task.durationUs / SECOND,
      estimate: (task.estimateUs ?? task.durationUs) / SECOND,
    }),
  );
  const stories = new Map<string, TwinStory>();
  const queue: TwinJob[] = [];
  let running: { readonly job: TwinJob; readonly end: number; readonly holds: readonly Hold[] }[] = [];
  /** Holds kept for waiting jobs, by name. */
  const kept = new Map<string, readonly Hold[]>();

  /** GPUs of a host on which an ask goes all through [from, to) beside these holds; undefined: none. */
  const able = (ask: TaskRequest, host: number, from: number, to: number, holds: readonly Hold[]) => {
    const spec = hosts[host] as HostSpec;
    const least = (models[host] as string[]).map(() => 1000);
    for (let t = from; t < to; t++) {
      const there = holds.filter((hold) => hold.host === host && hold.from <= t && t < hold.to);
      if (there.reduce((sum, hold) => sum + hold.ask.cpuMilli, ask.cpuMilli) > spec.cpuMilli)
        return undefined;
      if (there.reduce((sum, hold) => sum + hold.ask.memoryMib, ask.memoryMib) > spec.memoryMib)
        return undefined;
      for (const g of least.keys()) {
        const taken = there
          .filter(({ gpus }) => gpus.includes(g))
          .reduce((sum, hold) => sum + hold.ask.gpuMilli, 0);
        least[g] = Math.min(least[g] as number, 1000 - taken);
      }
    }
    const fits = [...least.keys()].filter(
      (g) =>
        (least[g] as number) >= ask.gpuMilli &&
        (ask.models.length === 0 || ask.models.includes((models[host] as string[])[g] as string)),
    );
    return fits.length < ask.gpuCount ? undefined : { fits, least };
  };

  /** Puts workers one after another on the first host that takes them. */
  const arrange = (
    job: TwinJob,
    from: number,
    to: number,
    holds: readonly Hold[],
    pick: 'least-left' | 'first',
    lookUntil = to,
  ): readonly Hold[] | undefined => {
    const put: Hold[] = [];
    for (const ask of job.asks) {
      let done = false;
      for (let host = 0; host < hosts.length && !done; host++) {
        const room = able(ask, host, from, lookUntil, [...holds, ...put]);
        if (room === undefined) continue;
        const { fits, least } = room;
        if (pick === 'least-left') fits.sort((a, b) => (least[a] as number) - (least[b] as number) || a - b);
        const gpus = fits.slice(0, ask.gpuCount);
        put.push({ who: job.name, ask, host, gpus, from, to });
        done = true;
      }
      if (!done) return undefined;
    }
    return put;
  };

  /** Whether a job's holds are free beside others: nothing is overdrawn in any second. */
  const isFree = (own: readonly Hold[], others: readonly Hold[]) =>
    own.every(({ ask, host, gpus, from, to }, i) => {
      const room = able(ask, host, from, to, [...others, ...own.slice(0, i)]);
      return room !== undefined && gpus.every((g) => room.fits.includes(g));
    });

  const pass = (now: number) => {
    for (const job of [...queue]) {
      const others = [
        ...running.flatMap(({ holds }) => holds),
        ...[...kept].filter(([name]) => name !== job.name).flatMap(([, holds]) => holds),
      ];
      const mine = kept.get(job.name);
      const latest = mine?.[0]?.from ?? 10_000;
      let found = mine;
      for (let t = now; t < latest && t < 5000; t++) {
        const put = arrange(job, t, t + job.estimate, others, 'least-left');
        if (put === undefined) continue;
        found = put;
        break;
      }
      const story = stories.get(job.name) ?? { promised: Number.POSITIVE_INFINITY, start: -1 };
      stories.set(job.name, story);
      const isDue = found?.[0]?.from === now;
      let start: readonly Hold[] | undefined;
      if (isDue || job.asks.length > 1) {
        // What the policy sees is the fleet of this second only.
        const wanted = arrange(
          job,
          now,
          now + job.estimate,
          running.flatMap(({ holds }) => holds),
          'first',
          now + 1,
        );
        if (wanted !== undefined && isFree(wanted, others)) start = wanted;
        else if (isDue) start = found;
      }
      if (story.promised === Number.POSITIVE_INFINITY) {
        story.promised = start === undefined ? (found?.[0]?.from ?? Number.POSITIVE_INFINITY) : now;
      }
      if (start === undefined) {
        if (found !== undefined) kept.set(job.name, found);
        continue;
      }
      kept.delete(job.name);
      queue.splice(queue.indexOf(job), 1);
      running.push({ job, end: now + job.runs, holds: start });
      story.start = now;
    }
  };

  for (let now = 0; left.length + queue.length + running.length > 0; now++) {
    const before = running.length;
    running = running.filter(({ end }) => end !== now);
    let isPass = running.length < before;
    while (left[0]?.at === now) {
      queue.push(left.shift() as TwinJob);
      isPass = true;
    }
    if (isPass) pass(now);
    if (now > 5000) throw new Error('the twin does not end');
  }
  return stories;
}
