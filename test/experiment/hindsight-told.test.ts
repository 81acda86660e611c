import { expect, test } from 'vitest';
import { loadSolver } from '../../cli/load-solver.ts';
import { normalizeScenario, replicate, summarize } from '../../sim/index.ts';
import { summaryText } from '../../sim/report/summary.ts';
import { markdownOf } from '../report/build-report.ts';
import { richResult } from '../report/rich-result.ts';

const solver = await loadSolver();

/** A run as the terminal and as the report tell it, in one line each. */
function told(experiment: object, queueing = 'fifo'): readonly [terminal: string, report: string] {
  const checked = normalizeScenario({
    apiVersion: 'slicewise/v1',
    name: 'told',
    fleet: {
      hosts: [
        { name: 'h', cpu: 64, memory: '256GiB', gpus: { model: 'A100-80GB', count: 1 }, sharing: 'mig' },
      ],
    },
    workload: {
      synthetic: {
        tasks: 4,
        arrivals: { process: 'bursts', rate: '1/h', size: { kind: 'constant', value: 4 } },
        classes: [
          {
            ...{ name: 'c', cpu: 1, memory: '1GiB', gpus: 1, slot: { profile: '3g.40gb' } },
            lifetime: { kind: 'constant', value: '10m' },
          },
        ],
      },
    },
    policy: { queueing },
    experiment,
  });
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  const { document, scenario } = checked;
  const found = summarize([replicate(scenario, {}, 1, { solver })]);
  const result = { ...richResult(), scenario: document, ...found, explanations: [] };
  return [summaryText(result as never), markdownOf(result)].map((text) =>
    text.replaceAll('*', '').replace(/\s+/g, ' '),
  ) as [string, string];
}

test('the terminal and the report say what no policy could have exceeded in a fill', () => {
  const [terminal, report] = told({ kind: 'fill', order: 'file', hindsight: true });
  expect(terminal).toContain(
    'Optimum no policy could have exceeded 85.6 %, knowing all tasks; 100.0 % of that was reached nor have placed more than 2 jobs; 100.0 % of that was reached',
  );
  expect(report).toContain('Nor could one have found a place for more than 2 jobs: 2 jobs have one.');
  expect(told({ kind: 'fill', order: 'file' }).join()).not.toMatch(/no policy|Nor could/i);
});

test('the terminal and the report say how little jobs could have waited, or why nothing is known', () => {
  const [terminal, report] = told({ kind: 'timed', hindsight: true });
  expect(terminal).toMatch(
    /Least wait mean \S+ min, p50 0 s, p95 10\.8 min, p99 10\.8 min: no policy that stops no job and leaves no more waiting at the end could have had less, knowing all arrivals/,
  );
  expect(report).toMatch(
    /No policy that stops no job and leaves no more of them waiting at the end could have had a 95th percentile of less than 10\.8 min or a mean of less than \S+ min, knowing all arrivals; this has 11\.1 min and 5\.6 min\./,
  );
  const [stopping] = told({ kind: 'timed', hindsight: true }, 'srtf');
  expect(stopping).not.toContain('Least wait');
  expect(stopping).toContain(
    'nothing is proven about how little jobs could have waited, because jobs may be stopped for others',
  );
  expect(told({ kind: 'timed' }).join()).not.toMatch(/no policy/i);
});
