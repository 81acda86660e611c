import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isParvaFolder, readDeployments } from './parvagpu/deployment.ts';
import { deploymentSections } from './parvagpu/sections.ts';
import { reportSections } from './sharing/table.ts';

/**
 * Replays every deployment in `traces/parvagpu`: `npm run validate:parvagpu -- [--data DIR] [--seeds N]`. Instances must be
 * legal, capacities must meet the rates, latencies the objectives.
 *
 * Prints a row a case, writes the table to `bench/results/`, exits 1 when a case is out of bounds and 2 when the files are
 * not there.
 */

const { values: options } = parseArgs({
  options: { data: { type: 'string', default: '../shared' }, seeds: { type: 'string', default: '5' } },
});
const folder = join(resolve(options.data), 'traces', 'parvagpu');
const seeds = Number(options.seeds);
if (!(Number.isInteger(seeds) && seeds >= 2 && seeds <= 1000)) {
  console.error(`validate:parvagpu: --seeds must be a whole number from 2 to 1000, got ${options.seeds}`);
  process.exit(2);
}
if (!isParvaFolder(folder)) {
  console.error(
    `validate:parvagpu: skipped, no profiles, deployments and objectives in ${folder}; give the folder that holds traces/parvagpu with --data`,
  );
  process.exit(2);
}
const started = performance.now();
const deployments = readDeployments(folder);
const sections = deployments.flatMap((deployment) => deploymentSections(deployment, seeds));
const secondsTaken = (performance.now() - started) / 1000;
const missed = reportSections('parvagpu', sections, {
  what: `Deployments of ParvaGPU replayed on A100-80GB in MIG mode: ${deployments.map((each) => each.name).join(', ')}; ${secondsTaken.toFixed(1)} s. The profiles are taken as they are, without a further slowdown by neighbours, unless a row says otherwise.`,
  isWhole: true,
});
process.exit(missed === 0 ? 0 : 1);
