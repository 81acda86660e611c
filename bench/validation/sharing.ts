import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { misoSections } from './miso/experiment.ts';
import { productSection } from './miso/product.ts';
import { measuredSpeeds, speedSection } from './miso/speeds.ts';
import { csvRows, jsonOf, tracesFolder } from './sharing/files.ts';
import { nosConstants, nosRows, nosSections } from './sharing/nos.ts';
import { otherNumbers } from './sharing/numbers.ts';
import { pairSection } from './sharing/pairs.ts';
import { reportSections, type Section } from './sharing/table.ts';

/**
 * Compares the sharing modes with published measurements: `npm run validate:sharing -- [--data DIR] [--seeds N]`. DIR holds
 * traces/measured-sharing, traces/gavel and traces/miso; what is not there is skipped, with a line that says so.
 *
 * Prints a row a case, writes the table to `bench/results/`, exits 1 when a case is out of bounds and 2 when there is
 * nothing to compare with.
 */

const { values: options } = parseArgs({
  options: { data: { type: 'string', default: '../shared' }, seeds: { type: 'string', default: '20' } },
});
const data = resolve(options.data);
const seeds = Number(options.seeds);
if (!(Number.isInteger(seeds) && seeds >= 2 && seeds <= 1000)) {
  console.error(`validate:sharing: --seeds must be a whole number from 2 to 1000, got ${options.seeds}`);
  process.exit(2);
}

const started = performance.now();
const sections: Section[] = [];
let isWhole = true;

const measured = tracesFolder(data, 'measured-sharing', ['reference_numbers.csv']);
if (measured === undefined) isWhole = false;
else {
  const rows = csvRows(join(measured, 'reference_numbers.csv'));
  const nos = nosRows(rows);
  const constants = nosConstants(nos);
  sections.push(...nosSections(nos, constants), ...otherNumbers(rows, constants.parameters));
}

const gavel = tracesFolder(data, 'gavel', ['throughput_pairs.csv']);
if (gavel === undefined) isWhole = false;
else sections.push(pairSection(csvRows(join(gavel, 'throughput_pairs.csv'))));

const miso = tracesFolder(data, 'miso', [
  'mig_iteration_times.csv',
  'partition_code.json',
  'trace_100.json',
  'job_models.json',
]);
if (miso === undefined) isWhole = false;
else {
  const speeds = measuredSpeeds(csvRows(join(miso, 'mig_iteration_times.csv')));
  const inputs = {
    speeds,
    programs: jsonOf<Record<string, string>>(join(miso, 'job_models.json')),
    seconds: jsonOf<Record<string, number>>(join(miso, 'trace_100.json')),
    partitions: Object.values(jsonOf<Record<string, number[]>>(join(miso, 'partition_code.json'))),
  };
  sections.push(speedSection(speeds), ...misoSections(inputs, seeds), productSection(inputs, seeds));
}

if (sections.length === 0) {
  console.error('validate:sharing: nothing to compare with');
  process.exit(2);
}
const secondsTaken = (performance.now() - started) / 1000;
const missed = reportSections('sharing', sections, {
  what: `Sharing modes against published measurements, ${secondsTaken.toFixed(1)} s. Rows for information have no bound: nothing published says how near they should be, or the model is known not to hold there.`,
  isWhole,
});
process.exit(missed === 0 ? 0 : 1);
