import { execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  fdatasyncSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { UsageError } from '../../cli/errors.ts';
import { drive } from '../../cli/sweep/drive.ts';
import type { SweepExecutor, SweepOutcome } from '../../cli/sweep/executor.ts';
import { inProcess } from '../../cli/sweep/in-process.ts';
import { SweepLock } from '../../cli/sweep/lock.ts';
import { LockKeeper } from '../../cli/sweep/lock-keeper.ts';
import { MANIFEST, readManifest } from '../../cli/sweep/manifest.ts';
import { resultLines } from '../../cli/sweep/read-results.ts';
import { decodeLine, encodeLine } from '../../cli/sweep/result-line.ts';
import { ResultWriter, type SyncPolicy } from '../../cli/sweep/result-writer.ts';
import { readStored, SweepStore } from '../../cli/sweep/store.ts';
import { SMALL_YAML } from '../cli/small-scenario.ts';
import { TemporaryFolder } from '../cli/temporary-folder.ts';
import { rawRuns, runInto, smallPlan } from './small-sweep.ts';

const folder = new TemporaryFolder();
const scenario = folder.write('s.yaml', SMALL_YAML);
const plan = smallPlan(scenario);
const LONG_AGO = new Date(Date.now() - 600_000);
const PATIENCE_MS = 30_000;
let made = 0;
const fresh = () => folder.at(`sweep${made++}`);
const files = (at: string) => readdirSync(join(at, 'results')).map((name) => join(at, 'results', name));
const digests = (at: string) =>
  [...readStored(at, plan.manifest, plan.ids).outcomes]
    .sort(([a], [b]) => a - b)
    .map(([, each]) => each.status === 'done' && each.digest);

/** The problems of a call that must be refused. */
async function refused(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return [
      error.message,
      ...error.problems.map(({ path, message, hint }) => `${path}: ${message} (${hint})`),
    ].join('\n');
  }
  throw new Error('it was taken');
}

const outcomes: fc.Arbitrary<SweepOutcome> = fc.oneof(
  fc.record({
    id: fc.string({ unit: 'binary' }),
    index: fc.nat(),
    status: fc.constant('done' as const),
    digest: fc.string(),
    metrics: fc.dictionary(
      fc.string({ unit: 'binary' }).filter((name) => name !== '__proto__'),
      fc.record({
        value: fc.oneof(
          fc.constant(null),
          fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
        ),
        unit: fc.string(),
      }),
    ),
    elapsedMs: fc.nat(),
  }),
  fc.record({
    id: fc.string(),
    index: fc.nat(),
    status: fc.constant('failed' as const),
    error: fc.string({ unit: 'binary' }),
    elapsedMs: fc.nat(),
  }),
);

describe('A line of results', () => {
  test('says what was written, on one line, with the CRC-32 that zlib computes', () => {
    fc.assert(
      fc.property(outcomes, (outcome) => {
        const line = Buffer.from(encodeLine(outcome));
        expect(line.indexOf('\n')).toBe(line.length - 1);
        const text = JSON.stringify(outcome);
        expect(JSON.parse(line.toString('utf8')).crc).toBe(crc32(text).toString(16).padStart(8, '0'));
        expect(decodeLine(line.subarray(0, -1))).toEqual(JSON.parse(text));
      }),
    );
  });

  test('is not read when it was cut or a bit of it is turned', () => {
    fc.assert(
      fc.property(outcomes, fc.nat(), fc.nat(7), (outcome, place, bit) => {
        const line = Buffer.from(encodeLine(outcome)).subarray(0, -1);
        const at = place % line.length;
        expect(decodeLine(line.subarray(0, at))).toBeUndefined();
        const turned = Buffer.from(line);
        turned[at] = (turned[at] as number) ^ (1 << bit);
        expect(decodeLine(turned)).toBeUndefined();
      }),
    );
  });
});

describe('The directory of a sweep', () => {
  test('has each run once, with the digest of the run made alone, and an index that leads to it', async () => {
    const at = fresh();
    await runInto(at, plan);
    const slow: (string | false)[] = [];
    for await (const each of inProcess.run(plan.runs(plan.ids.keys()), context()))
      slow.push(each.status === 'done' && each.digest);
    expect(digests(at)).toEqual(slow);
    expect(rawRuns(at)).toHaveLength(plan.ids.length);
    const index = JSON.parse(readFileSync(join(at, 'index.json'), 'utf8'));
    expect(index.runs.map((each: { id: string }) => each.id)).toEqual(plan.ids);
    for (const { file, offset, length, index: run } of index.runs) {
      const line = readFileSync(join(at, file)).subarray(offset, offset + length);
      expect(JSON.parse(line.toString('utf8')).run.index).toBe(run);
    }
  });

  test('that is whole makes no run again', async () => {
    const at = fresh();
    await runInto(at, plan);
    expect(await runInto(at, plan)).toEqual([]);
  });

  test('loses one run to a torn last line, and says so', async () => {
    const at = fresh();
    await runInto(at, plan);
    const whole = digests(at);
    const [file = ''] = files(at);
    const bytes = readFileSync(file);
    for (const cut of [1, 2, 40, bytes.length - bytes.lastIndexOf('\n', bytes.length - 2) - 2]) {
      writeFileSync(file, bytes.subarray(0, bytes.length - cut));
      const { damaged, outcomes: left } = readStored(at, plan.manifest, plan.ids);
      // Without its newline alone, the line is whole.
      expect(left.size).toBe(plan.ids.length - (cut === 1 ? 0 : 1));
      expect(damaged).toEqual(
        cut === 1 ? [] : [{ file: expect.any(String), line: plan.ids.length, isLast: true }],
      );
    }
    const told = await runInto(at, plan);
    expect(told).toHaveLength(1);
    expect(digests(at)).toEqual(whole);
  });

  test('names a damaged line in the middle and makes that run again', async () => {
    const at = fresh();
    await runInto(at, plan);
    const whole = digests(at);
    const [file = ''] = files(at);
    const lines = readFileSync(file, 'utf8').split('\n');
    lines[4] = (lines[4] as string).replace('"digest":"', '"digest":"0');
    writeFileSync(file, lines.join('\n'));
    expect(readStored(at, plan.manifest, plan.ids).damaged).toMatchObject([{ line: 5, isLast: false }]);
    expect(await runInto(at, plan)).toMatchObject([{ index: 4 }]);
    expect(digests(at)).toEqual(whole);
  });

  test('reads lines longer than what is read at a time, and bytes that are no text', async () => {
    const at = fresh();
    await runInto(at, plan);
    const [file = ''] = files(at);
    appendFileSync(
      file,
      Buffer.concat([Buffer.alloc(3_000_000, 0x61), Buffer.from([10, 0xff, 0xfe, 10, 0, 0, 0])]),
    );
    const { damaged, outcomes: left } = readStored(at, plan.manifest, plan.ids);
    expect(left.size).toBe(plan.ids.length);
    expect(damaged.map(({ line, isLast }) => [line, isLast])).toEqual([
      [13, false],
      [14, false],
      [15, true],
    ]);
  });

  test('knows where each line stands in a file of any length', () => {
    const at = fresh();
    const writer = new ResultWriter(at, 'end');
    const written = Array.from({ length: 30 }, (_, index) => {
      const error = 'x'.repeat(100_000 + index);
      return { id: `${index}`, index, status: 'failed', error, elapsedMs: 0 } as const;
    });
    for (const outcome of written) writer.append(outcome);
    writer.close();
    const [file = ''] = files(at);
    const bytes = readFileSync(file);
    const read = [...resultLines(at)].map((line) =>
      line.outcome === undefined
        ? undefined
        : decodeLine(bytes.subarray(line.place.offset, line.place.offset + line.place.length)),
    );
    expect(read).toEqual(written);
  });

  test('refuses results that contradict each other, naming both', async () => {
    const at = fresh();
    await runInto(at, plan);
    const run = { ...rawRuns(at)[3], digest: '0000000000000000' } as unknown as SweepOutcome;
    writeFileSync(join(at, 'results', '9999-other.jsonl'), encodeLine(run));
    expect(await refused(() => readStored(at, plan.manifest))).toMatch(
      /run 3 has digest 0000000000000000 here and \w{16} in results\/0001-.*:4/,
    );
  });

  test('keeps a failure with its error, and makes it again only when asked', async () => {
    const at = fresh();
    const failing: SweepExecutor = {
      name: 'failing',
      async *run(runs, own) {
        for await (const outcome of inProcess.run(runs, own)) {
          const { id, index, elapsedMs } = outcome;
          yield index % 5 === 2
            ? { id, index, status: 'failed', error: 'no such thing', elapsedMs }
            : outcome;
        }
      },
    };
    await runInto(at, plan, { executor: failing });
    expect(readStored(at, plan.manifest).outcomes.get(7)).toMatchObject({
      status: 'failed',
      error: 'no such thing',
    });
    expect(await runInto(at, plan)).toEqual([]);
    const again = await runInto(at, plan, { retryFailed: true });
    expect(again.map(({ index, status }) => [index, status])).toEqual([
      [2, 'done'],
      [7, 'done'],
    ]);
    expect(await runInto(at, plan, { retryFailed: true })).toEqual([]);
    expect(digests(at)).not.toContain(false);
  });

  test('takes no answer that was not asked for, and none twice', async () => {
    const twice: SweepExecutor = {
      name: 'twice',
      async *run(runs, own) {
        for await (const outcome of inProcess.run(runs, own)) {
          yield outcome;
          yield outcome;
        }
      },
    };
    await expect(runInto(fresh(), plan, { executor: twice })).rejects.toThrow(/given twice/);
    const lazy: SweepExecutor = { name: 'lazy', async *run() {} };
    await expect(runInto(fresh(), plan, { executor: lazy })).rejects.toThrow(/no answer for 12 runs/);
  });

  test('refuses a result of another run, and lets other files be', async () => {
    const at = fresh();
    await runInto(at, plan);
    writeFileSync(join(at, 'notes.txt'), 'mine');
    expect(await runInto(at, plan)).toEqual([]);
    const [first] = readStored(at, plan.manifest).outcomes.values();
    for (const name of readdirSync(join(at, 'results'))) rmSync(join(at, 'results', name));
    writeFileSync(
      join(at, 'results', '0001-other.jsonl'),
      encodeLine({ ...(first as SweepOutcome), id: 'f'.repeat(32) }),
    );
    expect(await refused(() => runInto(at, plan))).toMatch(/is no run of this sweep: index 0, id f+/);
  });

  test('refuses the directory of another sweep, of another version and of something else', async () => {
    const at = fresh();
    await runInto(at, plan);
    const other = smallPlan(folder.write('other.yaml', SMALL_YAML.replace('tasks: 50', 'tasks: 40')), 3);
    const said = await refused(() => runInto(at, other));
    expect(said).toMatch(/is of another scenario/);
    expect(said).toMatch(/has other seeds/);
    expect(said).toMatch(/give another --out/);
    const path = join(at, MANIFEST);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace(/"version": "[^"]*"/, '"version": "0.0.1"'));
    expect(await refused(() => runInto(at, plan))).toMatch(/made by version 0.0.1.*run version 0.0.1 here/);
    writeFileSync(path, text.replace('slicewise/sweep@1', 'slicewise/sweep@2'));
    expect(await refused(() => runInto(at, plan))).toMatch(/slicewise\/sweep@2.*reads slicewise\/sweep@1/);
    writeFileSync(path, text.replace('"tasks": 50', '"tasks": 51'));
    expect(await refused(() => runInto(at, plan))).toMatch(/was changed/);
    writeFileSync(path, text.slice(0, 100));
    expect(await refused(() => runInto(at, plan))).toMatch(/is not JSON/);
    const foreign = fresh();
    mkdirSync(foreign);
    writeFileSync(join(foreign, 'thesis.txt'), 'x');
    expect(await refused(() => runInto(foreign, plan))).toMatch(/holds 1 other file \(thesis.txt\)/);
    expect(existsSync(join(foreign, MANIFEST))).toBe(false);
    expect(readdirSync(at)).not.toContain('locks/all.lock');
  });
});

describe('A writer', () => {
  /** After which of five results, a moment apart, and after the end the disk was told to keep them. */
  function syncedAfter(policy: SyncPolicy): readonly number[] {
    let written = 0;
    let nowMs = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
    const synced: number[] = [];
    const sync = (descriptor: number) => {
      fdatasyncSync(descriptor);
      synced.push(written);
    };
    try {
      const writer = new ResultWriter(fresh(), policy, { write: writeSync, truncate: ftruncateSync, sync });
      while (written < 5) {
        nowMs += 400;
        written += 1;
        writer.append({ id: 'a', index: 0, status: 'failed', error: 'b', elapsedMs: 0 });
      }
      writer.close();
      writer.close();
    } finally {
      clock.mockRestore();
    }
    return synced;
  }

  test('forces results to the disk when it was told to, and always the last ones at its end', () => {
    expect(syncedAfter('each')).toEqual([1, 2, 3, 4, 5]);
    // At 1.2 s, and at its end.
    expect(syncedAfter('second')).toEqual([3, 5]);
    expect(syncedAfter('end')).toEqual([5]);
  });

  test('writes whole lines where the system takes a few bytes at a time', () => {
    const at = fresh();
    const write = ((descriptor: number, bytes: Uint8Array, from: number, length: number) =>
      writeSync(descriptor, bytes, from, Math.min(length, 7))) as typeof writeSync;
    const writer = new ResultWriter(at, 'end', { write, truncate: ftruncateSync, sync: fdatasyncSync });
    const written = ['first', 'second'].map(
      (error, index) => ({ id: 'a', index, status: 'failed', error, elapsedMs: 0 }) as const,
    );
    for (const outcome of written) writer.append(outcome);
    writer.close();
    expect([...resultLines(at)].map(({ outcome }) => outcome)).toEqual(written);
  });

  test('that comes later is read later: of two failures of a run the last one counts', () => {
    const at = fresh();
    for (const error of ['first', 'second', 'third']) {
      const writer = new ResultWriter(at, 'end');
      writer.append({ id: plan.ids[3] as string, index: 3, status: 'failed', error, elapsedMs: 0 });
      writer.close();
    }
    expect(readStored(at, plan.manifest, plan.ids).outcomes.get(3)).toMatchObject({ error: 'third' });
  });
});

test('An outcome is told only when it is written', async () => {
  const told: SweepOutcome[] = [];
  const store = {
    append: () => {
      throw new Error('no room');
    },
  };
  const all = [...plan.ids.keys()];
  const tell = (outcome: SweepOutcome) => void told.push(outcome);
  await expect(drive(plan, all, store, inProcess, context().signal, tell)).rejects.toThrow('no room');
  expect(told).toEqual([]);
});

describe('A full disk', () => {
  test('is told, loses nothing that was written, leaves no half line, and the sweep goes on after it', async () => {
    const at = fresh();
    let room = 9_000;
    const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    const write = ((descriptor: number, bytes: Uint8Array, from: number, length: number) => {
      if (room === 0) throw full;
      const done = writeSync(descriptor, bytes, from, Math.min(length, room));
      room -= done;
      return done;
    }) as typeof writeSync;
    const { ftruncateSync: truncate, fdatasyncSync: sync } = await import('node:fs');
    const writer = new ResultWriter(at, 'each', { write, truncate, sync });
    const said = await refused(() => runInto(at, plan, { writer }));
    expect(said).toMatch(/no space left on the device .*results of this process.*the same command goes on/);
    const { outcomes: kept, damaged } = readStored(at, plan.manifest, plan.ids);
    expect(damaged).toEqual([]);
    expect(kept.size).toBeGreaterThan(0);
    expect(kept.size).toBe(Number(/(\d+) results of this process/.exec(said)?.[1]));
    const rest = await runInto(at, plan);
    expect(rest).toHaveLength(plan.ids.length - kept.size);
    expect(
      rawRuns(at)
        .map(({ index }) => index)
        .sort((a, b) => a - b),
    ).toEqual([...plan.ids.keys()]);
  });

  test('of a real file system does the same', async (context_) => {
    const place = folder.at('tmpfs');
    mkdirSync(place);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', place], { stdio: 'ignore' });
    } catch {
      context_.skip('no file system can be mounted here');
      return;
    }
    try {
      const at = join(place, 'sweep');
      const many = smallPlan(scenario, 10);
      expect(await refused(() => runInto(at, many))).toMatch(/no space left on the device/);
      const { outcomes: kept, damaged } = readStored(at, many.manifest, many.ids);
      expect(damaged).toEqual([]);
      expect(kept.size).toBeGreaterThan(3);
      execFileSync('mount', ['-o', 'remount,size=8m', place]);
      expect(await runInto(at, many)).toHaveLength(many.ids.length - kept.size);
      expect(readStored(at, many.manifest).outcomes.size).toBe(many.ids.length);
    } finally {
      execFileSync('umount', [place]);
    }
  });
});

describe('The lock of a directory', () => {
  const open = (at: string, shard?: { number: number; of: number }) => new SweepLock(at, shard);

  test('lets shards of one split in together, and nobody else', async () => {
    const at = fresh();
    mkdirSync(at);
    const [one, two] = [open(at, { number: 1, of: 3 }), open(at, { number: 2, of: 3 })];
    const said = /process \d+ on .*is at work there.*wait for it/;
    expect(await refused(() => open(at, { number: 2, of: 3 }))).toMatch(said);
    expect(await refused(() => open(at, { number: 3, of: 4 }))).toMatch(said);
    expect(await refused(() => open(at))).toMatch(said);
    one.release();
    two.release();
    const all = open(at);
    expect(await refused(() => open(at, { number: 1, of: 3 }))).toMatch(said);
    all.release();
    expect(readdirSync(join(at, 'locks'))).toEqual([]);
  });

  test('of a process that was killed does not count; one of a living process does', async () => {
    const at = fresh();
    mkdirSync(at);
    const child = spawn('sleep', ['60']);
    const mine = open(at);
    const [name = ''] = readdirSync(join(at, 'locks'));
    const path = join(at, 'locks', name);
    const held = JSON.parse(readFileSync(path, 'utf8'));
    mine.release();
    const startOf = (pid: number | undefined) => {
      const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : ')';
      return stat.split(') ').at(-1)?.split(' ')[19] ?? '';
    };
    const theirs = JSON.stringify({ ...held, pid: child.pid, started: startOf(child.pid), token: 'x' });
    writeFileSync(path, theirs);
    expect(await refused(() => open(at))).toMatch(/is at work there/);
    const gone = new Promise((resolve) => child.on('close', resolve));
    child.kill('SIGKILL');
    await gone;
    open(at).release();
    // The number was given to a later process.
    writeFileSync(path, JSON.stringify({ ...held, started: '1', token: 'y' }));
    open(at).release();
    expect(readdirSync(join(at, 'locks'))).toEqual([]);
  });

  test('of another machine counts as long as it is renewed', async () => {
    const at = fresh();
    mkdirSync(join(at, 'locks'), { recursive: true });
    const path = join(at, 'locks', 'all.lock');
    writeFileSync(path, JSON.stringify({ host: 'far', boot: 'b', pid: 1, started: '5', token: 'z' }));
    expect(await refused(() => open(at))).toMatch(/process 1 on far is at work there/);
    utimesSync(path, LONG_AGO, LONG_AGO);
    open(at).release();
    rmSync(path, { force: true });
  });

  test.each([
    ['another container', { space: 'pid:[1]' }],
    ['before the machine was started again', { boot: 'b' }],
    ['another machine', { host: 'far' }],
  ])('of %s counts as long as it is renewed, whatever number its process has', async (_, other) => {
    const at = fresh();
    mkdirSync(at);
    const mine = open(at);
    const path = join(at, 'locks', 'all.lock');
    const held = JSON.parse(readFileSync(path, 'utf8'));
    mine.release();
    // Here nobody has this number; there somebody may.
    writeFileSync(path, JSON.stringify({ ...held, ...other, pid: 2 ** 30, token: 'c' }));
    expect(await refused(() => open(at))).toMatch(/is at work there/);
    utimesSync(path, LONG_AGO, LONG_AGO);
    open(at).release();
    expect(readdirSync(join(at, 'locks'))).toEqual([]);
  });

  test('is renewed while a run keeps the main thread busy', () => {
    const at = fresh();
    mkdirSync(at);
    const lock = new SweepLock(at, undefined, 10);
    const path = join(at, 'locks', 'all.lock');
    const before = readFileSync(path, 'utf8');
    for (let times = 0; times < 2; times++) {
      utimesSync(path, LONG_AGO, LONG_AGO);
      // No timer and no promise of this thread gets a turn.
      expect(blockUntil(() => statSync(path).mtimeMs > LONG_AGO.getTime())).toBe(true);
    }
    expect(readFileSync(path, 'utf8')).toBe(before);
    lock.release();
    expect(readdirSync(join(at, 'locks'))).toEqual([]);
  });

  test('that somebody else has taken since is not renewed', () => {
    const at = fresh();
    mkdirSync(at);
    const lock = new SweepLock(at, undefined, 10);
    const [path, aside] = [join(at, 'locks', 'all.lock'), join(at, 'aside')];
    const isRenewed = (which: string) => statSync(which).mtimeMs > LONG_AGO.getTime();
    utimesSync(path, LONG_AGO, LONG_AGO);
    expect(blockUntil(() => isRenewed(path))).toBe(true);
    renameSync(path, aside);
    const theirs = JSON.stringify({ host: 'far', boot: 'b', pid: 1, started: '5', token: 'z' });
    writeFileSync(path, theirs);
    for (const each of [path, aside]) utimesSync(each, LONG_AGO, LONG_AGO);
    expect(blockUntil(() => isRenewed(aside))).toBe(true);
    expect(isRenewed(path)).toBe(false);
    lock.release();
    expect(readFileSync(path, 'utf8')).toBe(theirs);
  });

  test('that was given back is renewed no more, and one of somebody else never was', () => {
    const at = fresh();
    mkdirSync(at);
    const [other, aside] = [join(at, 'other'), join(at, 'aside')];
    writeFileSync(other, JSON.stringify({ token: 'somebody' }));
    utimesSync(other, LONG_AGO, LONG_AGO);
    const foreign = new LockKeeper(other, 'nobody', 1);
    const first = new SweepLock(at, { number: 1, of: 2 }, 1);
    linkSync(join(at, 'locks', '1-of-2.lock'), aside);
    utimesSync(aside, LONG_AGO, LONG_AGO);
    expect(blockUntil(() => statSync(aside).mtimeMs > LONG_AGO.getTime())).toBe(true);
    first.release();
    const clock = new SweepLock(at, { number: 2, of: 2 }, 10);
    const path = join(at, 'locks', '2-of-2.lock');
    const renewed = (times: number) => {
      for (let i = 0; i < times; i++) {
        utimesSync(path, LONG_AGO, LONG_AGO);
        expect(blockUntil(() => statSync(path).mtimeMs > LONG_AGO.getTime())).toBe(true);
      }
    };
    // A thread that is being ended may still write what it had begun to.
    renewed(10);
    utimesSync(aside, LONG_AGO, LONG_AGO);
    renewed(10);
    expect(statSync(aside).mtimeMs).toBe(statSync(other).mtimeMs);
    clock.release();
    foreign.stop();
  });

  test('is given back when the directory is refused', async () => {
    const at = fresh();
    await runInto(at, plan);
    await refused(
      () => new SweepStore(at, { ...plan.manifest, version: '9.9.9' }, plan.ids, undefined, 'end'),
    );
    expect(readdirSync(join(at, 'locks'))).toEqual([]);
    expect(readManifest(at).version).toBe(plan.manifest.version);
  });
});

/** Keeps this thread busy until something holds; false where it never does. */
function blockUntil(holds: () => boolean): boolean {
  const until = performance.now() + PATIENCE_MS;
  while (performance.now() < until) if (holds()) return true;
  return false;
}

function context() {
  const { sweepId, version } = plan.manifest;
  return { sweepId, version, folder: plan.folder, signal: new AbortController().signal };
}
