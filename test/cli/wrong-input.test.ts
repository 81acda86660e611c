import { mkdirSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { inProcess } from './in-process.ts';
import { slicewise } from './slicewise.ts';
import { NODE_HEADER, POD_HEADER, SMALL_YAML, TRACE_YAML } from './small-scenario.ts';
import { TemporaryFolder } from './temporary-folder.ts';

const folder = new TemporaryFolder();
const small = folder.write('small.yaml', SMALL_YAML);
const traced = folder.write('traced.yaml', TRACE_YAML);
folder.write('nodes.csv', `${NODE_HEADER}\nh1,8000,32768,2,A\nh2,8000,32768,2,B\n`);
folder.write('pods.csv', `${POD_HEADER}\na,1000,1024,1,500,,0,100,0\nb,1000,1024,2,1000,B,1,50,2\n`);
mkdirSync(folder.at('folder.yaml'));
symlinkSync('circle', folder.at('circle'));

/** Refused with exit code 2, nothing on stdout, and every text in what is said. */
async function expectRefused(args: readonly string[], ...texts: readonly (string | RegExp)[]): Promise<void> {
  const { code, out, err } = await inProcess(args);
  expect([code, out]).toEqual([2, '']);
  for (const text of texts) expect(err).toMatch(text);
}

test('a setting that cannot be applied does not hide what is wrong with the others, or with the file', async () => {
  const wrong = folder.write('wrong.yaml', SMALL_YAML.replace('apiVersion:', 'apiVersio:'));
  await expectRefused(
    ['run', wrong, '--set', 'policy.placment=fgd', '--set', 'policy.placement=fdg', '--seed', '7'],
    /--set policy\.placment=fgd: .*did you mean "placement"\?/,
    /--set policy\.placement=fdg policy\.placement: must be one of .*did you mean "fgd"\?/,
    /wrong\.yaml:\d+:\d+ .*apiVersio/,
  );
});

describe('a scenario that cannot be read is refused with the reason', () => {
  test.each([
    ['missing.yaml', undefined, /missing\.yaml: no such file/],
    ['folder.yaml', undefined, /folder\.yaml: is a folder: must be a file/],
    ['small.yaml/inside.yaml', undefined, /a part of its path is a file/],
    ['circle', undefined, /its links lead in a circle/],
    ['empty.yaml', '', /is empty: must be a scenario document/],
    ['binary.yaml', new Uint8Array([0xff, 0xfe, 0, 0x61]), /is not UTF-8 text/],
    ['syntax.yaml', 'a: [1\nb: 2\n', /syntax\.yaml:2:1: is not YAML/],
    ['twice.yaml', 'name: a\nname: b\n', /twice\.yaml:2:1: is not YAML: Map keys must be unique/],
    ['list.yaml', '[1, 2]', /list\.yaml:1:1: must be a mapping with the keys apiVersion/],
    ['json.json', '{"name": "x"', /json\.json:/],
  ])('%s', async (name, content, text) => {
    if (content !== undefined) folder.write(name, content);
    await expectRefused(['run', folder.at(name)], text);
    await expectRefused(['check', folder.at(name)], text);
  });

  test('a name that no file system takes', async () => {
    await expectRefused(['run', folder.at('x'.repeat(300))], /the name is too long/);
  });

  test('a name of the catalogue that is nearly right gets the right one', async () => {
    await expectRefused(['run', 'openb-lik'], 'did you mean "openb-like"?');
  });
});

test('a byte order mark and Windows line ends make no difference', async () => {
  const plain = await inProcess(['run', small, '--json']);
  const marked = await inProcess(['run', folder.write('bom.yaml', `\ufeff${SMALL_YAML}`), '--json']);
  const windows = folder.write('crlf.yaml', SMALL_YAML.replaceAll('\n', '\r\n'));
  expect(marked).toEqual(plain);
  expect(await inProcess(['run', windows, '--json'])).toEqual(plain);
});

describe('settings', () => {
  test('every wrong path is told at once, with the nearest name', async () => {
    await expectRefused(
      ['run', small, '--set', 'policy.placment=fgd', '--set', 'fleet.hosts.b.count=3', '--set', 'policy'],
      /--set policy\.placment=fgd: .*did you mean "placement"\?/,
      /--set fleet\.hosts\.b\.count=3: .*no item named "b" \(.*accepted: a\)/,
      /--set policy: must be path=value/,
    );
  });

  test('every wrong value is told at once, with what is accepted', async () => {
    await expectRefused(
      [
        ...['run', small, '--set', 'policy.placement=fdg', '--set', 'fleet.hosts[0].count=1e9'],
        ...['--set', 'workload.synthetic.classes[0].memory=4', '--set', 'seed=-1'],
      ],
      /policy\.placement: must be one of first-fit, .*got "fdg" \(did you mean "fgd"\?/,
      /fleet\.hosts\[0\]\.count: must be a whole number from 0 to 1000000, got 1000000000/,
      /workload\.synthetic\.classes\[0\]\.memory: must be .*got 4/,
      /seed: must be a whole number from 0 to 9007199254740991, got -1/,
    );
  });

  test('keys of the prototype are no way in', async () => {
    await expectRefused(['run', small, '--set', '__proto__.polluted=1'], /--set __proto__/);
    await expectRefused(['run', small, '--set', 'constructor.prototype.polluted=1'], /--set constructor/);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});

describe('options', () => {
  test('every wrong number is told at once', async () => {
    await expectRefused(
      ['run', small, '--seed', '9007199254740992', '--workers', '0', '--replications', '1.5'],
      '--seed: must be a whole number from 0 to 9007199254740991, got "9007199254740992"',
      '--workers: must be a whole number from 1 to 256, got "0"',
      '--replications: must be a whole number from 1 to 100000, got "1.5"',
    );
  });

  test('several replications have no one file of decisions or events', async () => {
    const files = ['--decisions', folder.at('d.csv'), '--events', folder.at('e.jsonl')];
    await expectRefused(['run', small, '--replications', '3', ...files], /--decisions: /, /--events: /);
  });

  test.each([
    ['run', small, '--decisions', '', '--out', ''],
    ['import', 'openb', '--nodes', '', '--pods', '', '--out', ''],
  ])('%s: an empty path is refused, as of an unset variable', async (...args) => {
    await expectRefused(args, '--out: must be a path, got ""');
  });
});

describe('traces', () => {
  const set = (key: 'fleet.trace.nodes' | 'workload.trace.pods', file: string) => ['--set', `${key}=${file}`];

  test('files that are missing, folders, empty or binary are told together', async () => {
    folder.write('empty.csv', '');
    folder.write('binary.csv', new Uint8Array([0, 1, 2, 3, 0xff, 0xfe]));
    const both = (nodes: string, pods: string) =>
      ['run', traced, ...set('fleet.trace.nodes', nodes), ...set('workload.trace.pods', pods)] as const;
    await expectRefused(
      both('none.csv', 'folder.yaml'),
      /none\.csv: .*no such file/,
      /folder\.yaml: .*is a folder/,
    );
    await expectRefused(both('empty.csv', 'binary.csv'), /empty\.csv: is empty/, /binary\.csv: .*UTF-8/);
  });

  test('a file without header says which columns it should have', async () => {
    folder.write('headless.csv', 'a,1000,1024,1,500\n');
    const args = ['run', traced, ...set('workload.trace.pods', 'headless.csv')];
    await expectRefused(
      args,
      /the header must have the columns name, cpu_milli, memory_mib, num_gpu, gpu_milli/,
    );
  });

  const bad = [
    'a,1000,1024,1,500,,0,100,0',
    'a,1000,1024,1,500,,0,100,0',
    'b,-1,1024,1,500,,0,100,0',
    'c,1000,x,1,2000,,0,100,0',
    'd,1000,1024',
    'e,1000,1024,1,0,,5,4,',
  ];
  const reasons = [
    /bad\.csv:3 name: must be unique; line 2 has it too, got "a"/,
    /bad\.csv:4 cpu_milli: must be a whole number .*got "-1"/,
    /bad\.csv:5 memory_mib: .*got "x"/,
    /bad\.csv:5 gpu_milli: .*got "2000"/,
    /bad\.csv:6: must have 9 fields/,
    /bad\.csv:7 gpu_milli: .*got "0"/,
    /bad\.csv:7 deletion_time: .*got "4"/,
  ];
  const args = ['run', traced, ...set('workload.trace.pods', 'bad.csv')];

  test('bad rows are counted, named and left out, and the result says so', async () => {
    folder.write('bad.csv', `${POD_HEADER}\n${bad.join('\n')}\n`);
    const { code, out, err } = await inProcess([...args, '--json']);
    expect(code).toBe(0);
    expect(err).toContain('bad.csv: skipped 5 of 6 rows');
    expect(err).toMatch(reasons[0] as RegExp);
    const { inputs, metrics } = JSON.parse(out);
    expect(inputs).toContainEqual(expect.objectContaining({ path: 'bad.csv', rows: 6, kept: 1, skipped: 5 }));
    expect(metrics['jobs.arrived'].value).toBe(1);
  });

  test('strict refuses the file and names every bad value', async () => {
    await expectRefused(
      [...args, '--set', 'workload.trace.strict=true'],
      /5 of 6 rows are wrong/,
      ...reasons,
    );
    const files = ['--nodes', folder.at('nodes.csv'), '--pods', folder.at('bad.csv')];
    await expectRefused(['import', 'openb', ...files, '--strict'], /5 of 6 rows are wrong/, ...reasons);
  });

  test('a file whose rows are all bad is refused with what is wrong with them', async () => {
    folder.write('bad.csv', `${POD_HEADER}\n${bad.slice(2).join('\n')}\n`);
    await expectRefused(args, /bad\.csv: has no usable row/, /bad\.csv:2 cpu_milli: .*got "-1"/);
  });

  test('a list without times cannot be replayed, and the way out it names works', async () => {
    folder.write('timeless.csv', 'name,cpu_milli,memory_mib,num_gpu,gpu_milli\na,1000,1024,1,500\n');
    const timeless = ['run', traced, ...set('workload.trace.pods', 'timeless.csv')];
    await expectRefused(
      timeless,
      /no task has both a creation and a deletion time/,
      /experiment=\{kind: fill\}/,
    );
    expect(await inProcess([...timeless, '--set', 'experiment={kind: fill}'])).toMatchObject({ code: 0 });
  });

  test('an import does not write a scenario that would not be taken', async () => {
    const files = ['--nodes', folder.at('nodes.csv'), '--pods', folder.at('pods.csv')];
    for (const name of ['', 'n'.repeat(121), 'two\nlines']) {
      await expectRefused(
        ['import', 'openb', ...files, '--name', name],
        /name: must be text of 1 to 120/,
        '--name',
      );
    }
    for (const target of ['0', '101', '-1', 'x', '1e9']) {
      const filled = ['import', 'openb', ...files, '--fill', target];
      await expectRefused(filled, /--fill: must be a multiple above 0 and at most 100, .*got /);
    }
    const { code, out } = await inProcess(['import', 'openb', ...files, '--fill', '130%']);
    expect(code).toBe(0);
    expect(out).toContain('target: 1.3');
  });
});

describe('a fill run with nothing to fill or nobody to fill it is refused', () => {
  test.each(['shuffle', 'file'])('order %s', async (order) => {
    folder.write('no-gpu-nodes.csv', `${NODE_HEADER}\nh1,8000,32768,0,\n`);
    folder.write('no-gpu-pods.csv', `${POD_HEADER}\na,1000,1024,0,0,,0,100,0\n`);
    const fill = ['run', traced, '--set', `experiment={kind: fill, order: ${order}}`];
    await expectRefused([...fill, '--set', 'fleet.trace.nodes=no-gpu-nodes.csv'], /fleet: has no GPU/);
    const pods = ['--set', 'workload.trace.pods=no-gpu-pods.csv'];
    await expectRefused([...fill, ...pods], /workload: .*none of them asks for GPU/);
  });
});

test('the program itself: exit code 2, stdout empty and a way on, whatever part is wrong', async () => {
  const noGpu = folder.write('none.csv', `${NODE_HEADER}\nh1,8000,32768,0,\n`);
  const calls: readonly (readonly [readonly string[], RegExp])[] = [
    [['nonsense'], /slicewise: unknown command 'nonsense'\n\(run with --help/],
    [['run'], /slicewise: missing required argument 'scenario'/],
    [['run', small, '--nonsense'], /slicewise: unknown option '--nonsense'/],
    [['run', small, 'more'], /slicewise: too many arguments/],
    [['run', small, '--set'], /slicewise: option '--set <path=value>' argument missing/],
    [['run', small, '--seed', 'x'], /--seed: must be a whole number/],
    [['schema', 'more'], /too many arguments/],
    [['catalog', 'gpu'], /did you mean "gpus"\?/],
    [['import', 'openb', '--pods', 'x'], /required option '--nodes <file.csv>' not specified/],
    // In a worker thread, where errors lose their class.
    [
      [
        ...['run', traced, '--set', 'experiment={kind: fill}', '--set', `fleet.trace.nodes=${noGpu}`],
        ...['--replications', '2', '--workers', '2'],
      ],
      /fleet: has no GPU/,
    ],
  ];
  const runs = await Promise.all(calls.map(([args]) => slicewise(...args)));
  runs.forEach(({ code, out, err }, i) => {
    expect([calls[i]?.[0], code, out]).toEqual([calls[i]?.[0], 2, '']);
    expect(err).toMatch(calls[i]?.[1] as RegExp);
    expect(err).not.toContain('internal fault');
  });
});
