import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseScenarioText, scenarioJsonSchema } from '../../sim/scenario/index.ts';
import { isValid } from '../scenario/json-schema-validator.ts';
import { inProcess } from './in-process.ts';
import { TemporaryFolder } from './temporary-folder.ts';

const folder = new TemporaryFolder();

async function schemaOf(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, out, err } = await inProcess(['schema', ...args]);
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out);
}

/** Every property with its path and its description. */
function described(node: unknown, path = ''): readonly (readonly [string, unknown])[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => {
    const inner = described(value, `${path}/${key}`);
    if (key !== 'properties') return inner;
    return [
      ...Object.entries(value as Record<string, { description?: unknown }>).map(
        ([name, { description }]) => [`${path}/${name}`, description] as const,
      ),
      ...inner,
    ];
  });
}

const CARDS = {
  gpu: 'A100-40GB',
  cards: [
    {
      name: 'a',
      instances: [
        {
          profile: '3g.20gb',
          start: 0,
          job: {
            name: 'train',
            remaining: '2h',
            preemptible: true,
            checkpoint: { save: '30s', restore: '40s' },
            migrate: '12s',
          },
        },
        { profile: '3g.20gb', start: 4 },
      ],
    },
    { name: 'b', instances: [{ profile: '7g', start: 0, job: { name: 'serve', migrate: null } }] },
  ],
  target: { cards: { a: { '7g.40gb': 1 } }, ready: 'idle' },
  objective: { gpuMinutesPerTouch: 5 },
  creation: 'driver',
};

/** The file with one value in another way; undefined: without it. */
function withAt(path: readonly (string | number)[], value: unknown): unknown {
  const copy = structuredClone(CARDS) as never;
  let node: Record<string | number, unknown> = copy;
  for (const key of path.slice(0, -1)) node = node[key] as Record<string | number, unknown>;
  const last = path.at(-1) as string | number;
  if (value === undefined) delete node[last];
  else node[last] = value;
  return copy;
}

describe('slicewise schema', () => {
  test('is of the scenario unless told otherwise', async () => {
    expect(await schemaOf()).toEqual(scenarioJsonSchema());
    expect(await schemaOf('--of', 'scenario')).toEqual(scenarioJsonSchema());
  });

  test('knows the file of repartition, every key of it in words that its page has, too', async () => {
    const schema = await schemaOf('--of', 'repartition');
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'Slicewise cards',
      type: 'object',
      additionalProperties: false,
      required: ['gpu', 'cards', 'target'],
    });
    const fields = described(schema);
    expect(fields.length).toBeGreaterThan(15);
    expect(fields.filter(([, text]) => !/\.$/.test(String(text))).map(([path]) => path)).toEqual([]);
    const page = readFileSync('docs/repartition.md', 'utf8');
    const keys = new Set(fields.map(([path]) => path.slice(path.lastIndexOf('/') + 1)));
    expect([...keys].filter((key) => !new RegExp(`\\b${key}\\b`).test(page))).toEqual([]);
  });

  test('the example of its page is valid by it', async () => {
    const schema = await schemaOf('--of', 'repartition');
    const page = readFileSync('docs/repartition.md', 'utf8');
    const examples = [...page.matchAll(/```yaml\n([^`]*)```/g)].map(([, text]) => text as string);
    expect(examples.length).toBeGreaterThan(0);
    for (const text of examples) {
      const parsed = parseScenarioText(text);
      if (!parsed.ok) throw new Error('valid YAML');
      expect(isValid(parsed.document, schema as never)).toBe(true);
    }
  });

  const JOB = ['cards', 0, 'instances', 0, 'job'];
  test.each<[string, readonly (string | number)[], unknown, boolean]>([
    ['as it is', ['gpu'], 'A100-40GB', true],
    ['a bare number of seconds, as scenarios take it, or none', [...JOB, 'remaining'], null, true],
    ['one objective by name', ['objective'], 'touches-first', true],
    ['no objective', ['objective'], undefined, true],
    ['an empty card', ['cards', 1, 'instances'], [], true],
    ['no GPU', ['gpu'], undefined, false],
    ['no cards', ['cards'], [], false],
    [
      'too many cards',
      ['cards'],
      Array.from({ length: 17 }, (_, i) => ({ name: `c${i}`, instances: [] })),
      false,
    ],
    ['a key that there is not', ['cards', 0, 'model'], 'A100', false],
    ['a start below zero', ['cards', 0, 'instances', 0, 'start'], -1, false],
    ['a start between two', ['cards', 0, 'instances', 0, 'start'], 0.5, false],
    ['a job without a name', [...JOB, 'name'], undefined, false],
    ['a yes in place of true', [...JOB, 'preemptible'], 'yes', false],
    ['a time without a unit that there is', [...JOB, 'remaining'], '2 fortnights', false],
    ['a number of instances that is none', ['target', 'cards', 'a', '7g.40gb'], 'one', false],
    ['an objective that there is not', ['objective'], 'cheapest', false],
    ['an objective without its weight', ['objective'], {}, false],
    ['a way to create that there is not', ['creation'], 'any', false],
  ])('takes what the command takes and refuses what it refuses: %s', async (_, path, value, isTaken) => {
    const schema = await schemaOf('--of', 'repartition');
    const document = withAt(path, value);
    expect(isValid(document, schema as never)).toBe(isTaken);
    const file = folder.write('cards.json', JSON.stringify(document));
    expect((await inProcess(['repartition', file])).code).toBe(isTaken ? 0 : 2);
  });

  test('another name is refused with those that there are', async () => {
    const { code, out, err } = await inProcess(['schema', '--of', 'overlay']);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/scenario, repartition/);
  });
});
