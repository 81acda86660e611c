import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as math from '../../sim/kernel/math.ts';
import { MATH_TABLE } from './math-table.ts';

const FUNCTIONS = { ...math };
type Name = Exclude<keyof typeof math, 'firstNumberWhere'>;

/** Relative error each function may have at the table's arguments; what its docstring promises or better. */
const TOLERANCE: Readonly<Record<Name, number>> = {
  exp: 2.3e-16,
  expm1: 2.3e-16,
  log: 2.3e-16,
  log1p: 2.3e-16,
  log2: 4.5e-16,
  log10: 4.5e-16,
  pow: 2.3e-16,
  sin: 2.3e-16,
  cos: 2.3e-16,
  erf: 1e-15,
  erfc: 2e-15,
  normalPdf: 1e-15,
  normalCdf: 2e-15,
  normalQuantile: 1e-15,
  logGamma: 2e-14,
  gamma: 5e-13,
  gammaP: 1e-13,
  gammaQ: 1e-13,
  gammaPInverse: 1e-13,
  chiSquareQuantile: 1e-13,
  logBeta: 1e-13,
  incompleteBeta: 1e-13,
  studentTCdf: 1e-12,
  studentTQuantile: 1e-12,
};
const SMALLEST_NORMAL = 2.2250738585072014e-308;

function evaluate(name: string, args: readonly number[]): number {
  const f = FUNCTIONS[name as Name] as (...args: readonly number[]) => number;
  return f(...args);
}

function bitsOf(x: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  return view.getBigUint64(0).toString(16).padStart(16, '0');
}

describe('the table', () => {
  test('covers every exported function', () => {
    expect(new Set(MATH_TABLE.map(([name]) => name))).toEqual(new Set(Object.keys(TOLERANCE)));
    expect(new Set([...Object.keys(TOLERANCE), 'firstNumberWhere'])).toEqual(new Set(Object.keys(math)));
  });

  test.each([...MATH_TABLE])('%s at %j has the pinned bits %s', (name, args, bits) => {
    expect(bitsOf(evaluate(name, args))).toBe(bits);
  });

  test.each([...MATH_TABLE])(
    '%s at %j is within its promised error of the true value',
    (name, args, _bits, value) => {
      const error = Math.abs(evaluate(name, args) - value) / Math.max(Math.abs(value), SMALLEST_NORMAL);
      expect(error).toBeLessThanOrEqual(TOLERANCE[name as Name]);
    },
  );
});

test('No file behind the portable functions calls an engine function that engines may round differently', () => {
  const exact = new Set([
    'floor',
    'ceil',
    'round',
    'trunc',
    'abs',
    'sqrt',
    'min',
    'max',
    'imul',
    'fround',
    'clz32',
  ]);
  const require = createRequire(import.meta.url);
  const roots = ['exp', 'expm1', 'ln', 'log1p', 'pow', 'sin', 'cos'];
  const waiting = roots.map((name) => require.resolve(`@stdlib/math-base-special-${name}`));
  const seen = new Set(waiting);
  const found: string[] = [];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    const code = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    for (const [, name] of code.matchAll(/\bMath\.(\w+)/g)) {
      if (!exact.has(name!)) found.push(`${file}: Math.${name}`);
    }
    for (const [, target] of code.matchAll(/\brequire\(\s*'([^']+)'\s*\)/g)) {
      const next = createRequire(file).resolve(target!);
      if (next.endsWith('.js') && !seen.has(next)) waiting.push(next);
      seen.add(next);
    }
  }
  expect(seen.size).toBeGreaterThan(100);
  expect(found).toEqual([]);
});

test('Logarithms of exact powers are exact', () => {
  for (let n = -1074; n <= 1023; n++) expect(math.log2(2 ** n)).toBe(n);
  for (let n = 0; n <= 22; n++) expect(math.log10(Number(`1e${n}`))).toBe(n);
});

test.each([
  ['log', -1, Number.NaN],
  ['log', 0, -Infinity],
  ['log2', 0, -Infinity],
  ['log2', -2, Number.NaN],
  ['log2', Infinity, Infinity],
  ['log10', 0, -Infinity],
  ['log10', Infinity, Infinity],
  ['log1p', -1, -Infinity],
  ['exp', -Infinity, 0],
  ['exp', 1000, Infinity],
  ['erf', Infinity, 1],
  ['erf', Number.NaN, Number.NaN],
  ['erfc', Infinity, 0],
  ['erfc', -Infinity, 2],
  ['normalPdf', Infinity, 0],
  ['normalCdf', -Infinity, 0],
  ['normalCdf', Infinity, 1],
  ['normalQuantile', 0, -Infinity],
  ['normalQuantile', 1, Infinity],
  ['normalQuantile', -0.1, Number.NaN],
  ['normalQuantile', 1.1, Number.NaN],
  ['logGamma', 0, Number.NaN],
  ['logGamma', Infinity, Infinity],
] as const)('%s at %d is %d', (name, x, value) => {
  expect(FUNCTIONS[name](x)).toBe(value);
});

test('Quantiles outside their domain are NaN, and infinite at the ends', () => {
  expect(math.studentTQuantile(0.5, 7)).toBe(0);
  expect(math.studentTQuantile(0, 7)).toBe(-Infinity);
  expect(math.studentTQuantile(1, 7)).toBe(Infinity);
  expect(math.studentTQuantile(0.9, 0.5)).toBeNaN();
  expect(math.studentTQuantile(1.5, 7)).toBeNaN();
  expect(math.gammaPInverse(2, 0)).toBe(0);
  expect(math.gammaPInverse(2, 1)).toBe(Infinity);
  expect(math.gammaPInverse(-2, 0.5)).toBeNaN();
});

const probability = fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true });

test('Quantiles undo distribution functions', () => {
  fc.assert(
    fc.property(probability, fc.double({ min: 1, max: 1e4, noNaN: true }), (p, degrees) => {
      const rest = Math.min(p, 1 - p);
      const close = (back: number) => expect(Math.abs(back - p) / rest).toBeLessThan(1e-9);
      // Only the left tail keeps relative accuracy: the right one is a 1 minus something.
      if (p > 1e-3 && p < 1 - 1e-3) {
        close(math.normalCdf(math.normalQuantile(p)));
        close(math.studentTCdf(math.studentTQuantile(p, degrees), degrees));
        close(math.gammaP(degrees, math.gammaPInverse(degrees, p)));
      }
      if (p < 0.5) close(math.studentTCdf(math.studentTQuantile(p, degrees), degrees));
    }),
    { numRuns: 100 },
  );
});

test('firstNumberWhere finds the exact double at which a claim turns true', () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(number, number, number, (a, b, c) => {
      const [lo, turn, hi] = [a, b, c].sort((x, y) => x - y) as [number, number, number];
      let calls = 0;
      const found = math.firstNumberWhere(
        (x) => {
          calls++;
          return x >= turn;
        },
        lo,
        hi,
      );
      expect(found === turn).toBe(true); // not toBe: -0 and 0 are the same turning point
      expect(calls).toBeLessThan(80);
    }),
  );
});

test('firstNumberWhere answers the upper end for a claim that never holds', () => {
  expect(math.firstNumberWhere(() => false, -3, 5)).toBe(5);
  expect(math.firstNumberWhere(() => false, 0, Number.MIN_VALUE)).toBe(Number.MIN_VALUE);
});
