import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RandomStreams } from '../../sim/kernel/random.ts';
import { type MmcResult, runMmc } from './mmc.ts';
import { median, timed, writeReport } from './report.ts';

const RUNS = 5;
const SEED = 1;
const UTILIZATION = 0.9;
const MEAN_SERVICE_SEC = 1000;
const SIZES = [
  { servers: 10, customers: 6_000_000 },
  { servers: 1_000, customers: 6_000_000 },
  { servers: 100_000, customers: 6_000_000 },
];
const SIMPY_SIZE = { servers: 1_000, customers: 60_000 };

interface PeerResult {
  readonly seconds: number;
  readonly endUs: number;
  readonly meanWaitSec: number;
  readonly version?: string;
}

// bench/run.mjs runs programs in the root of the repository.
const source = (name: string) => `bench/kernel/${name}`;

function runOurs(servers: number, customers: number): { seconds: number; result: MmcResult } {
  const streams = new RandomStreams(SEED);
  const [arrivals, services] = [streams.stream('arrivals'), streams.stream('services')];
  const utilization = UTILIZATION;
  return timed(() =>
    runMmc({ servers, customers, utilization, meanServiceSec: MEAN_SERVICE_SEC, arrivals, services }),
  );
}

function runCpp(program: string, servers: number, customers: number): PeerResult {
  const states = ['arrivals', 'services'].flatMap((name) => {
    const { s0, s1, s2, c } = new RandomStreams(SEED).stream(name).state();
    return [s0, s1, s2, c];
  });
  const args = [servers, customers, UTILIZATION, MEAN_SERVICE_SEC, ...states].map(String);
  return JSON.parse(execFileSync(program, args, { encoding: 'utf8' }));
}

const rows: string[][] = [];
const data: unknown[] = [];
const skipped: string[] = [];
const rate = (perSecond: number) => `${(perSecond / 1e6).toFixed(3)} M/s`;

const folder = mkdtempSync(join(tmpdir(), 'slicewise-bench-'));
try {
  const program = join(folder, 'mmc');
  const compiled = spawnSync('g++', ['-O2', '-std=c++17', '-o', program, source('mmc.cpp')], {
    stdio: 'inherit',
  });
  if (compiled.status !== 0) skipped.push('C++ (needs g++)');
  else {
    for (const { servers, customers } of SIZES) {
      // The first run of each size warms up the compiler and the cache; it does not count.
      runOurs(servers, customers / 10);
      const pairs = Array.from({ length: RUNS }, () => {
        const cpp = runCpp(program, servers, customers);
        const ours = runOurs(servers, customers);
        const same =
          ours.result.endUs === cpp.endUs && Math.abs(ours.result.meanWaitSec - cpp.meanWaitSec) < 1e-6;
        if (!same) throw new Error(`M/M/${servers} differs: ${JSON.stringify({ ours: ours.result, cpp })}`);
        return { cppPerSec: (2 * customers) / cpp.seconds, oursPerSec: ours.result.events / ours.seconds };
      });
      const ratio = median(pairs.map((p) => p.oursPerSec / p.cppPerSec));
      rows.push([
        `M/M/${servers}`,
        'C++ std::priority_queue, g++ -O2, events',
        rate(median(pairs.map((p) => p.oursPerSec))),
        rate(median(pairs.map((p) => p.cppPerSec))),
        ratio.toFixed(2),
      ]);
      data.push({ servers, customers, peer: 'cpp', unit: 'events/s', pairs, ratio });
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}

const { servers } = SIMPY_SIZE;
const simpyArgs = [
  source('mmc_simpy.py'),
  servers,
  SIMPY_SIZE.customers,
  UTILIZATION,
  MEAN_SERVICE_SEC,
  SEED,
].map(String);
const probe = spawnSync('python3', [source('mmc_simpy.py'), '1', '1', '0.5', '1', '1'], { encoding: 'utf8' });
if (probe.status !== 0) skipped.push(`SimPy (${probe.stderr?.trim() || 'needs python3'})`);
else {
  const customers = SIZES[1]!.customers;
  runOurs(servers, customers / 10);
  const pairs = Array.from({ length: RUNS }, () => {
    const simpy: PeerResult = JSON.parse(execFileSync('python3', simpyArgs, { encoding: 'utf8' }));
    const ours = runOurs(servers, customers);
    return { simpyPerSec: SIMPY_SIZE.customers / simpy.seconds, oursPerSec: customers / ours.seconds };
  });
  const ratio = median(pairs.map((p) => p.oursPerSec / p.simpyPerSec));
  const { version } = JSON.parse(probe.stdout) as PeerResult;
  rows.push([
    `M/M/${servers}`,
    `${version}, customers`,
    rate(median(pairs.map((p) => p.oursPerSec))),
    rate(median(pairs.map((p) => p.simpyPerSec))),
    ratio.toFixed(1),
  ]);
  data.push({ servers, peer: version, unit: 'customers/s', pairs, ratio });
}

writeReport({
  name: 'mmc',
  method:
    `M/M/c at utilization ${UTILIZATION}, ours against a peer, run in turn ${RUNS} times; medians, and the median of ` +
    `the ${RUNS} ratios (above 1: ours is faster). The C++ program draws the same numbers, and its end time and mean ` +
    `wait are checked to agree.${skipped.length > 0 ? ` Not measured: ${skipped.join('; ')}.` : ''}`,
  columns: ['model', 'peer and unit', 'ours', 'peer', 'ratio'],
  rows,
  data,
});
