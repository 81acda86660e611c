import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadSolver } from '../../cli/load-solver.ts';
import { isParvaFolder, readAllProfiles, readDeployments } from './parvagpu/deployment.ts';
import { searchSections } from './plan/search-sections.ts';
import { planSections } from './plan/sections.ts';
import { shippedQuestions } from './plan/shipped-questions.ts';
import { reportSections } from './sharing/table.ts';

/**
 * Plans the scenarios of `traces/parvagpu` and replays the plans, then questions made by chance and the full ones of the
 * catalogue: `npm run validate:plan -- [--data DIR] [--seeds N] [--only NAME | --questions]`. GPU counts must lie between the
 * bounds and the published ones, latencies within the objectives.
 *
 * Prints a row a case, writes the table to `bench/results/` unless only one is asked for, exits 1 when a case is out of
 * bounds and 2 when the files are not there.
 */

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared' },
    seeds: { type: 'string', default: '5' },
    only: { type: 'string' },
    questions: { type: 'boolean', default: false },
  },
});
const folder = join(resolve(options.data), 'traces', 'parvagpu');
const seeds = Number(options.seeds);
if (!(Number.isInteger(seeds) && seeds >= 2 && seeds <= 1000)) {
  console.error(`validate:plan: --seeds must be a whole number from 2 to 1000, got ${options.seeds}`);
  process.exit(2);
}
if (!isParvaFolder(folder)) {
  console.error(
    `validate:plan: skipped, no profiles, deployments and objectives in ${folder}; give the folder that holds traces/parvagpu with --data`,
  );
  process.exit(2);
}
const all = readDeployments(folder);
const deployments = options.questions
  ? []
  : all.filter(({ name }) => options.only === undefined || name === options.only);
if (deployments.length === 0 && !options.questions) {
  console.error(
    `validate:plan: --only must be one of ${all.map(({ name }) => name).join(', ')}, got ${options.only}`,
  );
  process.exit(2);
}
const solver = await loadSolver();
const profiles = readAllProfiles(folder);
const started = performance.now();
const sections = [
  ...deployments.flatMap((each) => planSections(each, profiles, solver, seeds)),
  ...(options.only === undefined ? [...searchSections(solver), shippedQuestions()] : []),
];
const secondsTaken = (performance.now() - started) / 1000;
const missed = reportSections('plan', sections, {
  what: `Scenarios of ParvaGPU planned on A100-80GB in MIG mode, and the plans replayed by simulation: ${deployments.map((each) => each.name).join(', ')}; ${secondsTaken.toFixed(1)} s. The profiles are taken as they are, without a further slowdown by neighbours; a batch may take half of its objective. Then planning questions made by chance, from seeds, and the full ones of the catalogue.`,
  isWhole: options.only === undefined && !options.questions,
});
process.exit(missed === 0 ? 0 : 1);
