// What deciding costs: time of a pass with 1,000 jobs waiting under each fill rule, and of the waiting line alone with up
// to 10^5 jobs of 10^3 demands. Every run draws the same jobs.
//   node bench/run.mjs scheduler

import { Fleet } from '../sim/cluster/fleet.ts';
import { FragmentationMeter } from '../sim/cluster/fragmentation.ts';
import type { Part } from '../sim/cluster/part.ts';
import { ShapeTable } from '../sim/cluster/request.ts';
import { guardFor } from '../sim/engine/backfill/index.ts';
import { LiveJob } from '../sim/engine/live-job.ts';
import { giveBack } from '../sim/engine/reserve.ts';
import { admitJob, type RunContext } from '../sim/engine/run-context.ts';
import { Scheduler } from '../sim/engine/scheduler.ts';
import { DEFAULT_RULES } from '../sim/engine/scheduling.ts';
import { RandomStreams } from '../sim/kernel/random.ts';
import { placementPolicy } from '../sim/policies/placement/index.ts';
import { Placer } from '../sim/policies/placement/placer.ts';
import type { Discipline } from '../sim/policies/queueing/discipline.ts';
import { FILL_RULES, type FillRule } from '../sim/policies/queueing/names.ts';
import { WaitingLine } from '../sim/policies/queueing/waiting-line.ts';
import type { Task } from '../sim/workload/task.ts';

const SECOND = 1_000_000;

function contextOf(hostCount: number): RunContext {
  const fleet = new Fleet(
    Array.from({ length: hostCount }, (_, h) => ({
      name: `h${h}`,
      cpuMilli: 96_000,
      memoryMib: 2 ** 20,
      gpus: [{ model: 'gpu', count: 8 }],
    })),
  );
  const streams = new RandomStreams(1);
  const placer = new Placer(
    placementPolicy('best-fit'),
    {
      fleet,
      fragmentation: new FragmentationMeter(fleet, []),
      reference: { cpuMilli: 96_000, gpuMilli: 8000 },
      random: streams.stream('placement-gpu'),
    },
    'host-order',
    streams.stream('placement-tie'),
  );
  return { fleet, shapes: new ShapeTable(fleet.modelNames), placer, observers: [] };
}

/** Jobs of a quarter of a GPU to 8 GPUs, an hour on average; 3 % are gangs of 2 or 4 hosts. */
class Jobs {
  readonly #stream = new RandomStreams(7).stream('arrivals');
  readonly #context: RunContext;
  #count = 0;

  constructor(context: RunContext) {
    this.#context = context;
  }

  draw(nowUs: number): LiveJob {
    const int = (n: number) => this.#stream.int(n);
    const pick = int(100);
    const gpuCount = pick < 65 ? 1 : pick < 90 ? 2 ** (1 + int(2)) : 8;
    const request = {
      cpuMilli: 1000 * gpuCount * (1 + int(8)),
      memoryMib: 4096 * int(8),
      gpuCount,
      gpuMilli: pick < 25 ? 250 * (1 + int(3)) : 1000,
      models: [],
    };
    const task: Task = {
      name: `j${this.#count}`,
      request,
      workers: pick >= 97 ? Array.from({ length: 2 + 2 * int(2) }, () => request) : undefined,
      arrivalUs: nowUs,
      durationUs: (60 + int(7200)) * SECOND,
    };
    const number = this.#count++;
    return new LiveJob(number, admitJob(this.#context, task, number), undefined, undefined, nowUs);
  }
}

/** Passes of a scheduler on a full fleet with 1,000 waiting: one for each job that ends, when another arrives. */
function timePasses(hostCount: number, fill: FillRule, passes: number) {
  const context = contextOf(hostCount);
  const jobs = new Jobs(context);
  let nowUs = 0;
  let starts = 0;
  const unused = () => {
    throw new Error('not part of this benchmark');
  };
  const scheduler = new Scheduler(
    context,
    context.placer,
    { rank: () => 0 },
    { ...DEFAULT_RULES, fill },
    {
      start: (live: LiveJob, parts: readonly Part[]) => {
        live.parts = parts;
        live.phase = 'running';
        live.speed = 1;
        live.startedUs = nowUs;
        live.sinceUs = nowUs;
        starts += 1;
      },
      preempt: unused,
      shift: unused,
      stunUs: unused,
      move: unused,
      neverReason: () => 'none',
      reject: unused,
      tellBlocked: () => {},
      whyNot: () => 'gpu-room',
    },
    guardFor(fill, context, context.placer),
  );
  while (scheduler.line.size < 1000) {
    scheduler.enqueue(jobs.draw(nowUs), nowUs);
    if (scheduler.line.size >= 1000) scheduler.pass(nowUs);
  }
  const times: number[] = [];
  starts = 0;
  while (times.length < passes) {
    let next: LiveJob | undefined;
    let endUs = Number.POSITIVE_INFINITY;
    for (const live of scheduler.running) {
      const ends = live.startedUs + live.job.durationUs;
      if (ends < endUs) {
        next = live;
        endUs = ends;
      }
    }
    if (next === undefined) throw new Error('nobody runs');
    nowUs = endUs;
    scheduler.left(next, nowUs);
    giveBack(context.fleet, next.parts);
    scheduler.vacated(next, nowUs);
    while (scheduler.line.size < 1000) scheduler.enqueue(jobs.draw(nowUs), nowUs);
    const from = performance.now();
    scheduler.pass(nowUs);
    times.push(performance.now() - from);
  }
  times.sort((a, b) => a - b);
  return {
    mean: times.reduce((sum, each) => sum + each, 0) / times.length,
    p99: times[Math.floor(times.length * 0.99)] as number,
    starts: starts / passes,
    running: scheduler.running.size,
  };
}

console.log('One pass with 1,000 jobs waiting, milliseconds');
console.log('hosts  fill          mean      p99   starts/pass  running');
for (const hostCount of [100, 1000]) {
  for (const fill of FILL_RULES) {
    const { mean, p99, starts, running } = timePasses(hostCount, fill, 200);
    console.log(
      `${String(hostCount).padStart(5)}  ${fill.padEnd(12)} ${mean.toFixed(3).padStart(7)} ${p99.toFixed(3).padStart(8)} ${starts.toFixed(2).padStart(10)} ${String(running).padStart(9)}`,
    );
  }
}

/** Adds all, starts a tenth of them in order, and goes through passes in which nobody has room. */
function timeLine(waiting: number, demands: number, lanes: number): readonly number[] {
  const context = contextOf(1);
  const discipline: Discipline =
    lanes === 1
      ? { rank: () => 0 }
      : { rank: () => 0, laneOf: ({ job }) => job.number % lanes, laneRank: (lane) => lane % 7 };
  const line = new WaitingLine(discipline);
  const jobs = Array.from({ length: waiting }, (_, i) => {
    const request = {
      cpuMilli: 1 + ((i * 7919) % demands),
      memoryMib: 0,
      gpuCount: 0,
      gpuMilli: 0,
      models: [],
    };
    const task: Task = { name: '', request, arrivalUs: 0, durationUs: SECOND };
    return new LiveJob(i, admitJob(context, task, i), undefined, undefined, 0);
  });
  const clock = [performance.now()];
  for (const job of jobs) line.add(job, 0);
  clock.push(performance.now());
  line.beginPass(0);
  for (let i = 0; i < waiting / 10; i++) line.remove((line.next() as LiveJob).slot, 0);
  clock.push(performance.now());
  for (let pass = 0; pass < 10; pass++) {
    line.beginPass(0);
    for (let next = line.next(); next !== undefined; next = line.next()) line.passOver(next.slot);
  }
  clock.push(performance.now());
  for (let i = 0; i < 10; i++) line.inOrder(0, 101);
  clock.push(performance.now());
  const took = clock.slice(1).map((at, i) => at - (clock[i] as number));
  return [
    ((took[0] as number) * 1000) / waiting,
    ((took[1] as number) * 1000) / (waiting / 10),
    (took[2] as number) / 10,
    (took[3] as number) / 10,
  ];
}

console.log('\nThe waiting line alone');
console.log('waiting demands lanes   add us  start us   skip pass ms  first 101 ms');
for (const [waiting, demands, lanes] of [
  [10_000, 100, 1],
  [100_000, 100, 1],
  [100_000, 1000, 1],
  [100_000, 1000, 20],
] as const) {
  const [add, start, pass, order] = timeLine(waiting, demands, lanes) as [number, number, number, number];
  console.log(
    `${String(waiting).padStart(7)} ${String(demands).padStart(7)} ${String(lanes).padStart(5)} ${add.toFixed(2).padStart(8)} ${start.toFixed(2).padStart(9)} ${pass.toFixed(2).padStart(14)} ${order.toFixed(2).padStart(13)}`,
  );
}
