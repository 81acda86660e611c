// What writing a replay costs: bytes an event, and time beside the same run without one, by turns in one process.
// Usage: node bench/run.mjs replay [--hosts 500] [--days 90] [--turns 3]   (openb needs ../shared/traces/openb)
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { deflateRawSync } from 'node:zlib';
import { loadTraces } from '../cli/load-traces.ts';
import {
  normalizeScenario,
  ReplayWriter,
  replayHeader,
  replicate,
  type Scenario,
  type TraceData,
} from '../sim/index.ts';

const { values: options } = parseArgs({
  options: {
    hosts: { type: 'string', default: '500' },
    days: { type: 'string', default: '90' },
    turns: { type: 'string', default: '3' },
  },
});
const [HOSTS, DAYS, TURNS] = [Number(options.hosts), Number(options.days), Number(options.turns)];
/** As in scale.ts: 10,000 hosts see 5 million jobs in 90 days. */
const JOBS_A_HOST_DAY = 5_000_000 / 10_000 / 90;
const SIZES = [
  [1, '25%', 20],
  [1, '50%', 15],
  [1, '1GPU', 30],
  [2, '1GPU', 15],
  [4, '1GPU', 12],
  [8, '1GPU', 8],
] as const;
const MEAN_GPUS = (20 * 0.25 + 15 * 0.5 + 30 + 15 * 2 + 12 * 4 + 8 * 8) / 100;

/** A twentieth of the run of bench:scale, with 500 hosts and 90 days. */
const SCALE: object = {
  apiVersion: 'slicewise/v1',
  name: 'scale',
  seed: 7,
  fleet: {
    hosts: [{ name: 'h', count: HOSTS, cpu: 128, memory: '1TiB', gpus: { model: 'A100-80GB', count: 8 } }],
  },
  workload: {
    synthetic: {
      tasks: Math.round(HOSTS * DAYS * JOBS_A_HOST_DAY),
      arrivals: { process: 'poisson', rate: `${(HOSTS * JOBS_A_HOST_DAY).toFixed(6)}/d` },
      lifetimes: {
        work: {
          kind: 'lognormal',
          median: `${Math.round((8 * 86_400 * 0.95) / JOBS_A_HOST_DAY / MEAN_GPUS / Math.exp(0.5))}s`,
          sigma: 1,
        },
      },
      classes: SIZES.flatMap(([gpus, gpu, weight]) =>
        [0, 1, 2, 3].map((priority) => ({
          name: `g${gpus}-${gpu.replace('%', 'pct')}-p${priority}`,
          ...{ weight, cpu: 8 * gpus, memory: `${64 * gpus}GiB`, gpus, gpu, priority, lifetime: 'work' },
        })),
      ),
    },
  },
  policy: { placement: 'best-fit', queueing: 'priority', scheduling: { preemption: 'evict' } },
  experiment: { kind: 'timed', horizon: `${DAYS}d` },
};

const OPENB: object = {
  apiVersion: 'slicewise/v1',
  name: 'openb-timed',
  fleet: { trace: { format: 'openb', nodes: 'openb_node_list_gpu_node.csv', strict: true, keep: 8 } },
  workload: { trace: { format: 'openb', pods: 'openb_pod_list_default.csv', strict: true } },
  policy: { placement: 'best-fit', queueing: 'fifo', scheduling: { fill: 'skip' } },
  experiment: { kind: 'timed' },
};

interface Written {
  readonly events: number;
  readonly rawBytes: number;
  readonly bytes: number;
}

function run(
  scenario: Scenario,
  traces: TraceData,
  isWritten: boolean,
): { readonly sec: number; readonly written: Written } {
  let writer: ReplayWriter | undefined;
  let bytes = 0;
  const began = performance.now();
  const { digest } = replicate(scenario, traces, scenario.seed, {
    detail: false,
    observers: (fleet, waits) => {
      if (!isWritten) return [];
      const own = new ReplayWriter(
        fleet,
        replayHeader(scenario, {}, scenario.seed, 'bench', fleet),
        {
          write: (piece) => {
            bytes += piece.length;
          },
        },
        (raw) => deflateRawSync(raw, { level: 3 }),
      );
      writer = own;
      if (waits !== undefined) {
        waits.joins = (...told) => own.joins(...told);
        waits.heldBy = (...told) => own.heldBy(...told);
      }
      return [own];
    },
  });
  writer?.close({ digest, endUs: 0 });
  const sec = (performance.now() - began) / 1000;
  return { sec, written: { events: writer?.events ?? 0, rawBytes: writer?.rawBytes ?? 0, bytes } };
}

function rowOf(name: string, scenario: Scenario, traces: TraceData): string {
  const [without, having]: [number[], number[]] = [[], []];
  let written: Written | undefined;
  for (let turn = 0; turn < TURNS; turn++) {
    without.push(run(scenario, traces, false).sec);
    const each = run(scenario, traces, true);
    having.push(each.sec);
    written = each.written;
  }
  const { events, rawBytes, bytes } = written as Written;
  const [plain, slow] = [Math.min(...without), Math.min(...having)];
  return `| ${name} | ${events} | ${(rawBytes / events).toFixed(2)} | ${(bytes / events).toFixed(2)} | ${(bytes / 1e6).toFixed(1)} | ${plain.toFixed(1)} | ${slow.toFixed(1)} | ${(slow / plain).toFixed(2)} |`;
}

function scenarioOf(document: object): Scenario {
  const checked = normalizeScenario(document);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.scenario;
}

const lines = [
  '| run | events | bytes an event, raw | compressed | file MB | s without | s with | ratio |',
  '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
];
const TRACE = resolve('../shared/traces/openb');
if (existsSync(TRACE)) {
  const scenario = scenarioOf(OPENB);
  const { traces } = await loadTraces(scenario, TRACE);
  lines.push(rowOf('openb in time, 8 hosts', scenario, traces));
  console.error(lines.at(-1));
}
lines.push(rowOf(`scale, ${HOSTS} hosts, ${DAYS} days`, scenarioOf(SCALE), {}));
console.error(lines.at(-1));
const date = new Date().toISOString().slice(0, 10);
const text = `# Replay benchmark: what \`--replay\` costs

${date}, ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}. The same run with and without a replay by turns, ${TURNS} times in one process, the fastest of each; DEFLATE level 3, not written to disk.

${lines.join('\n')}
`;
console.log(text);
if (HOSTS === 500 && DAYS === 90) {
  mkdirSync('bench/results', { recursive: true });
  writeFileSync(`bench/results/replay-${date}.md`, text);
}
