import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runCost } from './run-cost.ts';

const text = readFileSync('docs/cost.md', 'utf8');
const rows = [...text.matchAll(/^\| (`cost\.[^|]*`) \| ([^|]+) \| .+ \|$/gm)].flatMap(
  ([, names = '', unit = '']) =>
    [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => ({ name, unit: unit.trim() })),
);

test('docs/cost.md has every metric that a catalogue scenario with costs prints, with its unit, and no others', () => {
  const printed = ['cost-owned-fleet', 'cost-leased-desktops', 'cost-hybrid-burst'].flatMap((name) => {
    const yaml = readFileSync(`scenarios/catalog/${name}.yaml`, 'utf8').replaceAll(/\b(30|7)d\b/g, '2d');
    return Object.entries(runCost(yaml).result.metrics).filter(([metric]) => metric.startsWith('cost.'));
  });
  const general = (name: string) =>
    name.replace(
      /^cost\.(hardware|support|lease|cloud|space|energy|licence|administration|network|storage|egress|downtime|other)\.perMonth$/,
      'cost.KIND.perMonth',
    );
  const found = new Map(
    printed.map(([name, { unit }]) => [general(name), unit.replace(/^(USD|EUR)/, 'CUR')]),
  );
  expect([...found].sort()).toEqual(rows.map(({ name, unit }) => [name, unit] as const).sort());
});
