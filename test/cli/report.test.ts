import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { type FileMetaData, parquetMetadata, parquetReadObjects } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import { dataTables } from '../../sim/report/tables/index.ts';
import { reported } from '../report/build-report.ts';
import { richResult } from '../report/rich-result.ts';
import { inProcess } from './in-process.ts';
import { TemporaryFolder } from './temporary-folder.ts';

const folder = new TemporaryFolder();
const rich = folder.write('rich.json', JSON.stringify(richResult()));
const noCost = folder.write('no-cost.json', JSON.stringify({ ...richResult(), cost: undefined }));

const SCENARIO = `apiVersion: slicewise/v1
name: small
seed: 3
fleet: { hosts: [ { name: node, count: 2, cpu: 16, memory: 64GiB, gpus: { model: A100-80GB, count: 4 } } ] }
workload: { synthetic: { tasks: 60, arrivals: { process: poisson, rate: 20/h }, classes: [ { name: c, cpu: 1, memory: 1GiB, gpus: 1, lifetime: { kind: exponential, mean: 1h } } ] } }
experiment: { kind: timed, horizon: 6h }
`;

describe('slicewise report', () => {
  test('writes the files of every format and names them', async () => {
    const out = folder.at('all');
    const { code, out: said } = await inProcess([
      'report',
      rich,
      '--out',
      out,
      '--format',
      'html,md,csv,parquet,focus',
    ]);
    expect(code).toBe(0);
    const written = readdirSync(out).sort();
    expect(said.trim().split('\n').sort()).toEqual(written.map((name) => `${out}/${name}`));
    expect(written).toEqual(
      expect.arrayContaining([
        'focus.csv',
        'metrics.csv',
        'metrics.parquet',
        'report.html',
        'report.md',
        'scenario-as-run.json',
      ]),
    );
  });

  test('Parquet reads back as the same tables, number for number', async () => {
    const out = folder.at('parquet');
    await inProcess(['report', rich, '--out', out, '--format', 'parquet']);
    const tables = dataTables([reported(richResult())]);
    expect(readdirSync(out).sort()).toEqual(tables.map(({ name }) => `${name}.parquet`).sort());
    for (const { name, columns, rows } of tables) {
      const file = Uint8Array.from(readFileSync(`${out}/${name}.parquet`)).buffer;
      const schema = (parquetMetadata(file) as FileMetaData).schema
        .slice(1)
        .map((column) => [column.name, column.type]);
      const types = { text: 'BYTE_ARRAY', number: 'DOUBLE', count: 'INT32' };
      expect(schema).toEqual(columns.map((column) => [column.name, types[column.type]]));
      const read = await parquetReadObjects({ file });
      const expected = rows.map((row) =>
        Object.fromEntries(columns.map((column, at) => [column.name, row[at]])),
      );
      expect(
        read.map((row) => Object.fromEntries(Object.entries(row).map(([k, v]) => [k, v ?? null]))),
      ).toEqual(expected);
    }
  });

  test('names of columns are in snake_case', () => {
    const names = dataTables([reported(richResult())]).flatMap(({ name, columns }) => [
      name,
      ...columns.map((c) => c.name),
    ]);
    expect(names.filter((name) => !/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name))).toEqual([]);
  });

  test('FOCUS rows have the bill and the month, which an option replaces', async () => {
    const out = folder.at('focus');
    await inProcess(['report', rich, '--out', out, '--format', 'focus', '--month', '2027-02']);
    const rows = parse(readFileSync(`${out}/focus.csv`, 'utf8'), { columns: true }) as Record<
      string,
      string
    >[];
    const total = rows.reduce((sum, row) => sum + Number(row.EffectiveCost), 0);
    expect(total).toBeCloseTo(1234.5, 9);
    expect(rows.map((row) => row.BillingPeriodEnd)).toEqual(rows.map(() => '2027-03-01T00:00:00Z'));
  });

  test('the command that the report states gives the same digest', async () => {
    const scenario = folder.write("o'hara 1.yaml", SCENARIO);
    const ran = await inProcess([
      'run',
      scenario,
      '--out',
      folder.at('first'),
      '--set',
      'policy.placement=fgd',
      '--seed',
      '11',
      '--replications',
      '2',
    ]);
    expect(ran.err).toContain(`slicewise report ${folder.at('first')} --out ${folder.at('first')}`);
    await inProcess(['report', folder.at('first'), '--out', folder.at('first'), '--format', 'md']);
    const report = readFileSync(folder.at('first', 'report.md'), 'utf8');
    const command = /^slicewise (run .*)$/m.exec(report)?.[1]?.split(' ') as string[];
    const args = command.map((word) => (word === 'scenario-as-run.json' ? folder.at('first', word) : word));
    const again = await inProcess([...args, '--json']);
    const first = JSON.parse(readFileSync(folder.at('first', 'result.json'), 'utf8'));
    expect(JSON.parse(again.out).digest).toBe(first.digest);
    expect(report).toContain(first.digest);
    // Each part of the result has the shape that the report knows.
    expect(Object.keys(first)).toEqual(expect.arrayContaining(['waterfall', 'alerts']));
    expect(report).not.toContain('cannot read');
    expect(report).toContain('## Where the GPU-hours went');
  });

  test('two runs of one scenario are told apart by their folders', async () => {
    for (const name of ['base', 'candidate']) mkdirSync(folder.at(name), { recursive: true });
    for (const name of ['base', 'candidate'])
      folder.write(`${name}/result.json`, JSON.stringify(richResult()));
    const out = folder.at('two');
    await inProcess([
      'report',
      folder.at('base'),
      folder.at('candidate'),
      '--out',
      out,
      '--format',
      'md,csv',
    ]);
    const report = readFileSync(`${out}/report.md`, 'utf8');
    expect(report).toContain('| figure | everything (base) | everything (candidate) |');
    const rows = parse(readFileSync(`${out}/metrics.csv`, 'utf8'), { columns: true }) as Record<
      string,
      string
    >[];
    expect(new Set(rows.map(({ run }) => run))).toEqual(
      new Set(['everything (base)', 'everything (candidate)']),
    );
  });

  test.each([
    [
      'an unknown format and month',
      ['--format', 'html,pdf', '--month', '2026-13'],
      [rich],
      ['"pdf"', 'html, md, csv, parquet, focus', '2026-13'],
    ],
    [
      'what is no JSON, and what is missing, at once',
      [],
      [folder.write('not.json', 'a: 1'), folder.at('none.json')],
      ['is not JSON', 'no such file'],
    ],
    [
      'JSON that is no result',
      [],
      [folder.write('other.json', '{"schema":"x"}')],
      ['schema', 'is no result of a run'],
    ],
    ['costs that are not there', ['--format', 'html,focus'], [noCost], ['has no costs']],
  ])('refuses %s and writes nothing', async (_, options, results, says) => {
    const out = folder.at('refused');
    const { code, err } = await inProcess(['report', ...results, '--out', out, ...options]);
    expect(code).toBe(2);
    for (const each of says) expect(err).toContain(each);
    expect(existsSync(out)).toBe(false);
  });

  test('does not overwrite a result that it reads', async () => {
    const own = folder.write('scenario-as-run.json', JSON.stringify(richResult()));
    const { code, err } = await inProcess(['report', own, '--out', folder.path]);
    expect(code).toBe(2);
    expect(err).toContain('must not overwrite');
    expect(JSON.parse(readFileSync(own, 'utf8')).schema).toBe('slicewise/result@1');
  });
});
