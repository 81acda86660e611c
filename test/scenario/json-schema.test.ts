import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalizeScenario, parseScenarioText, scenarioJsonSchema } from '../../sim/scenario/index.ts';
import { PRESETS } from '../../sim/scenario/presets/index.ts';
import { SHARING_MODE_NAMES } from '../../sim/sharing/index.ts';
import { scenarioArbitrary } from './arbitrary.ts';
import { EXAMPLE_YAML, SHARED_EXAMPLE_YAML, smallDocument, withValueAt } from './example.ts';
import { isValid } from './json-schema-validator.ts';

const schema = scenarioJsonSchema();

/** Every schema of a property with its path. */
function properties(node: unknown, path: string): readonly (readonly [string, Record<string, unknown>])[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => {
    const inner = properties(value, `${path}/${key}`);
    if (key !== 'properties') return inner;
    const own = Object.entries(value as Record<string, Record<string, unknown>>);
    return [...own.map(([name, item]) => [`${path}/${name}`, item] as const), ...inner];
  });
}

test('it is a JSON Schema of draft 2020-12 with a title', () => {
  expect(schema).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Slicewise scenario',
    type: 'object',
    additionalProperties: false,
    required: ['apiVersion', 'name', 'fleet', 'workload'],
  });
});

test('every field has a description that ends in a full stop', () => {
  const fields = properties(schema, '');
  expect(fields.length).toBeGreaterThan(100);
  expect(
    fields.filter(([, { description }]) => !/\.$/.test(String(description))).map(([path]) => path),
  ).toEqual([]);
});

test('docs/scenario.md names every key, every sharing mode and every preset', () => {
  const page = readFileSync('docs/scenario.md', 'utf8');
  const keys = new Set(properties(schema, '').map(([path]) => path.slice(path.lastIndexOf('/') + 1)));
  const names = [...keys, ...SHARING_MODE_NAMES, ...PRESETS.map(({ name }) => name)];
  expect(names.length).toBeGreaterThan(120);
  expect(names.filter((name) => !new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(page))).toEqual([]);
});

test.each([
  ['the example', EXAMPLE_YAML],
  ['the example with modes', SHARED_EXAMPLE_YAML],
])('%s and its canonical form are valid by it', (_, text) => {
  const parsed = parseScenarioText(text);
  if (!parsed.ok) throw new Error('valid YAML');
  const result = normalizeScenario(parsed.document);
  if (!result.ok) throw new Error('valid scenario');
  expect(isValid(parsed.document, schema)).toBe(true);
  expect(isValid(result.document, schema)).toBe(true);
});

test('random valid scenarios are valid by it', () => {
  fc.assert(
    fc.property(scenarioArbitrary, (document) => {
      expect(isValid(document, schema)).toBe(true);
    }),
    { numRuns: 100 },
  );
});

describe('it refuses what normalizing refuses', () => {
  const cases: readonly (readonly [readonly (string | number)[], unknown])[] = [
    [['apiVersion'], 'slicewise/v2'],
    [['name'], ''],
    [['sede'], 1],
    [['seed'], -1],
    [['seed'], 0.5],
    [['fleet', 'trace'], { format: 'openb', nodes: 'n.csv' }],
    [['fleet', 'hosts', 0, 'memory'], '384'],
    [['fleet', 'hosts', 0, 'memory'], 384],
    [['fleet', 'hosts', 0, 'cpu'], '8 cores'],
    [['fleet', 'hosts', 0, 'gpus'], 2],
    [['fleet', 'hosts', 0, 'name'], 'a b'],
    [['workload'], {}],
    [['workload', 'synthetic', 'until'], '1d'],
    [['workload', 'synthetic', 'arrivals', 'rate'], '1'],
    [['workload', 'synthetic', 'classes', 0, 'lifetime'], { kind: 'gama' }],
    [
      ['workload', 'synthetic', 'classes', 0, 'lifetime'],
      {
        kind: 'empirical',
        quantiles: [
          [0, '1s', 2],
          [1, '1s'],
        ],
      },
    ],
    [['policy'], { placement: 'bestfit' }],
    [['fleet', 'hosts', 0, 'sharing'], 'mgi'],
    [['fleet', 'hosts', 0, 'sharing'], 'time-slicing'],
    [['fleet', 'hosts', 0, 'sharing'], { mode: 'time-slicing', replicas: 1 }],
    [['fleet', 'hosts', 0, 'sharing'], { mode: 'mig', replicas: 4 }],
    [['fleet', 'hosts', 0, 'uplink'], '64GB'],
    [['fleet', 'hosts', 0, 'gpus', 'pcie'], { lanes: 3 }],
    [['workload', 'synthetic', 'classes', 0, 'slot'], { profile: 'x', memory: '1GiB' }],
    [['workload', 'synthetic', 'classes', 0, 'slot'], {}],
    [['workload', 'synthetic', 'classes', 0, 'cpu'], undefined],
    [['workload', 'synthetic', 'classes', 0, 'use'], { busy: '95 percent' }],
    [['workload', 'services'], []],
    [['changes'], { at: '1h', hosts: 'h' }],
    [['changes'], [{ hosts: 'h' }]],
    [['changes'], [{ at: '1', hosts: 'h' }]],
    [['changes'], [{ at: '1h', hosts: [] }]],
    [['changes'], [{ at: '1h', hosts: 'h', sharing: 'mgi' }]],
    [['changes'], [{ at: '1h', hosts: 'h', running: 'drain' }]],
    [['overheads'], { loss: 'high' }],
    [['experiment'], { kind: 'fill', horizon: '1d' }],
  ];
  test.each(cases)('%j = %j', (path, value) => {
    const document = withValueAt(smallDocument(), path, value);
    expect(isValid(document, schema)).toBe(false);
    expect(normalizeScenario(document).ok).toBe(false);
  });
});
