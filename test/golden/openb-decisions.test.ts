import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { slicewise } from '../cli/slicewise.ts';

const traces = resolve('../shared/traces/openb');
const isHere = existsSync(join(traces, 'oracle-fgd-42'));
const folder = mkdtempSync(join(tmpdir(), 'slicewise-decisions-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Name of the policy, folder of the peer's decisions, whether they name GPUs, tasks placed and milli-GPU allocated by the peer. */
const PEER_RUNS = [
  ['fgd', 'oracle-fgd-42', true, 8334, 5_919_410],
  ['best-fit', 'oracle-bestfit-42', true, 8190, 5_785_450],
  ['gpu-packing', 'oracle-gpupacking-42', false, 7700, 5_675_750],
] as const;

/** Needs the traces beside the checkout (../shared/traces/openb), which are not ours to ship. */
describe.skipIf(!isHere)(
  'fed with the orders of a run of the peer (skipped where ../shared/traces/openb is missing)',
  () => {
    test.each(PEER_RUNS)('%s takes every decision of %s', async (policy, run, hasGpus, placed, milli) => {
      const scenario = join(folder, `${run}.yaml`);
      const decisions = join(folder, `${run}.csv`);
      const imported = await slicewise(
        ...[
          'import',
          'openb',
          '--nodes',
          join(traces, run, 'nodes.csv'),
          '--pods',
          join(traces, run, 'pods.csv'),
        ],
        ...['--order', 'file', '--typical', join(traces, 'openb_pod_list_default.csv'), '--out', scenario],
      );
      expect(imported.code).toBe(0);
      const ran = await slicewise(
        'run',
        scenario,
        '--set',
        `policy.placement=${policy}`,
        '--decisions',
        decisions,
        '--json',
      );
      expect(ran.code).toBe(0);
      const { metrics } = JSON.parse(ran.out);
      expect(metrics['jobs.placed'].value).toBe(placed);
      expect(metrics['gpu.allocatedMilli'].value).toBe(milli);

      const columns = (text: string) =>
        text
          .trim()
          .split('\n')
          .map((line) =>
            line
              .trim()
              .split(',')
              .slice(0, hasGpus ? 3 : 2)
              .join(),
          );
      const ours = columns(readFileSync(decisions, 'utf8'));
      const theirs = columns(readFileSync(join(traces, run, 'decisions.csv'), 'utf8'));
      expect(ours.length).toBe(theirs.length);
      expect(ours.filter((line, i) => line !== theirs[i])).toEqual([]);
    });
  },
);
