import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'csv-parse/sync';
import { Piscina } from 'piscina';
import type { PlacementPolicyName, Replication } from '../../sim/index.ts';
import type { FillTask } from './openb.worker.ts';
import { type Case, meanAt, report } from './report.ts';

/**
 * Fills the openb fleet with every shared workload under six policies and ten seeds, and compares the means over the
 * seeds with the published curves: `npm run validate:openb -- [--data DIR] [--workers N] [--workload NAME]... [--orders own]`.
 * Hosts and tasks come in the published order of each seed, so that what is compared is the policies and not the luck of
 * two shuffles; `--orders own` takes our shuffles instead. The random policy draws for itself in both.
 *
 * Prints a row a case, writes the table to `bench/results/`, exits 1 when a case is out of bounds.
 */

/** Published policy names and ours. */
const POLICIES: Readonly<Record<string, PlacementPolicyName>> = {
  '01-Random': 'random',
  '02-DotProd': 'dot-product',
  '03-GpuClustering': 'gpu-clustering',
  '04-GpuPacking': 'gpu-packing',
  '05-BestFit': 'best-fit',
  '06-FGD': 'fgd',
};
const ALLOCATION_AT = [60, 80, 100, 110, 120, 130];
const FRAGMENTATION_AT = [60, 80];
const FRAGMENTATION_SERIES = {
  frag_amount_pct_of_total: 'fragmentedPct',
  frag_ratio_pct_of_idle: 'fragRatioPct',
} as const;
/** Largest difference of the means over ten seeds, in points: on the default workload, and on the others. */
const BOUND = { default: 0.3, other: 0.6 };

/** The published random policy's own draws cannot be had again; several of ours for each seed leave only its noise. */
const RANDOM_DRAWS = 6;

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared' },
    workers: { type: 'string', default: String(Math.max(1, cpus().length)) },
    workload: { type: 'string', multiple: true },
    orders: { type: 'string', default: 'published' },
  },
});
const orders = options.orders === 'own' ? 'own' : 'published';
const folder = join(resolve(options.data), 'traces', 'openb');
const allocationFile = join(folder, 'expected_allocation.csv');
if (!existsSync(allocationFile)) {
  console.error(`validate:openb: no ${allocationFile}; give the folder that holds traces/openb with --data`);
  process.exit(2);
}

type Row = Record<string, string>;
const rows = (file: string): Row[] =>
  parse(readFileSync(join(folder, file)), { columns: true, skip_empty_lines: true });
const published = rows('expected_allocation.csv').filter(
  (row) => options.workload?.includes(row.workload as string) ?? true,
);
const publishedFragmentation = existsSync(join(folder, 'expected_fragmentation.csv'))
  ? rows('expected_fragmentation.csv')
  : [];
if (publishedFragmentation.length === 0)
  console.error('validate:openb: no expected_fragmentation.csv, so fragmentation is not compared');
const missing = [
  ...new Set(published.map((row) => `openb_pod_list_${row.workload}.csv`)),
  'openb_node_list_gpu_node.csv',
].filter((file) => !existsSync(join(folder, file)));
if (missing.length > 0 || published.length === 0) {
  console.error(
    `validate:openb: ${published.length === 0 ? 'no published row to compare with' : `missing in ${folder}: ${missing.join(', ')}`}`,
  );
  process.exit(2);
}

const groups = new Map<string, { workload: string; policy: string; rows: Row[]; runs: Replication[] }>();
for (const row of published) {
  const key = `${row.workload} ${row.policy}`;
  const group = groups.get(key) ?? {
    workload: row.workload as string,
    policy: row.policy as string,
    rows: [],
    runs: [],
  };
  group.rows.push(row);
  groups.set(key, group);
}

const pool = new Piscina<FillTask, Replication>({
  filename: new URL('./worker.js', import.meta.url).href,
  minThreads: Number(options.workers),
  maxThreads: Number(options.workers),
});
const started = performance.now();
let done = 0;
const total = [...groups.values()].reduce(
  (sum, g) => sum + g.rows.length * (POLICIES[g.policy] === 'random' ? RANDOM_DRAWS : 1),
  0,
);
await Promise.all(
  [...groups.values()].flatMap((group) => {
    const policy = POLICIES[group.policy];
    if (policy === undefined)
      throw new RangeError(`No policy of ours stands for the published "${group.policy}"`);
    const draws = policy === 'random' ? RANDOM_DRAWS : 1;
    return group.rows
      .flatMap((row) =>
        Array.from({ length: draws }, (_, draw) => ({
          seed: Number(row.seed),
          drawSeed: Number(row.seed) + 1000 * draw,
        })),
      )
      .map(async (run) => {
        group.runs.push(await pool.run({ folder, workload: group.workload, policy, ...run, orders }));
        done += 1;
        if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${total} runs`);
      });
  }),
);
await pool.destroy();
const seconds = (performance.now() - started) / 1000;

const cases: Case[] = [];
for (const { workload, policy, rows: theirs, runs } of groups.values()) {
  const bound = workload === 'default' ? BOUND.default : BOUND.other;
  const of = `${workload} ${policy}`;
  // Of our policies only this one draws for itself, and the draws of the published runs cannot be had again.
  const isChance = POLICIES[policy] === 'random';
  for (const at of ALLOCATION_AT) {
    const cells = theirs.map((row) => Number(row[String(at)]));
    const mean = cells.reduce((a, b) => a + b, 0) / cells.length;
    const stdDev = Math.sqrt(cells.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (cells.length - 1));
    cases.push({
      name: `${of} allocated at ${at} %`,
      ours: meanAt(runs, 'allocatedPct', at),
      published: mean,
      bound,
      ...(isChance ? { standardError: stdDev / Math.sqrt(cells.length) } : {}),
    });
  }
  for (const [metric, series] of Object.entries(FRAGMENTATION_SERIES)) {
    for (const at of FRAGMENTATION_AT) {
      const row = publishedFragmentation.find(
        (r) =>
          r.workload === workload &&
          r.policy === policy &&
          r.metric === metric &&
          r.arrived_pct === String(at),
      );
      if (row === undefined) continue;
      cases.push({
        name: `${of} ${metric} at ${at} %`,
        ours: meanAt(runs, series, at),
        published: Number(row.mean),
        bound,
        ...(isChance ? { standardError: Number(row.std) / Math.sqrt(theirs.length) } : {}),
      });
    }
  }
}
const failed = report(orders === 'own' ? 'openb-own-orders' : 'openb', cases, {
  isWhole: options.workload === undefined,
  what: `Fill experiment on the openb fleet: ${groups.size} workload-policy pairs, ${total} runs, ${options.workers} worker threads, ${seconds.toFixed(1)} s (${((1000 * seconds * Number(options.workers)) / total).toFixed(0)} ms of one thread a run). Orders of hosts and tasks: ${orders}. Values in percent of GPU capacity (ratio: of idle GPU), means over the seeds.`,
});
process.exit(failed === 0 ? 0 : 1);
