import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { CASES, scenarioText } from '../determinism/cases.ts';
import { simulate } from '../determinism/simulate.ts';
import { type BuiltPage, buildAndServe } from './built-page.ts';
import { startChromium } from './chromium.ts';
import type { SimulationPage } from './page/main.ts';

declare const page: SimulationPage;

let built: BuiltPage;
let browser: Browser | undefined;
let tab: Page;
const complaints: string[] = [];

beforeAll(async () => {
  built = await buildAndServe('test/browser/page');
  browser = await startChromium();
  if (browser === undefined) return;
  tab = await browser.newPage();
  tab.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  tab.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  tab.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
  await tab.goto(built.url);
});

beforeEach(({ skip }) => {
  if (browser === undefined) skip('no Chromium: install one (the packaged one is for Linux x64 alone)');
});

afterAll(async () => {
  await browser?.close();
  await built?.close();
});

test('the library is built for browsers without a warning', () => {
  expect(built.warnings).toEqual([]);
});

test.each(CASES)(
  'Chromium gives the same result as Node, in the page and in a worker: $name',
  async (each) => {
    const text = scenarioText(each);
    const ofNode = JSON.stringify(simulate(text, each.settings));
    const input = [text, each.settings] as const;
    expect(await tab.evaluate(([text, settings]) => page.simulateHere(text, settings), input)).toBe(ofNode);
    expect(await tab.evaluate(([text, settings]) => page.simulateInWorker(text, settings), input)).toBe(
      ofNode,
    );
  },
);

test('the page ran without an error, a warning or a message', () => {
  expect(complaints).toEqual([]);
});
