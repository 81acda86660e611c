import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runProgram } from './run-program.ts';

let project = '';

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'slicewise-reporter-'));
  symlinkSync(resolve('node_modules'), join(project, 'node_modules'), 'junction');
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

const reporter = resolve('test/house/plain-line-reporter.ts');
const passing = `test('a', () => {}); test('b', () => {});`;

/** Runs `npm test` in a project of these files and gives its exit code and the last lines it printed. */
async function npmTest(files: Readonly<Record<string, string>>, options: object = {}) {
  const config = { test: { globals: true, reporters: ['default', reporter], ...options } };
  const all = {
    'package.json': '{ "type": "module", "scripts": { "test": "vitest run" } }',
    'vitest.config.js': `export default ${JSON.stringify(config)};`,
    ...files,
  };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(project, name)), { recursive: true });
    writeFileSync(join(project, name), text);
  }
  // Colours forced: the line must be plain all the same.
  const env = { ...process.env, FORCE_COLOR: '1' };
  const { code, out } = await runProgram('npm', ['test'], { cwd: project, env });
  expect(out.endsWith('\n'), out).toBe(true);
  const lines = out.split('\n');
  return { code, lastLine: lines.at(-2), lineBefore: lines.at(-3) };
}

test('a run without failures ends with its counts and exit code 0', async () => {
  expect(await npmTest({ 'a.test.js': passing, 'b.test.js': passing })).toMatchObject({
    code: 0,
    lastLine: '4 passed, 0 failed',
  });
});

test('tests left out are counted, of every kind, with the reason where there is one', async () => {
  const skips = `test('p', () => {}); test.skip('a', () => {}); test.todo('b'); describe.skip('c', () => { test('d', () => {}); });
    test('e', ({ skip }) => skip('later'));`;
  expect(await npmTest({ 'a.test.js': skips })).toMatchObject({
    code: 0,
    lineBefore: 'skipped 1: later',
    lastLine: '1 passed, 0 failed, 4 skipped',
  });
});

test('failed tests are counted', async () => {
  const failing = `${passing} test('c', () => { expect(1).toBe(2); }); test.skip('d', () => {});`;
  expect(await npmTest({ 'a.test.js': failing, 'b.test.js': passing })).toMatchObject({
    code: 1,
    lastLine: '4 passed, 1 failed, 1 skipped',
  });
});

test.each([
  [
    'a file that throws when it is loaded',
    { 'bad.test.js': `throw new Error('no');` },
    {},
    '2 passed, 1 failed',
  ],
  ['a file that cannot be parsed', { 'bad.test.js': 'test(' }, {}, '2 passed, 1 failed'],
  ['a file without tests', { 'bad.test.js': '' }, {}, '2 passed, 1 failed'],
  [
    'a hook that throws',
    {
      'bad.test.js': `describe('g', () => { beforeAll(() => { throw new Error('no'); }); test('c', () => {}); });`,
    },
    {},
    '2 passed, 1 failed, 1 skipped',
  ],
  [
    'an error outside of any test',
    { 'bad.test.js': `test('c', () => { Promise.reject(new Error('lost')); });` },
    {},
    '3 passed, 1 failed',
  ],
  [
    'a global setup that throws',
    { 'setup.js': `export default () => { throw new Error('no'); };` },
    { globalSetup: ['./setup.js'] },
    '0 passed, 1 failed',
  ],
  ['no test files at all', {}, { include: ['nowhere/*.js'] }, '0 passed, 1 failed'],
])('%s counts as a failure', async (_, files, options, lastLine) => {
  expect(await npmTest({ 'good.test.js': passing, ...files }, options)).toMatchObject({ code: 1, lastLine });
});
