import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ALIASES, KNOWN_METRICS, knownUnit, readObjective, unaliased } from '../../sim/objectives/index.ts';
import { unitOf } from '../../sim/objectives/units.ts';

/** Rows of the tables of metrics: `.p50` stands for the name before it with another last word, `.a.b` with others. */
const documented = ['docs/results.md', 'docs/cost.md'].flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/^\| (`[a-z][^|]*`) \| ([^|]+) \| (.+) \|$/gm)].flatMap(
    ([, names = '', unit = '']) => {
      const found: string[] = [];
      for (const [, name = ''] of names.matchAll(/`([^`]+)`/g)) {
        const parts = name.split('.').slice(1);
        const before = (found.at(-1) ?? '').split('.');
        found.push(name.startsWith('.') ? [...before.slice(0, -parts.length), ...parts].join('.') : name);
      }
      return found
        .filter((name) => name.includes('.') || name === 'events')
        .map((name) => [name.replaceAll(/[A-Z]{4,}(-[A-Z]{4,})?/g, 'some-name'), unit.trim()] as const);
    },
  ),
);

test('every documented metric is known to expressions, with its unit', () => {
  expect(documented.length).toBeGreaterThan(100);
  const wrong = documented.filter(([name, unit]) => knownUnit(name) !== unit);
  expect(wrong).toEqual([]);
});

test('every name that expressions know is documented', () => {
  const undocumented = KNOWN_METRICS.filter((known) => {
    const sample = known.replaceAll('**', 'some-name').replaceAll('*', 'some-name');
    return !documented.some(([name]) => name === sample);
  });
  // Counts by reason stand in the text of their rows.
  expect(
    undocumented.filter(
      (name) => !/^(jobs\.(rejected|failed)\.\*\*|jobs\.preemptions|work\.lost)$/.test(name),
    ),
  ).toEqual([]);
});

test('every short name stands for a metric, and every unit of a metric is one that numbers may have', () => {
  for (const metric of Object.values(ALIASES)) expect(knownUnit(metric)).toBeDefined();
  for (const metric of KNOWN_METRICS)
    expect(unitOf(knownUnit(metric.replaceAll('*', 'x')) ?? '')).toBeDefined();
});

test('what every object has is no short name', () => {
  for (const name of ['constructor', 'toString', '__proto__']) {
    expect(unaliased(name)).toBe(name);
    expect(readObjective(`${name} < 1`)).toMatchObject({ ok: false });
    expect(readObjective(`p95(${name}) < 1`)).toMatchObject({ ok: false });
  }
});
