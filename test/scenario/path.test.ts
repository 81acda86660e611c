import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatPath, parsePath, valueAt } from '../../sim/scenario/path.ts';

test('paths are written the way the command line reads them', () => {
  expect(formatPath(['fleet', 'hosts', 0, 'memory'])).toBe('fleet.hosts[0].memory');
  expect(formatPath(['lifetimes', 'a.b', 2])).toBe('lifetimes["a.b"][2]');
  expect(formatPath([])).toBe('');
  expect(parsePath('fleet.hosts.g2.count')).toEqual(['fleet', 'hosts', 'g2', 'count']);
  expect(parsePath(`hosts['a.b'].x`)).toEqual(['hosts', 'a.b', 'x']);
});

test('what is not a path is refused', () => {
  for (const text of ['', '.', 'a.', '.a', 'a..b', 'a[', 'a[x]', 'a[-1]', 'a b', 'a["x]', 'a[1]b']) {
    expect(parsePath(text), text).toBeUndefined();
  }
});

test('parsePath reads back any path that formatPath writes', () => {
  const key = fc.oneof(fc.string(), fc.constantFrom('a', 'a.b', '0', '"', "'", ']', ''), fc.nat(99));
  fc.assert(
    fc.property(fc.array(key, { minLength: 1, maxLength: 5 }), (path) => {
      expect(parsePath(formatPath(path))).toEqual(path);
    }),
  );
});

test('valueAt sees own keys only', () => {
  const document = { a: [{ b: 1 }] };
  expect(valueAt(document, ['a', 0, 'b'])).toBe(1);
  expect(valueAt(document, ['constructor'])).toBeUndefined();
  expect(valueAt(document, ['a', 'length', 'x'])).toBeUndefined();
});
