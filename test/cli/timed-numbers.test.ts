import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RunResult } from '../../sim/index.ts';
import { inProcess } from './in-process.ts';
import { type SlowHost, type SlowTask, slowFifo } from './slow-fifo.ts';
import { NODE_HEADER, POD_HEADER, TRACE_YAML } from './small-scenario.ts';
import { TemporaryFolder } from './temporary-folder.ts';

const folder = new TemporaryFolder();

const hosts = fc
  .array(
    fc.record({
      cpu: fc.constantFrom(4000, 8000, 16000),
      memory: fc.constantFrom(8192, 16384),
      gpus: fc.constantFrom(0, 1, 2, 4),
      model: fc.constantFrom('A', 'B'),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((list) =>
    list.map((host, h): SlowHost => ({ ...host, name: `h${h}`, gpus: h === 0 ? 2 : host.gpus })),
  );

/** Few distinct instants and run times, so that arrivals, ends and starts often fall together. */
const tasks = fc
  .array(
    fc.record({
      cpu: fc.constantFrom(0, 1000, 5000),
      memory: fc.constantFrom(0, 1024, 9000),
      ask: fc.constantFrom([0, 0], [1, 250], [1, 500], [1, 700], [1, 1000], [2, 1000], [4, 1000]),
      models: fc.constantFrom<string[]>([], [], ['A'], ['B'], ['A', 'B'], ['C']),
      gapSec: fc.constantFrom(0, 0, 1, 5, 30),
      duration: fc.constantFrom(0, 1, 10, 50, 200),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((list) => {
    let arrival = 700;
    return list.map(({ ask, gapSec, models, ...rest }, t): SlowTask => {
      arrival += gapSec;
      const [gpus, milli] = ask as [number, number];
      return { ...rest, name: `t${t}`, gpus, milli, models: gpus === 0 ? [] : models, arrival };
    });
  });

const experiments = [
  { text: '{ kind: timed }', horizon: undefined, warmup: 0 },
  { text: '{ kind: timed, horizon: 200s, warmup: 50s }', horizon: 200, warmup: 50 },
];

test('first-fit runs in order of arrival agree with a slow simulator on every count, time, integral and decision', async () => {
  const scenario = folder.write('traced.yaml', TRACE_YAML);
  const check = async (fleet: SlowHost[], list: SlowTask[]) => {
    const nodes = fleet.map((h) => `${h.name},${h.cpu},${h.memory},${h.gpus},${h.gpus === 0 ? '' : h.model}`);
    const pods = list.map(
      (t) =>
        `${t.name},${t.cpu},${t.memory},${t.gpus},${t.milli},${t.models.join('|')},${t.arrival},${t.arrival + t.duration},`,
    );
    folder.write('nodes.csv', `${[NODE_HEADER, ...nodes].join('\n')}\n`);
    folder.write('pods.csv', `${[POD_HEADER, ...pods].join('\n')}\n`);
    for (const { text, horizon, warmup } of experiments) {
      const file = folder.at('decisions.csv');
      const run = await inProcess([
        'run',
        scenario,
        '--json',
        '--decisions',
        file,
        '--set',
        `experiment=${text}`,
      ]);
      expect(run.err).toBe('');
      const slow = slowFifo(fleet, list, horizon, warmup);
      const decisions = readFileSync(file, 'utf8').trimEnd().split('\n').slice(1);
      expect(decisions).toEqual(slow.decisions);
      const { metrics, groups, explanations } = JSON.parse(run.out) as RunResult;
      const metric = (name: string) => metrics[name]?.value;
      for (const state of ['arrived', 'placed', 'completed', 'rejected', 'running', 'waiting'] as const) {
        expect([state, metric(`jobs.${state}`)]).toEqual([state, slow[state]]);
      }
      expect(metric('time.end')).toBe(slow.end);
      expectTimes(metric, 'wait', slow.waits);
      expectTimes(metric, 'completion', slow.completions);
      const measured = slow.end - warmup;
      if (measured > 0) {
        const total = (of: (host: SlowHost) => number) => fleet.reduce((sum, host) => sum + of(host), 0);
        const gpuMilli = 1000 * total((host) => host.gpus);
        expect(metric('gpu.allocated.mean')).toBeCloseTo(slow.gpuSeconds / gpuMilli / measured, 12);
        expect(metric('gpu.allocated.peak')).toBeCloseTo(slow.gpuPeak / gpuMilli, 12);
        expect(metric('cpu.allocated.mean')).toBeCloseTo(
          slow.cpuSeconds / total((h) => h.cpu) / measured,
          12,
        );
        expect(metric('memory.allocated.mean')).toBeCloseTo(
          slow.memorySeconds / total((h) => h.memory) / measured,
          12,
        );
        for (const [model, readings] of Object.entries(groups.gpuModel)) {
          const ofModel = 1000 * total((host) => (host.model === model ? host.gpus : 0));
          const mean = (slow.gpuSecondsByModel.get(model) ?? 0) / ofModel / measured;
          expect(readings['gpu.allocated.mean']?.value).toBeCloseTo(mean, 12);
        }
      }
      const rejected = explanations
        .filter((e) => e.kind === 'rejected')
        .reduce((sum, e) => sum + (e.jobs ?? 0), 0);
      expect(rejected).toBe(slow.rejected);
      if (horizon === undefined) {
        // Everybody has started, so the time spent waiting is all explained.
        const explained = explanations
          .filter((e) => e.kind === 'waiting')
          .reduce((sum, e) => sum + (e.jobSeconds ?? 0), 0);
        const waited = explanations
          .filter((e) => e.kind === 'waited')
          .reduce((sum, e) => sum + (e.jobSeconds ?? 0), 0);
        expect(waited).toBeCloseTo(explained, 3);
        expect(explained).toBeCloseTo(
          slow.waits.reduce((sum, wait) => sum + wait, 0),
          6,
        );
      }
    }
  };
  await fc.assert(fc.asyncProperty(hosts, tasks, check), { numRuns: 100 });
});

/** Mean and largest exactly, quantiles within the 0.8 % that the documentation promises. */
function expectTimes(
  metric: (name: string) => number | null | undefined,
  name: string,
  times: readonly number[],
): void {
  if (times.length === 0) {
    expect(metric(`${name}.mean`)).toBeNull();
    return;
  }
  const sorted = times.toSorted((a, b) => a - b);
  expect(metric(`${name}.mean`)).toBeCloseTo(times.reduce((sum, time) => sum + time, 0) / times.length, 9);
  expect(metric(`${name}.max`)).toBe(sorted.at(-1));
  for (const percent of [50, 95, 99]) {
    const exact = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] as number;
    expect(Math.abs((metric(`${name}.p${percent}`) as number) - exact)).toBeLessThanOrEqual(0.0081 * exact);
  }
}
