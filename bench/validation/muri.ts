import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { simulatorSections, TRACES } from './muri/simulator-sections.ts';
import { testbedSections } from './muri/testbed-sections.ts';
import { tracesFolder } from './sharing/files.ts';
import { reportSections } from './sharing/table.ts';

/**
 * Runs the published experiments of Muri again: `npm run validate:muri -- [--data DIR] [--traces trace1,trace4]`. DIR holds
 * traces/muri. The simulator results of SRTF, SRSF and Tiresias-L must be equal to the last printed digit with the published
 * program's quirks on; the testbed's near.
 *
 * Prints a row a case, writes the table to `bench/results/` unless only some traces were asked for, exits 1 when a case is out
 * of bounds and 2 when the files are not there.
 */

const { values: options } = parseArgs({
  options: { data: { type: 'string', default: '../shared' }, traces: { type: 'string' } },
});
const asked = options.traces?.split(',') ?? TRACES;
const traces = TRACES.filter((each) => asked.includes(each));
const unknown = asked.filter((each) => !TRACES.some((known) => known === each));
if (unknown.length > 0) {
  console.error(`validate:muri: no trace ${unknown.join(', ')}; there are ${TRACES.join(', ')}`);
  process.exit(2);
}
const folder = tracesFolder(resolve(options.data), 'muri', [
  'simulator/expected.csv',
  ...TRACES.map((each) => `simulator/${each}.csv`),
  ...['expected', 'cluster_trace', 'result_SRTF_job', 'result_tiresias_job'].map(
    (each) => `testbed/${each}.csv`,
  ),
]);
if (folder === undefined) process.exit(2);

const started = performance.now();
const secondsSince = (from: number) => ((performance.now() - from) / 1000).toFixed(1);
const simulator = simulatorSections(join(folder, 'simulator'), traces);
const simulatorTook = secondsSince(started);
const testbedStarted = performance.now();
const testbed = testbedSections(join(folder, 'testbed'));
const missed = reportSections('muri', [...simulator, ...testbed], {
  what: `Muri's published results against small programs of their rules and the product's engine: simulator ${simulatorTook} s, testbed ${secondsSince(testbedStarted)} s. Rows that do not name the product's engine are of twins of the published programs. Completion times run from submission; p99 is the value at index floor(0.99 n) of the sorted list.`,
  isWhole: options.traces === undefined,
});
process.exit(missed === 0 ? 0 : 1);
