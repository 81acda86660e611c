import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { dividedSections, gavelSections, multiSections } from './gavel/sections.ts';
import { tracesFolder } from './sharing/files.ts';
import { reportSections } from './sharing/table.ts';

/**
 * Runs published experiments of Gavel again: `npm run validate:gavel -- [--data DIR]`. DIR holds traces/gavel.
 *
 * Prints a row a case, writes the table to `bench/results/`, exits 1 when a case is out of bounds and 2 when the files are not
 * there.
 */

const { values: options } = parseArgs({ options: { data: { type: 'string', default: '../shared' } } });
const folder = tracesFolder(resolve(options.data), 'gavel', [
  'continuous_single_gpu_seed0.csv',
  'continuous_multi_gpu_seed0.csv',
  'simulation_throughputs.json',
  'expected_avg_jct_hours.csv',
]);
if (folder === undefined) process.exit(2);
const started = performance.now();
const sections = [
  ...(await gavelSections(folder)),
  ...(await dividedSections(folder)),
  ...(await multiSections(folder)),
];
const missed = reportSections('gavel', sections, {
  what: `Gavel's published results against the product's engine and a plain program of the published rules, ${((performance.now() - started) / 1000).toFixed(1)} s.`,
  isWhole: true,
});
process.exit(missed === 0 ? 0 : 1);
