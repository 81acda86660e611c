import { spawnSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inProcess } from './in-process.ts';
import { shell } from './slicewise.ts';
import { NODE_HEADER, POD_HEADER, SMALL_YAML, TRACE_YAML } from './small-scenario.ts';
import { TemporaryFolder } from './temporary-folder.ts';

const folder = new TemporaryFolder();
const small = folder.write('small.yaml', SMALL_YAML);
let made = 0;

/** A new empty folder. */
function fresh(): string {
  made += 1;
  const path = folder.at(`fresh-${made}`);
  mkdirSync(path);
  return path;
}

test('a run writes the files asked for, whole, and nothing else', async () => {
  const out = join(fresh(), 'deep', 'er');
  const files = ['--decisions', join(out, 'd.csv'), '--events', join(out, 'e.jsonl')];
  const run = await inProcess(['run', small, '--json', '--out', out, ...files]);
  expect(run.code, run.err).toBe(0);
  expect(readdirSync(out).sort()).toEqual(['d.csv', 'e.jsonl', 'result.json', 'series.csv']);
  expect(readFileSync(join(out, 'result.json'), 'utf8')).toBe(run.out);
  const { metrics } = JSON.parse(run.out);
  const decisions = readFileSync(join(out, 'd.csv'), 'utf8').trimEnd().split('\n');
  expect(decisions).toHaveLength(1 + metrics['jobs.placed'].value + metrics['jobs.rejected'].value);
  const events = readFileSync(join(out, 'e.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events.filter(({ kind }) => kind === 'finished')).toHaveLength(metrics['jobs.completed'].value);
  expect(events.map(({ atUs }) => atUs)).toEqual(events.map(({ atUs }) => atUs).sort((a, b) => a - b));
});

test('a run leaves no curves of an earlier run of the other kind beside its result', async () => {
  const out = fresh();
  await inProcess(['run', small, '--out', out, '--set', 'experiment={kind: fill}']);
  await inProcess(['run', small, '--out', out]);
  expect(readdirSync(out).sort()).toEqual(['result.json', 'series.csv']);
  const decisions = join(out, 'fill.csv');
  await inProcess(['run', small, '--out', out, '--decisions', decisions]);
  expect(readFileSync(decisions, 'utf8')).toContain('job,host,gpus');
});

test('a fill run adds its curves, the same as in the result', async () => {
  const out = fresh();
  await inProcess(['run', small, '--out', out, '--set', 'experiment={kind: fill}']);
  expect(readdirSync(out).sort()).toEqual(['fill.csv', 'result.json']);
  const [header, ...lines] = readFileSync(join(out, 'fill.csv'), 'utf8').trimEnd().split('\n');
  expect(header).toBe('arrived_pct,allocated_pct,fragmented_pct,frag_ratio_pct');
  const { fill } = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')).series;
  const cell = (value: number | null) => (value === null ? '' : String(value));
  expect(lines).toEqual(
    fill.arrivedPct.map((arrived: number, i: number) =>
      [arrived, ...[fill.allocatedPct[i], fill.fragmentedPct[i], fill.fragRatioPct[i]].map(cell)].join(','),
    ),
  );
});

test('a run that fails leaves earlier files as they were and no others behind', async () => {
  const out = fresh();
  writeFileSync(join(out, 'd.csv'), 'earlier');
  mkdirSync(join(out, 'result.json'));
  const args = ['run', small, '--out', out, '--decisions', join(out, 'd.csv'), '--events', join(out, 'e')];
  const run = await inProcess(args);
  expect([run.code, run.out]).toEqual([2, '']);
  expect(run.err).toMatch(/result\.json: is a folder: must be a file/);
  expect(readdirSync(out).sort()).toEqual(['d.csv', 'result.json']);
  expect(readFileSync(join(out, 'd.csv'), 'utf8')).toBe('earlier');
});

test('a place that cannot be written to is refused in plain words', async () => {
  const scenarioAsFolder = await inProcess(['run', small, '--out', join(small, 'x')]);
  expect(scenarioAsFolder.code).toBe(2);
  expect(scenarioAsFolder.err).toMatch(/series\.csv: a part of its path is a file: must be a folder/);
  expect(scenarioAsFolder.err).not.toMatch(/tmp-|ENOTDIR|EEXIST/);
});

test('no output may be another one or an input', async () => {
  const out = fresh();
  folder.write('nodes.csv', `${NODE_HEADER}\nh1,8000,32768,2,A\n`);
  const pods = folder.write('pods.csv', `${POD_HEADER}\na,1000,1024,1,500,,0,100,0\n`);
  const traced = folder.write('traced.yaml', TRACE_YAML);
  const twice = ['--decisions', join(out, 'x'), '--events', `${out}/./x`];
  const calls = [
    ['run', small, ...twice],
    ['run', small, '--out', out, '--events', join(out, 'result.json')],
    ['run', small, '--decisions', small],
    ['run', traced, '--events', pods],
    ['import', 'openb', '--nodes', folder.at('nodes.csv'), '--pods', pods, '--out', pods],
  ];
  for (const args of calls) {
    const run = await inProcess(args);
    expect([args, run.code]).toEqual([args, 2]);
    expect(run.err).toContain('must not overwrite');
  }
  expect(readdirSync(out)).toEqual([]);
  expect(readFileSync(small, 'utf8')).toBe(SMALL_YAML);
  expect(readFileSync(pods, 'utf8')).toContain(POD_HEADER);
});

test('a link stays a link, and what it points to is replaced', async () => {
  const out = fresh();
  writeFileSync(join(out, 'real.csv'), 'earlier');
  symlinkSync('real.csv', join(out, 'link.csv'));
  await inProcess(['run', small, '--decisions', join(out, 'link.csv')]);
  expect(lstatSync(join(out, 'link.csv')).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(out, 'real.csv'), 'utf8')).toMatch(/^job,host,gpus\n/);
});

test('a pipe is written to and not replaced', async () => {
  const out = fresh();
  const line = 'mkfifo pipe && { cat pipe > copy & } && slicewise run ../small.yaml --decisions pipe && wait';
  const run = await shell(line, out);
  expect(run.code, run.err).toBe(0);
  expect(readFileSync(join(out, 'copy'), 'utf8')).toMatch(/^job,host,gpus\ntask-0000000,a-/);
  expect(readdirSync(out).sort()).toEqual(['copy', 'pipe']);
  expect(statSync(join(out, 'pipe')).isFIFO()).toBe(true);
});

test('a disk that fills up in the middle leaves nothing behind', async () => {
  const out = fresh();
  // No file may grow beyond 8 KiB.
  const line =
    'ulimit -f 8; slicewise run ../small.yaml --set workload.synthetic.tasks=2000 --decisions d --events e';
  const run = await shell(line, out);
  expect([run.code, run.out]).toEqual([2, '']);
  expect(run.err).toMatch(/cannot write [de]\n {2}[de]: too large for the file system/);
  expect(readdirSync(out)).toEqual([]);
});

test('what a killed run left is removed by the next one, and what a living process writes is not', async () => {
  const out = fresh();
  const gone = spawnSync(process.execPath, ['--version']).pid;
  const abandoned = join(out, `e.jsonl.tmp-${hostname()}-${gone}`);
  const inUse = join(out, `e.jsonl.tmp-${hostname()}-${process.ppid}`);
  const foreign = join(out, `e.jsonl.tmp-elsewhere.example-${gone}`);
  for (const path of [abandoned, inUse, foreign]) writeFileSync(path, 'half');
  expect((await inProcess(['run', small, '--events', join(out, 'e.jsonl')])).code).toBe(0);
  expect(
    readdirSync(out)
      .map((name) => join(out, name))
      .sort(),
  ).toEqual([join(out, 'e.jsonl'), inUse, foreign].sort());
});

test('names with commas, quotes, line ends and control characters come back from the files as they went in', async () => {
  const out = fresh();
  const names = ['a,"b"\nc', '=1+1', 'tab\there', '\u001b[31mred', 'x'.repeat(3000), 'é漢😀'];
  const field = (text: string) => `"${text.replaceAll('"', '""')}"`;
  writeFileSync(
    join(out, 'nodes.csv'),
    `${NODE_HEADER}\n${field('h,\n"1"')},8000,32768,8,${field('M,\u001b[31m')}\n`,
  );
  const rows = names.map((name) => `${field(name)},1000,1024,1,500,,0,100,0`);
  writeFileSync(join(out, 'pods.csv'), `${POD_HEADER}\n${rows.join('\n')}\n`);
  writeFileSync(join(out, 'traced.yaml'), TRACE_YAML);
  const files = ['--decisions', join(out, 'd.csv'), '--events', join(out, 'e.jsonl')];
  const run = await inProcess(['run', join(out, 'traced.yaml'), ...files]);
  expect(run.code, run.err).toBe(0);
  const expected = names.map((name) =>
    [name, 'h,\n"1"'].map((text) => (/[",\r\n]/.test(text) ? field(text) : text)).join(','),
  );
  const text = readFileSync(join(out, 'd.csv'), 'utf8');
  for (const row of expected) expect(text).toContain(`\n${row},`);
  const events = readFileSync(join(out, 'e.jsonl'), 'utf8').trimEnd().split('\n');
  expect(events.map((line) => JSON.parse(line).job)).toEqual(expect.arrayContaining(names));
  // On a terminal they must not act.
  expect(run.out + run.err).toContain('\\u001b[31m');
  expect(run.out + run.err).not.toContain('\u001b');
});
