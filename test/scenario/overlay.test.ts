import { describe, expect, test } from 'vitest';
import { applyOverlay, normalizeScenario } from '../../sim/scenario/index.ts';
import { smallDocument } from './example.ts';

function changed(...settings: string[]) {
  const result = applyOverlay(smallDocument(), settings);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result;
}

function refused(...settings: string[]): readonly string[] {
  const result = applyOverlay(smallDocument(), settings);
  return result.ok
    ? []
    : result.problems.map(
        ({ path, message, hint }) => `${path}: ${message}${hint === undefined ? '' : ` (${hint})`}`,
      );
}

test('settings change values by position and by name and give patches', () => {
  const before = smallDocument();
  const result = applyOverlay(before, [
    'policy.placement=fgd',
    'fleet.hosts.h.count=3',
    'fleet.hosts[0].gpus.count=4',
    'workload.synthetic.classes.c.models=[T4]',
    'name=a=b',
  ]);
  if (!result.ok) throw new Error('valid settings');
  expect(result.document).toMatchObject({
    name: 'a=b',
    policy: { placement: 'fgd' },
    fleet: { hosts: [{ name: 'h', count: 3, gpus: { model: 'T4', count: 4 } }] },
    workload: { synthetic: { classes: [{ models: ['T4'] }] } },
  });
  expect(result.patches).toEqual(
    expect.arrayContaining([
      { op: 'add', path: ['policy'], value: { placement: 'fgd' } },
      { op: 'add', path: ['fleet', 'hosts', 0, 'count'], value: 3 },
      { op: 'replace', path: ['fleet', 'hosts', 0, 'gpus', 'count'], value: 4 },
      { op: 'replace', path: ['name'], value: 'a=b' },
    ]),
  );
  expect(result.settings[1]).toEqual({
    path: ['fleet', 'hosts', 0, 'count'],
    text: 'fleet.hosts.h.count=3',
    isRemoval: false,
  });
  expect(before).toEqual(smallDocument());
});

test('values are YAML: numbers, text, lists, mappings', () => {
  const { document } = changed(
    'seed=7',
    'experiment={kind: fill, target: 95%}',
    'description="7"',
    'sources=[a, "b c"]',
  );
  expect(document).toMatchObject({
    seed: 7,
    experiment: { kind: 'fill', target: '95%' },
    description: '7',
    sources: ['a', 'b c'],
  });
});

test('null removes a key or an item, and an item can be appended', () => {
  const cleared = changed('seed=5', 'seed=null', 'experiment.horizon=null').document as object;
  expect(Object.hasOwn(cleared, 'seed')).toBe(false);
  const host = '{name: k, cpu: 4, memory: 8GiB, gpus: {model: A10, count: 1}}';
  expect(changed(`fleet.hosts[1]=${host}`, 'fleet.hosts.h=null').document).toMatchObject({
    fleet: { hosts: [{ name: 'k' }] },
  });
});

test('the mappings above a new key are created, and the result is valid', () => {
  const { document } = changed(
    'workload.synthetic.lifetimes.long={kind: exponential, mean: 1d}',
    'workload.synthetic.classes.c.lifetime=long',
  );
  expect(normalizeScenario(document).ok).toBe(true);
});

describe('a setting that cannot be applied says why', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    [
      'polcy.placement=fgd',
      /the document has no key "polcy" \(did you mean "policy"\? accepted: apiVersion, /,
    ],
    ['policy.placment=fgd', /policy has no key "placment" \(did you mean "placement"\?/],
    ['fleet.hosts.g.count=1', /fleet\.hosts has no item named "g" \(did you mean "h"\? accepted: h\)/],
    ['fleet.hosts[2].count=1', /fleet\.hosts has 1 items, numbered from 0; got position 2/],
    ['workload.synthetic.classes.c.lifetime.mean=1s', /lifetime has no key "mean" \(accepted: kind, value\)/],
    ['seed.x=1', /the document has no key "seed"|seed is a single value/],
    ['name.x=1', /name is not a mapping or a list/],
    ['name[0]=1', /name is not a mapping or a list/],
    ['fleet[0]=1', /fleet is not a list/],
    ['sources[0]=x', /sources is a list that is not there yet \(set the whole list: sources=\[\.\.\.\]\)/],
    ['policy.placement=', /has no value \(write null to remove the key/],
    ['policy.placement', /must be path=value/],
    ['=fgd', /must start with a path/],
    ['a..b=1', /must start with a path/],
    ['__proto__.polluted=1', /must start with a path/],
    ['fleet.__proto__.polluted=1', /must start with a path/],
    ['constructor.prototype.polluted=1', /the document has no key "constructor"/],
    ['name=[', /has a value that is not YAML/],
    ['name=*x', /has a value that is not YAML/],
    ['name=!!x y', /has a value that is not YAML/],
  ];
  test.each(cases)('%s', (setting, message) => {
    const problems = refused(setting);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(message);
    expect(problems[0]!.startsWith(`--set ${setting}: `)).toBe(true);
  });

  test('all at once', () => {
    expect(refused('seed=1', 'sed=1', 'policy=')).toHaveLength(2);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('and a document that is no mapping takes none', () => {
    for (const document of [null, 7, [], 'x']) expect(applyOverlay(document, ['seed=1']).ok).toBe(false);
  });
});
