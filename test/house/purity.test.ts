import { expect, test } from 'vitest';
import { impurities } from './purity.ts';
import { sourceFiles } from './source-files.ts';

const ofSim = sourceFiles().filter(({ path }) => path.startsWith('sim/'));

/** What is found in a text, without the place. */
const found = (text: string) =>
  impurities({ path: 'sim/probe.ts', text }).map((each) => each.replace(/^sim\/probe\.ts:\d+: /, ''));

test('sim/ is pure: no file, clock, chance, locale, waiting, nor arithmetic that differs between engines', () => {
  expect(ofSim.length).toBeGreaterThan(100);
  expect(ofSim.flatMap(impurities)).toEqual([]);
});

test('a finding names file, line and reason', () => {
  expect(
    impurities({ path: 'sim/kernel/bad.ts', text: 'const a = 1;\n\nconst b = a + Math.random();\n' }),
  ).toEqual([
    'sim/kernel/bad.ts:3: Math.random is chance without a seed: take a stream from sim/kernel/random.ts',
  ]);
});

const DIFFERS = /may differ in the last bit between engines/;
const GLOBAL = /is not declared here, and no global that is the same everywhere/;
const WAITS = /waits: sim\/ runs without async/;
const PACKAGE = /is not one of the packages that sim\/ may use/;

test.each([
  [`import { readFileSync } from 'node:fs';`, PACKAGE],
  [`import type { Stats } from 'fs';`, PACKAGE],
  [`import * as d3 from 'd3';`, PACKAGE],
  [`import seedrandom from 'seedrandom/../evil.js';`, PACKAGE],
  [`const t = new Date();`, GLOBAL],
  [`const t = Date.now();`, GLOBAL],
  [`const f = (at = Date) => at;`, GLOBAL],
  [`const o = { Date };`, GLOBAL],
  [`const t = performance.now();`, GLOBAL],
  [`const e = process.env.HOME;`, GLOBAL],
  [`const w = window.innerWidth;`, GLOBAL],
  [`const t = document.title;`, GLOBAL],
  [`fetch('/x');`, GLOBAL],
  [`setTimeout(() => {}, 0);`, GLOBAL],
  [`queueMicrotask(() => {});`, GLOBAL],
  [`const g = globalThis['Date'];`, GLOBAL],
  [`console.log(1);`, GLOBAL],
  [`const id = crypto.randomUUID();`, GLOBAL],
  [`const f = require('node:fs');`, GLOBAL],
  [`const f = eval('1');`, GLOBAL],
  [`const p = Promise.resolve(1);`, GLOBAL],
  [`const n = new Intl.NumberFormat();`, GLOBAL],
  [`const r = new WeakRef({});`, GLOBAL],
  [`let since: Date;`, /the type Date has no place/],
  [`type Later = Promise<number>;`, /the type Promise has no place/],
  [`interface Later extends PromiseLike<number> {}`, /the type PromiseLike has no place/],
  [`const r = Math.random();`, /chance without a seed/],
  [`const r = Math.log(2);`, DIFFERS],
  [`const r = Math.exp(2);`, DIFFERS],
  [`const r = Math.pow(2, 3);`, DIFFERS],
  [`const r = Math.sin(2);`, DIFFERS],
  [`const r = Math.hypot(2, 3);`, DIFFERS],
  [`const r = [1].map(Math.cbrt);`, DIFFERS],
  [`const r = Math['log'](2);`, /Math must be followed by the name of a member/],
  [`const { log } = Math;`, /Math must be followed by the name of a member/],
  [`const f = (m: typeof Math) => m.log(2); f(Math);`, /Math must be followed by the name of a member/],
  [`const r = 2 ** 0.5;`, DIFFERS],
  [`const f = (x: number) => x ** 3;`, DIFFERS],
  [`let x = 3; x **= 2;`, DIFFERS],
  [`const r = 10 ** 23;`, DIFFERS],
  [`const r = 10 ** -2;`, DIFFERS],
  [`const f = async () => 1;`, WAITS],
  [`async function f() {}`, WAITS],
  [`class C { async m() {} }`, WAITS],
  [`await 1;`, WAITS],
  [`for await (const x of []) x;`, WAITS],
  [`const m = import('./x.ts');`, WAITS],
  [`const a = Array.fromAsync([]);`, WAITS],
  [`const u = import.meta.url;`, /import\.meta says where the code runs/],
  [`const s = (1).toLocaleString();`, /toLocaleString depends on the locale/],
  [`const s = 'a'['toLocaleUpperCase']();`, /toLocaleUpperCase depends on the locale/],
  [`['b', 'a'].sort((a, b) => a.localeCompare(b));`, /localeCompare depends on the locale/],
])('%s is found', (text, reason) => {
  expect(found(text)).toEqual(expect.arrayContaining([expect.stringMatching(reason)]));
});

test.each([
  [
    'comments and strings',
    `// Date.now(), Math.random()\nexport const s = 'await fetch(process.env)'; /* Intl */`,
  ],
  [
    'a parameter that shares its name with a global',
    'export const f = (document: string) => document.length;',
  ],
  [
    'a destructured name that does',
    'export function f({ window: { process } }: X, [fetch] = []) { return process + fetch; }',
  ],
  [
    'a caught name that does',
    'export function f() { try { f(); } catch (performance) { return performance; } }',
  ],
  ['an imported name that does', `import { Date } from './time.ts';\nexport const d: Date = new Date();`],
  [
    'members that share their name with a global',
    'export const f = (x: X) => x.process + x.Date.performance;',
  ],
  ['keys that do', 'export const o = { Date: 1, process: 2, m() {}, document() {} };'],
  [
    'members of types that do',
    'export interface X { Date: number; fetch(window: number): void; [document: string]: number }',
  ],
  ['labels', 'window: for (;;) break window;'],
  [
    'exact mathematics',
    'export const f = (x: number) => Math.sqrt(x) + Math.floor(Math.PI) + 2 ** -44 + 10 ** 22 + Number(2n ** 64n);',
  ],
  [
    'generic and recursive types',
    'export type M<T> = { readonly [K in keyof T]: T[K] extends infer R ? R : M<T> };',
  ],
  [
    'named functions and classes',
    'export const f = function g(n: number): number { return g(n); }; export class C<T> { t?: T; c?: C<T>; }',
  ],
  [
    'the packages of sim',
    `import { z } from 'zod';\nimport alea from 'seedrandom/lib/alea.js';\nexport { z, alea };`,
  ],
])('%s are no fault', (_, text) => {
  expect(found(text)).toEqual([]);
});
