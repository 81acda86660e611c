import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Replication, RunResult } from '../../sim/index.ts';
import { inProcess } from '../cli/in-process.ts';
import { TemporaryFolder } from '../cli/temporary-folder.ts';

interface Event {
  readonly name: string;
  readonly cat?: string;
  readonly ph: 'B' | 'E' | 'C' | 'M' | 'i';
  readonly ts?: number;
  readonly pid: number;
  readonly tid: number;
  readonly args?: Readonly<Record<string, string | number>>;
}

interface Trace {
  readonly traceEvents: readonly Event[];
  readonly otherData: Readonly<Record<string, unknown>>;
}

const folder = new TemporaryFolder().path;
const replay = (name: string) => join(folder, `${name}.replay`);

const RUNS: Readonly<Record<string, readonly string[]>> = {
  mig: ['mig-on-demand-h100', '--set', 'experiment.horizon=6h', '--set', 'experiment.warmup=1h'],
  preemption: ['preemptive-priority', '--set', 'experiment.horizon=6h', '--set', 'experiment.warmup=0s'],
  fill: ['openb-like', '--set', 'experiment.target=0.02'],
};

beforeAll(async () => {
  for (const [name, args] of Object.entries(RUNS)) {
    const ran = await inProcess(['run', ...args, '--replay', replay(name), '--out', join(folder, name)]);
    expect(ran.code, ran.err).toBe(0);
  }
});

async function traceOf(name: string, ...options: string[]): Promise<Trace> {
  const out = join(folder, `${name}.json`);
  const made = await inProcess(['export', 'trace', replay(name), '--out', out, ...options]);
  expect(made.code, made.err).toBe(0);
  return JSON.parse(readFileSync(out, 'utf8')) as Trace;
}

/** The rules that viewers of traces rely on: they drop what breaks them without a word. */
function expectRules({ traceEvents }: Trace): void {
  const open = new Map<string, string[]>();
  const named = new Set<string>();
  const processes = new Set(traceEvents.map(({ pid }) => pid));
  const threads = new Map<number, number>();
  let lastUs = 0;
  for (const { name, ph, ts, pid, tid, args } of traceEvents) {
    const track = `${pid}/${tid}`;
    if (ph === 'M') {
      expect(['process_name', 'process_sort_index', 'thread_name', 'thread_sort_index']).toContain(name);
      if (name === 'process_name' || name === 'thread_name') {
        expect(typeof args?.name).toBe('string');
        expect(named).not.toContain(`${name} ${track}`);
        named.add(`${name} ${track}`);
      }
      continue;
    }
    expect(Number.isSafeInteger(ts)).toBe(true);
    expect(ts).toBeGreaterThanOrEqual(lastUs);
    lastUs = ts as number;
    expect(named).toContain(`process_name ${pid}/${pid}`);
    if (ph === 'C') expect(Object.values(args ?? {}).every((value) => Number.isFinite(value))).toBe(true);
    if (ph !== 'B' && ph !== 'E') continue;
    expect(named).toContain(`thread_name ${track}`);
    // Perfetto takes a thread with the number of its process, or with none (0), for the process itself.
    expect(processes).not.toContain(tid);
    expect(tid).toBeGreaterThan(0);
    expect(threads.get(tid) ?? pid).toBe(pid);
    threads.set(tid, pid);
    const stack = open.get(track) ?? [];
    open.set(track, stack);
    if (ph === 'B') {
      stack.push(name);
      // A tenant, and what it does instead of working.
      expect(stack.length).toBeLessThanOrEqual(2);
    } else expect(stack.pop()).toBe(name);
  }
  for (const stack of open.values()) expect(stack).toEqual([]);
}

describe('Chrome trace events', () => {
  test.each(Object.keys(RUNS))('of a run (%s) keep the rules of the format', async (name) => {
    const trace = await traceOf(name);
    expectRules(trace);
    const kinds = new Set(trace.traceEvents.map(({ ph }) => ph));
    for (const kind of ['B', 'E', 'C', 'M'] as const) expect([...kinds]).toContain(kind);
    const { digest } = JSON.parse(readFileSync(join(folder, name, 'result.json'), 'utf8')) as RunResult;
    expect(trace.otherData).toMatchObject({ product: 'slicewise', digest });
  });

  test('have a track for each partition, and a slice for each time that a job is placed', async () => {
    const { traceEvents } = await traceOf('mig');
    const tracks = traceEvents
      .filter(({ name }) => name === 'thread_name')
      .map(({ args }) => String(args?.name));
    expect(tracks.some((name) => /^GPU \d+ \dg\.\d+gb@\d/.test(name))).toBe(true);
    const { metrics } = JSON.parse(readFileSync(join(folder, 'mig', 'result.json'), 'utf8')) as RunResult;
    const jobs = traceEvents.filter(({ ph, cat }) => ph === 'B' && cat === 'job').length;
    expect(jobs).toBeGreaterThanOrEqual(metrics['jobs.placed']?.value ?? Number.NaN);
    expect(traceEvents.filter(({ name }) => name === 'GPUs allocated').length).toBeGreaterThan(10);
    expect(traceEvents.filter(({ name }) => name === 'GPUs working').length).toBeGreaterThan(10);
    expect(traceEvents.filter(({ name }) => name === 'jobs waiting').length).toBeGreaterThan(10);
  });

  test('of a part of the run begin with who is there, and say the same of it as those of the whole', async () => {
    const whole = await traceOf('preemption');
    const part = await traceOf('preemption', '--from', '2h', '--to', '4h');
    expectRules(part);
    const slices = (trace: Trace, fromUs: number, toUs: number) => {
      const open = new Map<string, [string, number][]>();
      const found: string[] = [];
      for (const { ph, ts = 0, name, pid, tid } of trace.traceEvents) {
        const stack = open.get(`${pid}/${tid}`) ?? [];
        open.set(`${pid}/${tid}`, stack);
        if (ph === 'B') stack.push([name, ts]);
        if (ph !== 'E') continue;
        const [job, sinceUs] = stack.pop() as [string, number];
        const [begin, end] = [Math.max(fromUs, sinceUs), Math.min(toUs, ts)];
        if (begin < end) found.push(`${pid} ${job} ${begin} ${end}`);
      }
      return found.sort();
    };
    const [fromUs, toUs] = [2 * 3600e6, 4 * 3600e6];
    expect(slices(part, fromUs, toUs)).toEqual(slices(whole, fromUs, toUs));
    expect(slices(part, fromUs, toUs).length).toBeGreaterThan(5);
  });
});

describe('metrics of a replay', () => {
  test('are those of the run that wrote it', async () => {
    const out = join(folder, 'metrics.json');
    const made = await inProcess(['export', 'metrics', replay('mig'), '--out', out]);
    expect(made.code, made.err).toBe(0);
    const { metrics } = JSON.parse(readFileSync(out, 'utf8')) as { metrics: Replication['readings'] };
    const result = JSON.parse(readFileSync(join(folder, 'mig', 'result.json'), 'utf8')) as RunResult;
    const again = Object.entries(metrics) as unknown as [string, { readonly value: number }][];
    expect(again.length).toBeGreaterThan(30);
    for (const [name, { value }] of again) expect([name, value]).toEqual([name, result.metrics[name]?.value]);
  });

  test('of a fill run there are none', async () => {
    const made = await inProcess(['export', 'metrics', replay('fill'), '--out', join(folder, 'no.json')]);
    expect(made).toMatchObject({ code: 2 });
    expect(made.err).toContain('is of a fill run');
  });
});

test('what is wrong is said at once', async () => {
  const broken = join(folder, 'broken.replay');
  writeFileSync(broken, readFileSync(replay('mig')).subarray(0, 200));
  const wrong = async (...args: string[]) => {
    const { code, err } = await inProcess(['export', ...args]);
    expect(code).toBe(2);
    return err;
  };
  const out = join(folder, 'x.json');
  expect(await wrong('pictures', replay('mig'), '--out', out)).toContain(
    'must be one of trace, metrics, mig-parted, ',
  );
  expect(await wrong('trace', join(folder, 'none'), '--out', out)).toContain('no such file');
  expect(await wrong('trace', broken, '--out', out)).toContain('is a replay whose beginning is damaged');
  expect(await wrong('trace', replay('mig'), '--out', replay('mig'))).toContain(
    'must not overwrite the replay',
  );
  expect(await wrong('trace', replay('mig'), '--out', out, '--from', '3')).toContain('--from');
  expect(await wrong('trace', replay('mig'), '--out', out, '--from', '3h', '--to', '2h')).toContain(
    'must be after --from',
  );
  expect(await wrong('metrics', replay('mig'), '--out', out, '--to', '2h')).toContain('goes with trace');
});
