import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { shell, slicewise } from './slicewise.ts';
import { SMALL_YAML } from './small-scenario.ts';
import { TemporaryFolder } from './temporary-folder.ts';

const folder = new TemporaryFolder();
const small = folder.write('small.yaml', SMALL_YAML);

test('data goes to stdout, notes to stderr, without colours or progress where there is no terminal', async () => {
  const [summary, json, written] = await Promise.all([
    slicewise('run', small),
    slicewise('run', small, '--json'),
    slicewise('run', small, '--json', '--out', folder.at('written')),
  ]);
  expect(summary).toMatchObject({ code: 0, err: '' });
  expect(summary.out).toMatch(/^Scenario {8}small\n/);
  expect(json).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(json.out).schema).toBe('slicewise/result@1');
  expect(written.out).toBe(json.out);
  expect(written.err).toMatch(/^\nWritten: .*result\.json/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no escape sequence and no carriage return is the point
  expect(summary.out + json.out + written.err).not.toMatch(/[\u001b\r]/);
});

test('the next steps that a run suggests all work', async () => {
  const name = folder.write("it's timed.yaml", `${SMALL_YAML}experiment: { kind: timed, warmup: 1h }\n`);
  const first = await slicewise('run', name, '--out', folder.at('first'));
  const commands = [...first.err.matchAll(/slicewise ((?:run|check) .*?) {2,}/g)].map(
    ([, command]) => command,
  );
  expect(commands).toHaveLength(3);
  const line = commands.map((command) => `(slicewise ${command} > /dev/null)`).join(' && ');
  expect(await shell(line, folder.path)).toMatchObject({ code: 0, err: '' });
});

test('a reader that leaves early is no error, and the exit code counts when nobody reads stderr', async () => {
  const [early, unread, gone] = await Promise.all([
    shell('set -o pipefail; slicewise run small.yaml --json | head -c 1', folder.path),
    shell('set -o pipefail; slicewise run small.yaml --json | true', folder.path),
    shell('slicewise run nonsense 2> >(true); exit $?', folder.path),
  ]);
  expect(early).toEqual({ code: 0, out: '{', err: '' });
  expect(unread).toEqual({ code: 0, out: '', err: '' });
  expect(gone).toMatchObject({ code: 2, out: '' });
});

test('a full disk behind stdout is told, and does not look like a failed threshold', async (context) => {
  context.skip(!existsSync('/dev/full'), 'this system has no /dev/full');
  const { code, err } = await shell('slicewise run small.yaml --json > /dev/full', folder.path);
  expect(err).toBe('slicewise: cannot write to standard output: no space left on the device\n');
  expect(code).toBe(2);
});

test('help names every command and fits 80 columns but for examples', async () => {
  const [root, ...commands] = await Promise.all([
    slicewise('--help'),
    ...['run', 'check', 'schema', 'catalog', 'import'].map((name) => slicewise(name, '--help')),
    slicewise('import', 'openb', '--help'),
  ]);
  for (const name of ['run', 'check', 'schema', 'catalog', 'import']) {
    expect(root?.out).toMatch(new RegExp(`^ {2}${name} `, 'm'));
  }
  for (const { code, out, err } of [root, ...commands]) {
    expect([code, err]).toEqual([0, '']);
    expect(out).not.toContain('default: []');
    const lines = out.split('\n').filter((line) => !/slicewise .*--/.test(line));
    expect(lines.filter((line) => line.length > 82)).toEqual([]);
  }
});
