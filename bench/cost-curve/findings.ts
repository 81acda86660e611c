import { WINDOW } from '../../cli/sweep/redis/executor.ts';
import { tickText } from '../../sim/report/document/quantity.ts';
import { count, percent, seconds } from '../../sim/report/format.ts';
import type { FleetRow, FleetRows } from './fleets.ts';
import {
  efficiency,
  heldSec,
  lineThrough,
  mostCores,
  type QueueTerms,
  queueLimit,
  queueSec,
  type ShardTerms,
  shardSec,
} from './model.ts';
import type { LogPlot } from './plots.ts';
import type { QueueCosts } from './queue.ts';
import { POINTS } from './short-runs.ts';
import { type StartUp, SWEEP_WORKERS, type SweepRow } from './sweeps.ts';
import type { WriterCosts } from './writer.ts';

/** All that was measured; without a Redis server there is no queue. */
export interface Measured {
  readonly sweeps: readonly SweepRow[];
  readonly startUp: StartUp;
  readonly fleets: FleetRows;
  readonly queue: QueueCosts | undefined;
  readonly writer: WriterCosts;
}

const RUN_SECS = [0.03, 1, 60] as const;
const CORES = [1, 10, 100, 1_000, 10_000] as const;
const ASKED_CORES = 1_000;
const RUNS = 1_000_000;
const SWEPT_POINTS = 1_000;

const three = (value: number) => tickText(Number(value.toPrecision(3)));
const ms = (value: number) => `${three(value * 1000)} ms`;
const kib = (bytes: number) => `${(bytes / 1024).toFixed(1)} KiB`;
const mib = (bytes: number) => `${(bytes / 1024 ** 2).toFixed(0)} MiB`;
const whole = (value: number) => count(Math.floor(value));

/** Text and pictures of a measurement; `prefix` is how the names of the pictures begin. */
export function findings(
  { sweeps, startUp, fleets, queue, writer }: Measured,
  head: string,
  prefix: string,
): { readonly text: string; readonly plots: readonly LogPlot[] } {
  const terms = queue === undefined ? undefined : queueTerms(startUp, queue);
  const shards = shardTerms(startUp, writer);
  const plots = [runsPlot(sweeps), ...fleetPlots(fleets), ...projectionPlots(terms, shards)];
  const picture = ({ name, title }: LogPlot) => `![${title}](${prefix}-${name}.svg)`;
  const of = (name: string) =>
    plots
      .filter((plot) => plot.name.startsWith(name))
      .map(picture)
      .join('\n');
  const text = `# Cost curve: sweeps by runs, fleet and cores

${head}
Sections 1 to 3 are measured on this machine; section 4 is projected from them and says by which formula.

## 1. Time against runs

Whole commands with 2 workers, their start included, runs of ${ms(startUp.runSec)} each. "Left" is what the line through the times leaves.

${sweepTable(sweeps)}

${of('runs')}

| start-up, measured | |
| --- | ---: |
| \`sweep\` until its first run, ${POINTS} points (\`--dry-run\`) | ${seconds(startUp.startSec)} |
| each further point | ${ms(startUp.pointSec)} |
| \`worker\` until it takes runs | ${startUp.workerSec === undefined ? '-' : seconds(startUp.workerSec)} |
| what the first runs of a fresh thread take longer, together | ${seconds(startUp.warmUpSec)} |
| a run of a warm thread beside another, over one alone | ${startUp.crowding.toFixed(3)} |

## 2. One run against fleet size

The same load a host (78 % of its 8 GPUs), best-fit. "First" is the first run of a process, "later" the median of those after it.

${fleetTable('Jobs in proportion', fleets.inProportion)}

${fleetTable('Fixed number of jobs', fleets.fixed)}

${of('fleet')}

## 3. The queue and the writer by themselves

${queue === undefined ? 'No Redis server was there: the queue was not measured.\n' : queueText(queue)}
Results of one process, ${kib(writer.bytesPerRun)} a run, by when they are forced to the disk of this machine:

| \`--sync\` | each | second | end |
| --- | ---: | ---: | ---: |
| runs a second | ${whole(writer.runsPerSec.each)} | ${whole(writer.runsPerSec.second)} | ${whole(writer.runsPerSec.end)} |

\`merge\` of 4 shards of together ${count(writer.mergedRuns)} runs: ${ms(writer.mergeSec)} and ${kib(writer.mergeBytes)} of memory a run.

## 4. Projected: ${count(ASKED_CORES)} cores

${terms === undefined ? '' : formulaText(terms, shards)}
${terms === undefined ? '' : `${limitTable(terms)}\n\n${checkText(terms, startUp, sweeps)}`}

Efficiency of a sweep of ${count(RUNS)} runs at ${count(SWEPT_POINTS)} points (\`N T / (C time)\`), queue / shards:

${efficiencyTable(terms, shards)}

${of('projected')}
${terms === undefined ? '' : conclusion(terms, shards, writer)}`;
  return { text, plots };
}

function queueTerms(startUp: StartUp, { rows, returnSec }: QueueCosts): QueueTerms {
  // Where the queue had most to do: as it would at its limit.
  const row = rows.reduce((most, each) => (each.runsPerSec > most.runsPerSec ? each : most));
  return {
    startSec: Math.max(planSec(startUp), startUp.workerSec ?? 0),
    warmUpSec: Math.max(0, startUp.warmUpSec),
    crowding: Math.max(1, startUp.crowding),
    besideSec: row.worker,
    serverSec: row.server,
    sweepSec: row.sweep,
    window: WINDOW,
    returnSec,
  };
}

function shardTerms(startUp: StartUp, { runsPerSec, mergeSec }: WriterCosts): ShardTerms {
  return {
    startSec: planSec(startUp),
    warmUpSec: Math.max(0, startUp.warmUpSec),
    crowding: Math.max(1, startUp.crowding),
    besideSec: 1 / runsPerSec.second,
    mergeStartSec: startUp.startSec,
    mergeSec,
  };
}

const planSec = ({ startSec, pointSec }: StartUp) => startSec + (SWEPT_POINTS - POINTS) * pointSec;

function sweepTable(rows: readonly SweepRow[]): string {
  const threads = lineThrough(rows.map(({ runs, threadsSec }) => [runs, threadsSec]));
  const queued = rows.flatMap(({ runs, redisSec }) =>
    redisSec === undefined ? [] : [[runs, redisSec] as const],
  );
  const redis = queued.length < 2 ? undefined : lineThrough(queued);
  const left = (line: typeof threads | undefined, runs: number, sec: number | undefined) =>
    line === undefined || sec === undefined ? '-' : percent(sec / (line.at0 + line.slope * runs) - 1);
  const said = (name: string, line: typeof threads) =>
    `${name}: ${seconds(line.at0)} at once and ${ms(line.slope)} a run (${whole(1 / line.slope)} runs a second)`;
  return `| runs | 2 threads | left | Redis, 2 workers | left |
| ---: | ---: | ---: | ---: | ---: |
${rows
  .map(
    ({ runs, threadsSec, redisSec }) =>
      `| ${count(runs)} | ${threadsSec.toFixed(2)} s | ${left(threads, runs, threadsSec)} | ${redisSec === undefined ? '-' : `${redisSec.toFixed(2)} s`} | ${left(redis, runs, redisSec)} |`,
  )
  .join('\n')}

${[said('Threads', threads), ...(redis === undefined ? [] : [said('Redis', redis)])].join('. ')}.`;
}

function fleetTable(title: string, rows: readonly FleetRow[]): string {
  return `| ${title}: hosts | GPUs | jobs | first | later | µs a job | memory of the process |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${rows
  .map(
    ({ hosts, jobs, coldSec, warmSec, residentBytes }) =>
      `| ${count(hosts)} | ${count(hosts * 8)} | ${count(jobs)} | ${ms(coldSec)} | ${ms(warmSec)} | ${((warmSec / jobs) * 1e6).toFixed(1)} | ${mib(residentBytes)} |`,
  )
  .join('\n')}`;
}

function queueText({ rows, version, ...queue }: QueueCosts): string {
  return `${version}, the product's own sweep process and worker processes (8 runs at a time each), with documents and outcomes of real runs that take
no time. Here all share the cores of this machine; processor time a run says what each could do with a core to itself.

| worker processes | runs a second | server | sweep, with its writing | all workers | server alone could | sweep alone could |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${rows
  .map(
    ({ workers, runsPerSec, server, sweep, worker }) =>
      `| ${workers} | ${whole(runsPerSec)} | ${ms(server)} | ${ms(sweep)} | ${ms(worker)} | ${whole(1 / server)}/s | ${whole(1 / sweep)}/s |`,
  )
  .join('\n')}

A run takes ${kib(queue.bytesWaiting)} of the server's memory while it waits and ${kib(queue.bytesDone)} when it is done, ${queue.commands.toFixed(1)} commands, and ${kib(queue.bytesIn)} into and ${kib(queue.bytesOut)} out of the
server over the network. Where the queue has little to do, the sweep has a result ${ms(queue.returnSec)} after its run has ended.
`;
}

function formulaText(terms: QueueTerms, shards: ShardTerms): string {
  return `N runs of T on C cores, with these measured numbers:

- \`h = k T + o\`: how long a core has a run. k = ${terms.crowding.toFixed(3)} (a run beside others, as on this machine), o = ${ms(terms.besideSec)} (worker's processor time a run; shards: ${ms(shards.besideSec)}, to write it).
- \`R = min(1/s, 1/w, W/(h + r))\`: runs a second of the queue. s = ${ms(terms.serverSec)} (server), w = ${ms(terms.sweepSec)} (sweep process, taking results in and writing them), each on one core of its own; W = ${count(terms.window)} runs in the server at a time, r = ${ms(terms.returnSec)} until a result is collected.
- Queue: \`time = S + J + max(h, N / min(C/h, R))\`. S = ${seconds(terms.startSec)} (start and plan for ${count(SWEPT_POINTS)} points), J = ${seconds(terms.warmUpSec)} (threads that are not warm yet).
- Shards: \`time = S + J + ceil(N/C) h + M + m N\`. S = ${seconds(shards.startSec)}, M = ${seconds(shards.mergeStartSec)} (start of \`merge\`), m = ${ms(shards.mergeSec)} a run.
- The limit: \`C* = R h\` cores; more than that wait for the queue.

Not in it: cores and networks of other machines, the network's delay, engines that start shards late, runs of unequal length.
`;
}

function limitTable(terms: QueueTerms): string {
  return `| length of a run | wanted by ${count(ASKED_CORES)} cores | the queue gives | limited by | cores at the limit |
| ---: | ---: | ---: | --- | ---: |
${RUN_SECS.map((runSec) => {
  const { runsPerSec, by } = queueLimit(runSec, terms);
  const wanted = ASKED_CORES / heldSec(runSec, terms);
  return `| ${seconds(runSec)} | ${three(wanted)} runs/s | ${three(runsPerSec)} runs/s | ${LIMIT_NAMES[by]} | ${whole(mostCores(runSec, terms))} |`;
}).join('\n')}`;
}

/** What the terms say of the sweeps that were measured whole, where all parts share the cores of this machine. */
function checkText(terms: QueueTerms, { runSec }: StartUp, rows: readonly SweepRow[]): string {
  const queued = rows.flatMap(({ runs, redisSec }) =>
    redisSec === undefined ? [] : [[runs, redisSec] as const],
  );
  const said = (heldSec(runSec, terms) + terms.serverSec + terms.sweepSec) / SWEEP_WORKERS;
  const { slope } = lineThrough(queued);
  return `A check: where server, sweep and ${SWEEP_WORKERS} workers share ${SWEEP_WORKERS} cores, a run should take (h + s + w) / ${SWEEP_WORKERS} = ${ms(said)}; the sweeps of section 1 took ${ms(slope)}, ${(slope / said).toFixed(2)} of that.`;
}

const LIMIT_NAMES = {
  server: "the server's core",
  sweep: "the sweep process's core",
  window: `${count(WINDOW)} runs in the server at a time`,
} as const;

function efficiencyTable(terms: QueueTerms | undefined, shards: ShardTerms): string {
  const cell = (cores: number, runSec: number) => {
    const of = (wall: number) => percent(efficiency(RUNS, cores, runSec, wall));
    const queued = terms === undefined ? '-' : of(queueSec(RUNS, cores, runSec, terms));
    return `${queued} / ${of(shardSec(RUNS, cores, runSec, shards))}`;
  };
  return `| cores | ${RUN_SECS.map((runSec) => `runs of ${seconds(runSec)}`).join(' | ')} |
| ---: | ${RUN_SECS.map(() => '---:').join(' | ')} |
${CORES.map((cores) => `| ${count(cores)} | ${RUN_SECS.map((runSec) => cell(cores, runSec)).join(' | ')} |`).join('\n')}`;
}

function conclusion(terms: QueueTerms, shards: ShardTerms, writer: WriterCosts): string {
  const [short] = RUN_SECS;
  const least = heldAtLimit(terms);
  const cores = (runSec: number) => whole(mostCores(runSec, terms));
  return `
On ${count(ASKED_CORES)} cores the queue is the limit for runs shorter than ${ms(least)}; runs of ${seconds(short)} keep ${cores(short)} cores busy. No sweep has more than ${count(terms.window)} runs
in the server, so beyond that many cores it is the window that limits, however long the runs are. One worker process serves runs on at most
h / o cores: ${coresOfProcess(terms, short)} with runs of ${seconds(short)}. Writing alone does ${whole(writer.runsPerSec.second)} runs a second with \`--sync second\`, which is
part of w, and ${whole(writer.runsPerSec.each)} with \`--sync each\` on this disk, which is the limit wherever the queue gives more.
Shards have no queue; on ${count(ASKED_CORES)} cores their merge of ${count(RUNS)} runs takes ${seconds(RUNS * shards.mergeSec)} and ${((RUNS * writer.mergeBytes) / 1024 ** 3).toFixed(1)} GiB in one process.
`;
}

const coresOfProcess = (terms: QueueTerms, runSec: number) => whole(heldSec(runSec, terms) / terms.besideSec);

/** The length of run below which the queue cannot keep the asked cores busy. */
function heldAtLimit(terms: QueueTerms): number {
  let [low, high] = [0, 3600];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (mostCores(middle, terms) < ASKED_CORES) low = middle;
    else high = middle;
  }
  return high;
}

function runsPlot(rows: readonly SweepRow[]): LogPlot {
  const queued = rows.flatMap(({ runs, redisSec }) =>
    redisSec === undefined ? [] : [[runs, redisSec] as const],
  );
  return {
    name: 'runs',
    title: 'Time of a sweep by its number of runs, measured',
    x: 'runs',
    y: 'time (s)',
    lines: [
      { name: '2 threads', points: rows.map(({ runs, threadsSec }) => [runs, threadsSec]), isMeasured: true },
      ...(queued.length === 0
        ? []
        : [{ name: 'Redis, 2 worker processes', points: queued, isMeasured: true }]),
    ],
  };
}

function fleetPlots({ inProportion, fixed }: FleetRows): readonly LogPlot[] {
  const both = (y: (row: FleetRow) => number) =>
    [
      ['jobs in proportion to hosts', inProportion],
      ['fixed number of jobs', fixed],
    ].map(([name, rows]) => ({
      name: name as string,
      points: (rows as readonly FleetRow[]).map((row) => [row.hosts, y(row)] as const),
      isMeasured: true,
    }));
  return [
    {
      name: 'fleet-time',
      title: 'Time of a run by fleet size, measured',
      x: 'hosts',
      y: 'time (ms)',
      lines: both(({ warmSec }) => warmSec * 1000),
    },
    {
      name: 'fleet-job',
      title: 'Time a job by fleet size, measured',
      x: 'hosts',
      y: 'time a job (µs)',
      lines: both(({ warmSec, jobs }) => (warmSec / jobs) * 1e6),
    },
  ];
}

function projectionPlots(terms: QueueTerms | undefined, shards: ShardTerms): readonly LogPlot[] {
  const steps = Array.from({ length: 41 }, (_, i) => Math.round(10 ** (i / 10)));
  const lines = (y: (cores: number, runSec: number, wall: number) => number) =>
    RUN_SECS.flatMap((runSec, tone) => [
      ...(terms === undefined
        ? []
        : [
            {
              name: `queue, runs of ${seconds(runSec)}`,
              points: steps.map(
                (cores) => [cores, y(cores, runSec, queueSec(RUNS, cores, runSec, terms))] as const,
              ),
              isMeasured: false,
              tone,
            },
          ]),
      {
        name: `shards, runs of ${seconds(runSec)}`,
        points: steps.map(
          (cores) => [cores, y(cores, runSec, shardSec(RUNS, cores, runSec, shards))] as const,
        ),
        isMeasured: false,
        tone,
        isDashed: true,
      },
    ]);
  const of = `a sweep of ${count(RUNS)} runs by cores, projected`;
  return [
    {
      name: 'projected-time',
      title: `Time of ${of}`,
      x: 'cores',
      y: 'time (s)',
      lines: lines((_cores, _run, wall) => wall),
    },
    {
      name: 'projected-efficiency',
      title: `Efficiency of ${of}`,
      x: 'cores',
      y: 'efficiency (%)',
      lines: lines((cores, runSec, wall) => 100 * efficiency(RUNS, cores, runSec, wall)),
    },
  ];
}
