import type { EventId } from '../../../sim/kernel/event-queue.ts';
import { Simulation } from '../../../sim/kernel/simulation.ts';
import type { Micros } from '../../../sim/kernel/time.ts';
import type { MisoJob } from './jobs.ts';
import type { Arrangement, Partitions } from './partitions.ts';

const FINISHED = 0;
const READY = 1;
const ARRIVED = 2;
/** After everything else of an instant: cards are filled and cut once. */
const SETTLED = 3;

interface Running {
  readonly job: number;
  workLeftUs: number;
  speed: number;
  sinceUs: number;
  event: EventId | undefined;
}

/** A card and the jobs on it. */
interface Gpu {
  readonly jobs: Running[];
  layout: readonly string[];
  /** Stands still until then: jobs are saved, the card is cut anew, jobs are loaded. */
  isCutting: boolean;
}

/**
 * The experiment with cards that are cut anew for the jobs on them. A job goes to the card with the fewest jobs that can
 * hold one more; strictly in order of arrival, the head waits for room. Each join or leave cuts the card into as many
 * instances as there are jobs then; all of them stand still meanwhile. A job that comes to an idle card starts at once on
 * the whole of it. A card that is being cut takes no further job until it is done.
 *
 * What it leaves out: finding out speeds by a trial run of jobs under MPS, which the authors' system does for each newcomer.
 *
 * @param cutSec time to save, cut and load
 * @returns mean completion time in seconds
 */
export function dynamicCompletionSec(
  partitions: Partitions,
  jobs: readonly MisoJob[],
  gpuCount: number,
  cutSec: number,
): number {
  const gpus: Gpu[] = Array.from({ length: gpuCount }, () => ({ jobs: [], layout: [], isCutting: false }));
  const waiting: number[] = [];
  let totalUs = 0;
  let finished = 0;
  const gpuOf = new Map<number, number>();
  let settlesAtUs = -1;
  const simulation = new Simulation((payload, rank) => {
    if (rank === SETTLED) {
      placeWaiting();
      // Room that nobody who waits can use goes to those who stay.
      for (const [g, gpu] of gpus.entries()) {
        if (!gpu.isCutting && gpu.jobs.length > 0 && gpu.jobs.length !== gpu.layout.length) cut(g);
      }
      return;
    }
    if (rank === ARRIVED) waiting.push(payload);
    else if (rank === FINISHED) leave(payload);
    else {
      (gpus[payload] as Gpu).isCutting = false;
      resume(payload);
    }
    if (settlesAtUs === simulation.nowUs) return;
    settlesAtUs = simulation.nowUs;
    simulation.schedule(simulation.nowUs, SETTLED, 0);
  });
  for (const [j, { arrivalUs }] of jobs.entries()) simulation.schedule(arrivalUs as Micros, ARRIVED, j);
  simulation.run();
  if (finished !== jobs.length) throw new RangeError(`${finished} of ${jobs.length} jobs have finished`);
  return totalUs / jobs.length / 1e6;

  function programsOn({ jobs: on }: Gpu, newcomer?: number): string[] {
    const numbers = on.map((each) => each.job);
    if (newcomer !== undefined) numbers.push(newcomer);
    return numbers.map((j) => (jobs[j] as MisoJob).program);
  }

  function placeWaiting(): void {
    while (waiting.length > 0) {
      const job = waiting[0] as number;
      let best = -1;
      for (const [g, gpu] of gpus.entries()) {
        if (gpu.isCutting || partitions.best(programsOn(gpu, job)) === undefined) continue;
        if (best < 0 || gpu.jobs.length < (gpus[best] as Gpu).jobs.length) best = g;
      }
      if (best < 0) return;
      waiting.shift();
      const gpu = gpus[best] as Gpu;
      const { workUs } = jobs[job] as MisoJob;
      gpu.jobs.push({ job, workLeftUs: workUs, speed: 0, sinceUs: simulation.nowUs, event: undefined });
      gpuOf.set(job, best);
      if (gpu.jobs.length === 1) {
        gpu.layout = (partitions.best(programsOn(gpu)) as Arrangement).layout;
        resume(best);
      } else cut(best);
    }
  }

  function leave(job: number): void {
    const gpu = gpus[gpuOf.get(job) as number] as Gpu;
    gpu.jobs.splice(
      gpu.jobs.findIndex((each) => each.job === job),
      1,
    );
    totalUs += simulation.nowUs - (jobs[job] as MisoJob).arrivalUs;
    finished += 1;
    if (gpu.jobs.length === 0) gpu.layout = [];
  }

  /** Stops all jobs of a card until it is cut for them. */
  function cut(g: number): void {
    const gpu = gpus[g] as Gpu;
    const nowUs = simulation.nowUs;
    for (const each of gpu.jobs) {
      each.workLeftUs = Math.max(0, each.workLeftUs - (nowUs - each.sinceUs) * each.speed);
      each.speed = 0;
      each.sinceUs = nowUs;
      if (each.event !== undefined) simulation.cancel(each.event);
      each.event = undefined;
    }
    gpu.layout = (partitions.best(programsOn(gpu)) as Arrangement).layout;
    gpu.isCutting = true;
    simulation.schedule((nowUs + Math.round(cutSec * 1e6)) as Micros, READY, g);
  }

  /** Starts all jobs of a card at their speeds in the layout that it has. */
  function resume(g: number): void {
    const gpu = gpus[g] as Gpu;
    const { speeds } = partitions.best(programsOn(gpu)) as Arrangement;
    for (const [i, each] of gpu.jobs.entries()) {
      each.speed = speeds[i] as number;
      each.sinceUs = simulation.nowUs;
      const endUs = simulation.nowUs + Math.max(0, Math.round(each.workLeftUs / each.speed));
      each.event = simulation.schedule(endUs as Micros, FINISHED, each.job);
    }
  }
}
