import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { inProcess } from '../cli/in-process.ts';
import { openViewer, type Viewer } from './viewer-page.ts';

let viewer: Viewer | undefined;
let page: Page;

beforeAll(async () => {
  viewer = await openViewer();
  if (viewer !== undefined) page = viewer.page;
});

beforeEach(async ({ skip }) => {
  if (viewer === undefined) return skip('no Chromium: install one (the packaged one is for Linux x64 alone)');
  await page.reload();
  await page.getByRole('button', { name: 'What if', exact: true }).click();
});

afterAll(() => viewer?.close());

const TRACES = join('..', 'shared', 'traces', 'openb');

/** Time shares by linear programs, for which the page has to load a solver. */
const SHARES = stringify({
  apiVersion: 'slicewise/v1',
  name: 'shares',
  seed: 5,
  fleet: {
    hosts: [
      { name: 'fast', count: 2, cpu: 32, memory: '256GiB', gpus: { model: 'V100-SXM2-16GB', count: 4 } },
      { name: 'slow', count: 2, cpu: 32, memory: '256GiB', gpus: { model: 'T4', count: 4 } },
    ],
  },
  workload: {
    synthetic: {
      tasks: 60,
      arrivals: { process: 'poisson', rate: '30/h' },
      classes: [
        {
          name: 'a',
          cpu: 2,
          memory: '8GiB',
          gpus: 1,
          speedByModel: { 'V100-SXM2-16GB': 1, T4: 0.3 },
          lifetime: { kind: 'exponential', mean: '1h' },
        },
        {
          name: 'b',
          cpu: 2,
          memory: '8GiB',
          gpus: 1,
          speedByModel: { 'V100-SXM2-16GB': 1, T4: 0.8 },
          lifetime: { kind: 'exponential', mean: '1h' },
        },
      ],
    },
  },
  policy: { queueing: 'fifo', scheduling: { timeShare: { by: 'max-min' } } },
});

/** Files that belong to the openb trace, with the scenario that reads them. */
const OPENB = stringify({
  apiVersion: 'slicewise/v1',
  name: 'openb-default',
  seed: 42,
  fleet: { trace: { format: 'openb', nodes: join(TRACES, 'openb_node_list_gpu_node.csv') } },
  workload: { trace: { format: 'openb', pods: join(TRACES, 'openb_pod_list_default.csv') } },
  policy: { placement: 'best-fit' },
  experiment: { kind: 'fill', target: 0.3 },
});

/** Goes on for minutes on any machine. */
const LONG = stringify({
  apiVersion: 'slicewise/v1',
  name: 'long',
  fleet: {
    hosts: [{ name: 'h', count: 50, cpu: 64, memory: '512GiB', gpus: { model: 'A100-80GB', count: 8 } }],
  },
  workload: {
    synthetic: {
      tasks: 20_000_000,
      arrivals: { process: 'poisson', rate: '300/h' },
      classes: [
        { name: 'a', cpu: 2, memory: '8GiB', gpus: 1, lifetime: { kind: 'exponential', mean: '1h' } },
      ],
    },
  },
});

/** Chooses a scenario of the catalogue. */
async function choose(name: string): Promise<void> {
  await page.getByRole('combobox', { name: /catalogue/ }).selectOption(name);
  await page.getByRole('button', { name: 'Change it' }).click();
}

async function give(name: string, text: string): Promise<void> {
  await page
    .getByLabel('or a scenario file')
    .setInputFiles({ name, mimeType: 'application/yaml', buffer: Buffer.from(text) });
}

/** Sets a field of the form, and waits until the change is listed. */
async function set(label: string, place: string, value: string): Promise<void> {
  const field = page.getByRole('form', { name: 'Usual questions' }).getByLabel(label, { exact: true });
  if ((await field.evaluate((element) => element.tagName)) === 'SELECT') await field.selectOption(value);
  else {
    await field.fill(value);
    await field.press('Enter');
  }
  await page.getByRole('rowheader', { name: place }).waitFor();
}

/** Runs what is chosen, alone, and tells what the page says of the run when one comes back to it. */
async function digestOfRun(): Promise<string> {
  await page.getByRole('checkbox', { name: /as it was/ }).uncheck();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('main', { name: 'Fleet' }).waitFor({ timeout: 50_000 });
  await page.getByRole('button', { name: 'What if', exact: true }).click();
  const said = await page.getByText(/The last run took/).textContent();
  return /digest ([0-9a-f]{16})/.exec(said ?? '')?.[1] ?? said ?? '';
}

/** The words that the page tells to type at a terminal, in place of its file name those given. */
async function commandArgs(): Promise<readonly string[]> {
  const line = (await page.locator('.copy-line pre').first().textContent()) ?? '';
  const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  expect(words.slice(0, 2)).toEqual(['slicewise', 'run']);
  expect(words.at(-2)).toBe('--replay');
  return words.slice(1, -2);
}

async function digestOfCommand(args: readonly string[]): Promise<string> {
  const { code, out, err } = await inProcess([...args, '--json']);
  expect(code, err).toBe(0);
  return (JSON.parse(out) as { digest: string }).digest;
}

test.each([
  ['mig-on-demand-h100', 'Ends after', 'experiment.horizon', '3d'],
  ['openb-like', 'Requested up to, in capacities', 'experiment.target', '0.1'],
])('%s, changed, has the digest that the command line shown beside it gives', async (name, ...field) => {
  await choose(name);
  await set(...field);
  const args = await commandArgs();
  expect(args).toContain(`${field[1]}=${field[2]}`);
  expect(await digestOfRun()).toBe(await digestOfCommand(args));
});

test('policies that need a solver of linear programs run, with the digest of the command line', async () => {
  await give('shares.yaml', SHARES);
  const digest = await digestOfRun();
  const folder = mkdtempSync(join(tmpdir(), 'slicewise-shares-'));
  writeFileSync(join(folder, 'shares.yaml'), SHARES);
  expect(digest).toBe(await digestOfCommand(['run', join(folder, 'shares.yaml')]));
  rmSync(folder, { recursive: true });
});

test('files that a scenario reads are asked for, and the run is that of the command line', async ({
  skip,
}) => {
  if (!existsSync(TRACES)) return skip(`no ${TRACES}`);
  await give('openb-default.yaml', OPENB);
  const run = page.getByRole('button', { name: 'Run', exact: true });
  await page.getByText('missing: openb_pod_list_default.csv').waitFor();
  expect(await run.isDisabled()).toBe(true);
  await page
    .getByLabel('Choose, or drop here')
    .setInputFiles(
      ['openb_node_list_gpu_node.csv', 'openb_pod_list_default.csv'].map((name) => join(TRACES, name)),
    );
  await page.getByText('here: openb_pod_list_default.csv').waitFor();
  const file = `openb-what-if-${process.pid}.yaml`;
  writeFileSync(file, OPENB);
  try {
    expect(await digestOfRun()).toBe(await digestOfCommand(['run', file]));
  } finally {
    rmSync(file);
  }
});

test('a wrong scenario says what is wrong and where, and cannot be run until it is put right', async () => {
  await choose('easy-backfill');
  const editor = page.getByRole('textbox', { name: 'Scenario as YAML' });
  await editor.click();
  await page.keyboard.press('ControlOrMeta+End');
  await page.keyboard.type('seeed: 3');
  const problem = page.getByRole('button', { name: /^Line \d+: seeed/ });
  await problem.waitFor();
  expect(await page.getByRole('button', { name: 'Run', exact: true }).isDisabled()).toBe(true);
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await problem.waitFor({ state: 'detached' });
  expect(await page.getByRole('button', { name: 'Run', exact: true }).isDisabled()).toBe(false);
});

test('the editor completes keys and values by the format', async () => {
  await choose('easy-backfill');
  const editor = page.getByRole('textbox', { name: 'Scenario as YAML' });
  await editor.getByText('easy-backfill').first().waitFor();
  await editor.click();
  await page.keyboard.press('ControlOrMeta+End');
  await page.keyboard.type('repl');
  await page.getByRole('option', { name: /^replications/ }).waitFor();
  // A list that has just come up takes no Enter (75 ms, `interactionDelay`): it may be meant for the line.
  await page.waitForTimeout(200);
  await page.keyboard.press('Enter');
  await page.keyboard.type('3');
  await page.getByRole('rowheader', { name: 'replications' }).waitFor();
});

test('a change is run beside the scenario as it was, can be taken back, undone and done again', async () => {
  await choose('easy-backfill');
  await set('Ends after', 'experiment.horizon', '2d');
  await set('When the next finds no room', 'policy.scheduling.fill', 'skip');
  await page.getByRole('button', { name: 'Take back the change of policy.scheduling.fill' }).click();
  const row = page.getByRole('rowheader', { name: 'policy.scheduling.fill' });
  await row.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await row.waitFor();
  await page.getByRole('button', { name: 'Redo', exact: true }).click();
  await row.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('main', { name: 'Compare' }).waitFor({ timeout: 50_000 });
});

test('a run can be cancelled, and says so far how far it is', async () => {
  await give('long.yaml', LONG);
  await page.getByRole('checkbox', { name: /as it was/ }).uncheck();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  const run = page.getByRole('region', { name: /^Run of long/ });
  await run.getByText(/ jobs/).waitFor();
  await run.getByRole('button', { name: 'Cancel the run' }).click();
  await run.waitFor({ state: 'detached' });
  expect(await page.getByRole('main', { name: 'What if' }).isVisible()).toBe(true);
});

test('nothing was complained of, and nothing was asked for elsewhere', () => {
  expect(viewer?.errors).toEqual([]);
  expect(viewer?.outside).toEqual([]);
});
