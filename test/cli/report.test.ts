import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { type FileMetaData, parquetMetadata, parquetReadObjects } from 'hyparquet';
import { describe, expect, test } from 'vitest';
import { dataTables } from '../../sim/report/tables/index.ts';
import { parseXml, type XmlElement } from '../compare/xml.ts';
import { reported } from '../report/build-report.ts';
import { richResult } from '../report/rich-result.ts';
import { inProcess } from './in-process.ts';
import { TemporaryFolder } from './temporary-folder.ts';

const folder = new TemporaryFolder();
const rich = folder.write('rich.json', JSON.stringify(richResult()));
const noCost = folder.write('no-cost.json', JSON.stringify({ ...richResult(), cost: undefined }));

const noObjectives = folder.write(
  'no-objectives.json',
  JSON.stringify({ ...richResult(), objectives: undefined }),
);

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

  test('JUnit has a suite a run with the verdicts that run gave, undecided failed with --strict', async () => {
    const objectives = `replications: 4
objectives:
  - { name: 'soon & "<fast>"', expect: wait.mean < 1 ms }
  - jobs.rejected == 0
  - delta(wait.mean) < 5 %
  - 'metric("gpu.allocated.mean", pool: "default") > 1 %'
  - jobs.arrived / jobs.rejected > 3
  - 'metric("wait.mean", pool: "none") < 3 s'
`;
    const judged = await inProcess([
      'run',
      folder.write('judged.yaml', SCENARIO + objectives),
      '--out',
      folder.at('judged'),
    ]);
    expect(judged.code).toBe(1);
    const plain = folder.write('plain.yaml', SCENARIO);
    await inProcess(['run', plain, '--out', folder.at('plain')]);
    const kept = JSON.parse(readFileSync(folder.at('judged', 'result.json'), 'utf8')).objectives as {
      verdict: string;
      name: string;
    }[];
    const from = [folder.at('judged'), folder.at('plain')];
    const { code } = await inProcess(['report', ...from, '--out', folder.at('junit'), '--format', 'junit']);
    expect(code).toBe(0);
    const root = parseXml(readFileSync(folder.at('junit', 'junit.xml'), 'utf8'));
    const [suite, empty] = root.children as [XmlElement, XmlElement];
    expect(suite.attributes.name).toContain('judged');
    expect(empty.attributes).toMatchObject({ tests: '0', failures: '0' });
    const cases = suite.children.filter(({ name }) => name === 'testcase');
    const word = { pass: 'system-out', fail: 'failure', undecided: 'skipped', 'not-measured': 'error' };
    expect(cases.map(({ attributes, children }) => [attributes.name, children[0]?.name])).toEqual(
      kept.map(({ name, verdict }) => [name, word[verdict as keyof typeof word]]),
    );
    expect(new Set(kept.map(({ verdict }) => verdict)).size).toBeGreaterThanOrEqual(3);
    expect(root.attributes.errors).toBe(
      String(kept.filter(({ verdict }) => verdict === 'not-measured').length),
    );
    // What is said is what run said: nothing is lost between the two.
    const said = cases[0]?.children[0]?.attributes.message ?? '';
    expect(judged.out.replace(/\s+/g, ' ')).toContain(said.replace(/^FAIL: /, ''));
    // What is divided by nothing is null in JSON.
    const endless = cases.find(({ attributes }) => attributes.name === 'jobs.arrived / jobs.rejected > 3');
    expect(endless?.children[0]?.text).toContain('found infinite in 4 replications');
    // Undecided is as good as failed where that is asked.
    const edited = JSON.parse(readFileSync(folder.at('judged', 'result.json'), 'utf8'));
    edited.objectives = [{ ...edited.objectives[0], verdict: 'undecided', needed: 7 }];
    const undecided = folder.write('undecided.json', JSON.stringify(edited));
    for (const [options, found] of [
      [[], { failures: '0', skipped: '1' }],
      [['--strict'], { failures: '1', skipped: '0' }],
    ] as const) {
      const out = folder.at(`junit-${options.length}`);
      await inProcess(['report', undecided, '--out', out, '--format', 'junit', ...options]);
      const xml = readFileSync(`${out}/junit.xml`, 'utf8');
      expect(parseXml(xml).attributes).toMatchObject(found);
      expect(xml).toContain('about 7 more replications needed');
    }
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
      ['"pdf"', 'html, md, csv, parquet, focus, junit', '2026-13'],
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
    [
      'JUnit of results without objectives',
      ['--format', 'junit'],
      [noObjectives],
      ['has no objectives: state some'],
    ],
    [
      'JUnit of objectives that are none',
      ['--format', 'junit'],
      [folder.write('odd.json', JSON.stringify({ ...richResult(), objectives: [{ name: 'a' }] }))],
      ['objectives that this version cannot read'],
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
