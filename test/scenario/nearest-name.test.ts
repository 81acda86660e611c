import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editDistance, nameHint, nearestName } from '../../sim/scenario/nearest-name.ts';

/** The distance by its recursive definition. */
function slowDistance(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  const [restA, restB] = [a.slice(1), b.slice(1)];
  const best = Math.min(
    slowDistance(restA, b) + 1,
    slowDistance(a, restB) + 1,
    slowDistance(restA, restB) + (a[0] === b[0] ? 0 : 1),
  );
  const swaps = a.length > 1 && b.length > 1 && a[0] === b[1] && a[1] === b[0];
  return swaps ? Math.min(best, slowDistance(a.slice(2), b.slice(2)) + 1) : best;
}

test('editDistance agrees with its recursive definition', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      expect(editDistance(a, b)).toBe(slowDistance(a, b));
    }),
  );
});

test('the nearest name is found through case, marks, swaps and missing letters', () => {
  const known = ['first-fit', 'best-fit', 'worst-fit', 'fgd'];
  expect(nearestName('bestFit', known)).toBe('best-fit');
  expect(nearestName('wrost-fit', known)).toBe('worst-fit');
  expect(nearestName('fdg', known)).toBe('fgd');
  expect(nearestName('bin-packing', known)).toBeUndefined();
  expect(nearestName('x'.repeat(10_000), known)).toBeUndefined();
});

test('a hint lists the accepted names after the nearest', () => {
  expect(nameHint('task', ['tasks', 'until'])).toBe('did you mean "tasks"? accepted: tasks, until');
  expect(nameHint('zzzz', ['tasks', 'until'])).toBe('accepted: tasks, until');
  expect(nameHint('zzzz', [])).toBe('accepted: none');
});
