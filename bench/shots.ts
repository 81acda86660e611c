import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { serveViewer } from '../cli/view-server.ts';
import { startChromium } from '../test/browser/chromium.ts';
import { builtViewer, openTab } from '../test/browser/viewer-page.ts';
import { formatKey } from './viewer-replay.ts';

/**
 * Makes the pictures of the viewer that the README and docs show, from runs of shipped scenarios.
 *
 * `npm run shots [-- --out FOLDER] [--only NAME] [--all]`: `--only` takes those whose names begin so, `--all` takes each
 * wide and narrow, light and dark, to be looked at.
 */
const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: 'docs/figures' },
    all: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
});

interface Shot {
  readonly name: string;
  /** Replays to be opened. */
  readonly runs: readonly Run[];
  /** Arguments of the sweep that is opened instead; none is run again that is there. */
  readonly sweep?: Run;
  /** What the link says. */
  readonly link: string;
  /** What is done before the picture is taken. */
  readonly before?: (page: Page) => Promise<void>;
}

interface Run {
  /** Of the file. */
  readonly name: string;
  readonly args: readonly string[];
}

const shipped = (name: string): Run => ({ name, args: [name] });
const MIG = shipped('mig-on-demand-h100');
const OPENB = shipped('openb-like');
const PRIORITY = shipped('preemptive-priority');
const PATIENT: Run = {
  name: 'without-preemption',
  args: ['preemptive-priority', '--set', 'policy.scheduling.preemption=none'],
};
/** The walk of docs/viewer.md from an open replay to why a job waits, by keys alone, as far as asked. */
async function walkToWhy(page: Page, steps: 'queue' | 'job' | 'fleet'): Promise<void> {
  await page.keyboard.press('3');
  await page.getByRole('combobox', { name: 'State' }).selectOption('waiting');
  const jobs = page.getByRole('grid');
  await jobs.waitFor();
  if (steps === 'queue') return;
  await jobs.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('region', { name: /^Job / }).waitFor();
  await page.waitForTimeout(1500);
  if (steps === 'job') return;
  await page.keyboard.press('2');
  await page.getByRole('application').waitFor();
  await page.waitForTimeout(1500);
}

/** 120 points over the fleet, the demand and two policies: some seconds in all. */
const SWEPT: Run = {
  name: 'preemptive-priority',
  args: [
    'preemptive-priority',
    ...['--grid', 'policy.placement=fgd,best-fit,first-fit'],
    ...['--grid', 'policy.scheduling.preemption=evict,none'],
    ...['--grid', 'fleet.hosts.node.count=3..6:1'],
    ...['--grid', 'workload.synthetic.arrivals.rate=4/h,5/h,6/h,7/h,8/h'],
  ],
};

/** A moment at which many jobs wait, found on the curve of the queue. */
const BUSY = '#view=fleet&t=181000';
const SHOTS: readonly Shot[] = [
  { name: 'why-open', runs: [PRIORITY], link: BUSY },
  { name: 'why-queue', runs: [PRIORITY], link: BUSY, before: (page) => walkToWhy(page, 'queue') },
  { name: 'why-job', runs: [PRIORITY], link: BUSY, before: (page) => walkToWhy(page, 'job') },
  { name: 'why-fleet', runs: [PRIORITY], link: BUSY, before: (page) => walkToWhy(page, 'fleet') },
  { name: 'start', runs: [], link: '' },
  { name: 'mig-fleet', runs: [MIG], link: '#view=fleet&t=36000&colour=class&gpu=2' },
  { name: 'openb', runs: [OPENB], link: '#view=fleet&t=6' },
  { name: 'jobs', runs: [PRIORITY], link: '#view=jobs&t=181000' },
  { name: 'waterfall', runs: [shipped('cost-owned-fleet')], link: '#view=waterfall&t=604800' },
  { name: 'desktops', runs: [shipped('vgpu-autocad-l40s')], link: '#view=fleet&t=120000' },
  { name: 'compare', runs: [PRIORITY, PATIENT], link: '#view=compare&t=181000' },
  {
    name: 'what-if',
    runs: [PRIORITY],
    link: '#view=what-if',
    before: async (page) => {
      await page.getByRole('button', { name: /^Change the scenario of/ }).click();
      await page.waitForTimeout(2500);
    },
  },
  { name: 'sweep', runs: [], sweep: SWEPT, link: '#view=sweep&sweep.range.set:fleet.hosts.node.count=4~5' },
];
/** Those that the README and docs have. */
const KEPT = new Set([
  ...['mig-fleet', 'openb', 'jobs', 'compare', 'what-if'],
  ...['why-open', 'why-queue', 'why-job', 'why-fleet'],
]);

const SIZES = [
  { name: 'wide', width: 1600, height: 1000 },
  { name: 'narrow', width: 360, height: 780 },
] as const;

const replays = resolve('node_modules', '.cache', 'slicewise-shots');
mkdirSync(replays, { recursive: true });
mkdirSync(options.out, { recursive: true });

/** The directory of a sweep; what of it is there is not run again. */
function sweepOf({ name, args }: Run): string {
  const folder = join(replays, formatKey(args.join(' ')), `${name}.sweep`);
  execFileSync(process.execPath, ['bin/slicewise.mjs', 'sweep', ...args, '--out', folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return folder;
}

function replayOf({ name, args }: Run): string {
  const file = join(replays, formatKey(args.join(' ')), `${name}.replay`);
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true });
    execFileSync(process.execPath, ['bin/slicewise.mjs', 'run', ...args, '--replay', file], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  return file;
}

const browser = await startChromium();
if (browser === undefined) throw new Error('Cannot take pictures: there is no Chromium');
try {
  for (const { name, runs, sweep, link, before } of SHOTS) {
    if (!name.startsWith(options.only) || (!options.all && !KEPT.has(name))) continue;
    const swept = sweep === undefined ? undefined : sweepOf(sweep);
    const server = await serveViewer(builtViewer(), runs.map(replayOf), 0, swept);
    const looks = options.all
      ? SIZES.flatMap((size) => (['light', 'dark'] as const).map((theme) => ({ size, theme })))
      : [{ size: { name: 'figure', width: 1280, height: 800 }, theme: 'light' as const }];
    for (const { size, theme } of looks) {
      const tab = await openTab(browser, server.url, link, {
        viewport: { width: size.width, height: size.height },
        colorScheme: theme,
        reducedMotion: 'reduce',
      });
      await tab.page.waitForTimeout(2500);
      await before?.(tab.page);
      // A message may go by itself.
      await tab.page
        .locator('.message button')
        .first()
        .click({ timeout: 500 })
        .catch(() => undefined);
      const file = options.all ? `${name}-${size.name}-${theme}.png` : `viewer-${name}.png`;
      await tab.page.screenshot({ path: join(options.out, file) });
      for (const error of tab.errors) process.stderr.write(`${name}: ${error}\n`);
      await tab.close();
    }
    await server.close();
  }
} finally {
  await browser.close();
}
