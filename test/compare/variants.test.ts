import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { documentChanges } from '../../sim/experiment/compare/index.ts';
import { normalizeScenario } from '../../sim/index.ts';
import { applyOverlay } from '../../sim/scenario/overlay.ts';
import { patchBetween } from '../../sim/scenario/patch-between.ts';
import { PRESETS } from '../../sim/scenario/presets/index.ts';
import type { VariantDocument } from '../../sim/scenario/schema/what-if.ts';
import { applyVariant } from '../../sim/scenario/what-if.ts';
import { SMALL_YAML } from '../cli/small-scenario.ts';

const small = (more: Readonly<Record<string, unknown>> = {}) => ({
  ...(parse(SMALL_YAML) as object),
  ...more,
});

function problemsOf(document: unknown): readonly string[] {
  const normalized = normalizeScenario(document);
  return normalized.ok ? [] : normalized.problems.map(({ path, message }) => `${path}: ${message}`);
}

function applied(variant: Omit<VariantDocument, 'name'>, document: unknown = small()) {
  const result = applyVariant(document, { name: 'v', ...variant });
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('; '));
  return result.document as Record<string, never>;
}

describe('the three ways to state a variant', () => {
  test('set takes names of list items, merge joins mappings, patch follows RFC 6902', () => {
    const bySet = applied({ set: { 'fleet.hosts.a.count': 3 } });
    const byPatch = applied({ patch: [{ op: 'replace', path: '/fleet/hosts/0/count', value: 3 }] });
    expect(bySet).toEqual(byPatch);
    expect(bySet).toMatchObject({ fleet: { hosts: [{ name: 'a', count: 3, cpu: 8 }] } });
    const merged = applied({ merge: { workload: { synthetic: { tasks: 9, arrivals: null } } } });
    expect(merged).toMatchObject({ workload: { synthetic: { tasks: 9 } } });
    expect(merged).not.toHaveProperty('workload.synthetic.arrivals');
  });

  test('they come in the order merge, patch, set, and leave the document as it is', () => {
    const document = small();
    const before = JSON.stringify(document);
    const result = applied(
      {
        merge: { seed: 2, replications: 2 },
        patch: [
          { op: 'replace', path: '/seed', value: 3 },
          { op: 'add', path: '/fleet/hosts/-', value: { name: 'b', cpu: 1 } },
          { op: 'remove', path: '/replications' },
        ],
        set: { 'fleet.hosts.b.cpu': 4 },
      },
      document,
    );
    expect(result).toMatchObject({ seed: 3, fleet: { hosts: [{ name: 'a' }, { name: 'b', cpu: 4 }] } });
    expect(result).not.toHaveProperty('replications');
    expect(JSON.stringify(document)).toBe(before);
  });

  // The examples of RFC 6902, appendix A, that are not about test, move and copy.
  test.each([
    [{ foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux' }], { baz: 'qux', foo: 'bar' }],
    [{ foo: ['bar', 'baz'] }, [{ op: 'add', path: '/foo/1', value: 'qux' }], { foo: ['bar', 'qux', 'baz'] }],
    [{ baz: 'qux', foo: 'bar' }, [{ op: 'remove', path: '/baz' }], { foo: 'bar' }],
    [{ foo: ['bar', 'qux', 'baz'] }, [{ op: 'remove', path: '/foo/1' }], { foo: ['bar', 'baz'] }],
    [{ baz: 'qux' }, [{ op: 'replace', path: '/baz', value: 'boo' }], { baz: 'boo' }],
    [
      { foo: 'bar' },
      [{ op: 'add', path: '/child', value: { grandchild: {} } }],
      { foo: 'bar', child: { grandchild: {} } },
    ],
    [{ '/': 9, '~1': 10 }, [{ op: 'replace', path: '/~01', value: 11 }], { '/': 9, '~1': 11 }],
    [
      { foo: ['bar'] },
      [{ op: 'add', path: '/foo/-', value: ['abc', 'def'] }],
      { foo: ['bar', ['abc', 'def']] },
    ],
    [{ foo: 1 }, [{ op: 'replace', path: '/foo', value: null }], { foo: null }],
  ] as const)('a patch of %j', (document, patch, wanted) => {
    expect(applied({ patch: patch as unknown as VariantDocument['patch'] }, document)).toEqual(wanted);
  });
});

test('problems carry the path of the variant, all of them at once', () => {
  const found = problemsOf(
    small({
      whatIf: [
        { name: 'one', set: { 'policy.placment': 'fgd', 'fleet.hosts.nope.count': 2 } },
        { name: 'two', set: { 'fleet.hosts.a.count': -1 }, merge: { policy: { queueing: 'fofi' } } },
        { name: 'two', patch: [{ op: 'replace', path: '/fleet/hosts/7/count', value: 1 }] },
        { name: 'base', merge: { seed: 3 } },
        { name: 'none' },
        {
          name: 'four',
          patch: [
            { op: 'add', path: 'seed', value: 1 },
            { op: 'add', path: '/seed' },
          ],
        },
        { name: 'five', patch: [{ op: 'replace', path: '/policy/placement', value: 'fgd' }] },
      ],
    }),
  );
  expect(found.map((each) => each.split(': ')[0])).toEqual([
    'whatIf[2].name',
    'whatIf[0].set["policy.placment"]',
    'whatIf[0].set["fleet.hosts.nope.count"]',
    'whatIf[1].set["fleet.hosts.a.count"]',
    'whatIf[1].merge.policy.queueing',
    'whatIf[2].patch[0]',
    'whatIf[3].name',
    'whatIf[4]',
    'whatIf[5].patch[0]',
    'whatIf[5].patch[1]',
    'whatIf[6].patch[0]',
  ]);
  expect(found[3]).toMatch(/makes fleet\.hosts\[0\]\.count wrong: must be a whole number from 0/);
});

test('objectives that cannot be read are problems of the scenario, with their columns', () => {
  expect(
    problemsOf(
      small({ objectives: ['wait.mean < 60', { expect: 'wiat.mean < 3 s and jobs.rejected < 3 USD' }, 7] }),
    ),
  ).toEqual([
    expect.stringMatching(/^objectives\[2\]: must be/),
    expect.stringMatching(/^objectives\[0\]: column 13: /),
    expect.stringMatching(/^objectives\[1\]\.expect: column 1: /),
    expect.stringMatching(/^objectives\[1\]\.expect: column 37: /),
  ]);
});

test('a scenario without these sections is what it was, and with them simulates the same', () => {
  const [plain, asked] = [
    small(),
    small({ objectives: ['wait.mean < 60s'], whatIf: [{ name: 'v', set: { seed: 3 } }] }),
  ].map((document) => {
    const normalized = normalizeScenario(document);
    if (!normalized.ok) throw new Error('valid');
    return normalized;
  });
  const { objectives, whatIf, ...rest } = asked?.document ?? ({} as never);
  expect(rest).toEqual(plain?.document);
  expect(plain?.document).not.toHaveProperty('objectives');
  expect(objectives).toEqual(['wait.mean < 60s']);
  expect(whatIf).toEqual([
    { name: 'v', description: '', patch: [{ op: 'replace', path: '/seed', value: 3 }] },
  ]);
});

const changes = fc.record(
  {
    'fleet.hosts.a.count': fc.integer({ min: 1, max: 9 }),
    'fleet.hosts.a.gpus.count': fc.integer({ min: 2, max: 8 }),
    'workload.synthetic.tasks': fc.integer({ min: 1, max: 99 }),
    'workload.synthetic.classes.half.gpu': fc.constantFrom('25%', '0.75GPU'),
    'policy.placement': fc.constantFrom('fgd', 'best-fit'),
    'policy.scheduling.fill': fc.constantFrom('easy', 'skip'),
    experiment: fc.constant({ kind: 'timed', horizon: '3h' }),
    replications: fc.integer({ min: 1, max: 5 }),
  },
  { requiredKeys: ['replications'] },
);

test('the canonical form has patches of itself: read again it is the same, and its variants are those that were written', () => {
  fc.assert(
    fc.property(changes, (set) => {
      const normalized = normalizeScenario(small({ whatIf: [{ name: 'v', set }] }));
      if (!normalized.ok) throw new Error(JSON.stringify(normalized.problems));
      const { document } = normalized;
      const again = normalizeScenario(document);
      expect(again.ok && again.document).toEqual(document);
      const direct = normalizeScenario(applied({ set }));
      const [variant] = document.whatIf ?? [];
      if (variant === undefined || !direct.ok) throw new Error('is there');
      const viaPatch = normalizeScenario(applied(variant, document));
      expect(viaPatch.ok && viaPatch.document).toEqual(direct.document);
      // Whatever the order of what is listed, nothing is listed for no change.
      expect(documentChanges(document, document)).toEqual([]);
      expect(documentChanges(document, direct.document).length > 0).toBe((variant.patch ?? []).length > 0);
    }),
    { numRuns: 60 },
  );
});

test('a patch between any two values of JSON makes the one of the other', () => {
  const key = fc.constantFrom('a', 'b', '/', '~', '~1', '');
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, 0, 1, 'x', true),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(key, tie('value'), { maxKeys: 3 }),
    ),
  }));
  fc.assert(
    fc.property(fc.dictionary(key, value), fc.dictionary(key, value), (from, to) => {
      const result = applyVariant(from, { name: 'v', patch: [...patchBetween(from, to)] });
      expect(result.ok && JSON.parse(JSON.stringify(result.document))).toEqual(
        JSON.parse(JSON.stringify(to)),
      );
    }),
  );
});

test('changes are told by the names of list items, also where they moved', () => {
  const from = {
    fleet: {
      hosts: [
        { name: 'a', cpu: 1 },
        { name: 'b', cpu: 2 },
      ],
    },
    seed: 1,
    whatIf: [1],
  };
  const to = {
    fleet: {
      hosts: [
        { name: 'b', cpu: 3 },
        { name: 'c', cpu: 2 },
      ],
    },
    seed: 1,
  };
  expect(documentChanges(from, to)).toEqual([
    { path: 'fleet.hosts.a', from: '{"name":"a","cpu":1}', to: null },
    { path: 'fleet.hosts.b.cpu', from: '2', to: '3' },
    { path: 'fleet.hosts.c', from: null, to: '{"name":"c","cpu":2}' },
  ]);
});

describe('what an item has from its preset', () => {
  const withSessions = (more: Readonly<Record<string, unknown>> = {}, preset = 'cloud-game-4k') => ({
    ...(parse(SMALL_YAML) as Record<string, unknown>),
    fleet: { hosts: [{ name: 'a', count: 2, cpu: 64, memory: '512GiB', gpus: { model: 'A10', count: 2 } }] },
    workload: {
      synthetic: {
        tasks: 5,
        arrivals: { process: 'poisson', rate: '6/h' },
        classes: [{ name: 'train', preset: 'resnet-50-training' }],
      },
      sessions: [{ name: 'player', preset, users: 2, logon: 'always', ...more }],
    },
    experiment: { kind: 'timed', horizon: '1h' },
  });
  type Canonical = { readonly workload: { readonly sessions: readonly Record<string, unknown>[] } };
  const canonical = (document: unknown): Canonical => {
    const normalized = normalizeScenario(document);
    if (!normalized.ok) throw new Error(JSON.stringify(normalized.problems));
    return normalized.document as unknown as Canonical;
  };
  const variantOf = (variant: Omit<VariantDocument, 'name'>, document: unknown = withSessions()) =>
    canonical(applied(variant, document));
  const player = (document: Canonical) => document.workload.sessions[0] as Record<string, object>;
  const BASE = player(canonical(withSessions()));

  test.each([
    ['frames.network', { frames: { ...BASE.frames, network: '90ms' } }],
    ['frames.gpu.sigma', { frames: { ...BASE.frames, gpu: { ...gpuOf(BASE), sigma: 0.5 } } }],
    ['use.compute', { use: { ...BASE.use, compute: '25%' } }],
  ])('%s is one value to set or to replace, and all others stay', (path, wanted) => {
    const key = path.split('.').at(-1) as string;
    const value = { network: '90ms', sigma: 0.5, compute: '25%' }[key];
    const bySet = variantOf({ set: { [`workload.sessions.player.${path}`]: value } });
    expect(player(bySet)).toEqual({ ...BASE, ...wanted });
    const pointer = `/workload/sessions/0/${path.replaceAll('.', '/')}`;
    for (const op of ['replace', 'add'] as const)
      expect(variantOf({ patch: [{ op, path: pointer, value }] })).toEqual(bySet);
    const overlaid = applyOverlay(withSessions(), [`workload.sessions.player.${path}=${value}`]);
    expect(overlaid.ok && canonical(overlaid.document)).toEqual(bySet);
  });

  test('can be taken away below a key, and not where that would bring it back', () => {
    const { limiter: _, ...frames } = BASE.frames as Record<string, unknown>;
    for (const change of [
      { set: { 'workload.sessions.player.frames.limiter': null } },
      { patch: [{ op: 'remove' as const, path: '/workload/sessions/0/frames/limiter' }] },
    ])
      expect(player(variantOf(change)).frames).toEqual({ ...frames, limiter: null });
    const removed = applyVariant(withSessions(), {
      name: 'v',
      patch: [{ op: 'remove', path: '/workload/sessions/0/frames' }],
    });
    expect(removed).toMatchObject({
      ok: false,
      problems: [{ path: ['patch', 0], message: expect.stringMatching(/^nothing is at/) }],
    });
  });

  test('is that of the preset that the variant names, and never in place of what is written', () => {
    const other = variantOf({
      set: {
        'workload.sessions.player.preset': 'cloud-game-1080p',
        'workload.sessions.player.frames.network': '90ms',
      },
    });
    const its = player(canonical(withSessions({}, 'cloud-game-1080p')));
    expect(player(other)).toEqual({ ...its, frames: { ...its.frames, network: '90ms' } });
    const written = withSessions({
      frames: { gpu: { kind: 'constant', value: '9ms' }, target: 30, deadline: '50ms' },
    });
    const frames = player(
      variantOf({ set: { 'workload.sessions.player.frames.network': '90ms' } }, written),
    ).frames;
    expect(frames).toMatchObject({ network: '90ms', encode: '0s', target: 30 });
    const pointer = '/workload/sessions/0/frames/network';
    const patched = variantOf({ patch: [{ op: 'add', path: pointer, value: '90ms' }] }, written);
    expect(player(patched).frames).toEqual(frames);
    const none = normalizeScenario(
      applied({ set: { 'workload.sessions.player.frames.network': '90ms' } }, withSessions({ frames: null })),
    );
    expect(none.ok).toBe(false);
  });

  test('of two variants is the preset itself, unchanged by either', () => {
    const once = JSON.stringify(variantOf({ set: { 'workload.sessions.player.frames.gpu.sigma': 0.9 } }));
    expect(JSON.stringify(player(canonical(withSessions())))).toBe(JSON.stringify(BASE));
    expect(JSON.stringify(variantOf({ set: { 'workload.sessions.player.frames.gpu.sigma': 0.9 } }))).toBe(
      once,
    );
  });

  test('is never changed itself: a preset with speeds by profile is as before', () => {
    const preset = PRESETS.find(({ name }) => name === 'yolos-small-inference');
    const before = JSON.stringify(preset);
    const [profile = ''] = Object.keys(preset?.use.speedByProfile.value ?? {});
    const document = { workload: { services: [{ name: 's', preset: 'yolos-small-inference' }] } };
    const overlaid = applyOverlay(document, [`workload.services.s.use.speedByProfile["${profile}"]=0.0123`]);
    expect(overlaid.ok && JSON.stringify(overlaid.document)).toContain(`"${profile}":0.0123`);
    expect(JSON.stringify(preset)).toBe(before);
  });

  test('keeps the other speeds and run times of a class', () => {
    const train = (document: unknown) =>
      (canonical(document) as never as { workload: { synthetic: { classes: Record<string, object>[] } } })
        .workload.synthetic.classes[0] as Record<string, Record<string, unknown>>;
    const before = train(withSessions());
    const after = train(
      applied({ set: { 'workload.synthetic.classes.train.speedByModel.T4': 0.125 } }, withSessions()),
    );
    expect(Object.keys(before.speedByModel ?? {}).length).toBeGreaterThan(0);
    expect(before.speedByModel).not.toHaveProperty('T4');
    expect(after.speedByModel).toEqual({ ...before.speedByModel, T4: 0.125 });
    expect(after.use).toEqual(before.use);
  });
});

function gpuOf(item: Record<string, object>): object {
  return (item.frames as { gpu: object }).gpu;
}
