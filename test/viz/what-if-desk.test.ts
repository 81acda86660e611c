import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, parseDocument } from 'yaml';
import { catalogNames } from '../../cli/load-scenario.ts';
import { applyOverlay, normalizeScenario, scenarioJsonSchema } from '../../sim/scenario/index.ts';
import type { Path } from '../../sim/scenario/path.ts';
import { valueAt } from '../../sim/scenario/path.ts';
import { applyVariant } from '../../sim/scenario/what-if.ts';
import { isVariantName, variantText } from '../../viz/views/what-if/variant-text.ts';
import { CATALOGUE_TEXTS } from '../../viz/worker/desk/catalogue-texts.ts';
import { changesBetween, settingsOf } from '../../viz/worker/desk/changes.ts';
import { completionsAt } from '../../viz/worker/desk/completion.ts';
import { answer, textOfRun } from '../../viz/worker/desk/desk.ts';
import { editText, withValue } from '../../viz/worker/desk/edit-text.ts';
import type { FormField } from '../../viz/worker/desk/form-fields.ts';
import { lookAt } from '../../viz/worker/desk/look.ts';
import type { SchemaPart } from '../../viz/worker/desk/schema-at.ts';

const NAMES = catalogNames();
const textOf = (name: string) => readFileSync(`scenarios/catalog/${name}.yaml`, 'utf8');
const schema = scenarioJsonSchema() as SchemaPart;
const MIG = textOf('mig-on-demand-h100');

/** Every place of plain data, the root left out. */
function places(value: unknown, above: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = [...above, Array.isArray(value) ? Number(key) : key];
    return [path, ...places(inner, path)];
  });
}

const scalar = fc.oneof(
  fc.integer(),
  fc.boolean(),
  fc.constantFrom('6/h', '7d', 'a: b', '# no comment', '- x', '', 'null', '{', "it's", 'two\nlines', '1.50'),
  fc.string(),
);
const anyName = fc.constantFrom(...NAMES);

describe('editing text', () => {
  test('puts any value at any place of any catalogue scenario and leaves all the rest as it is', () => {
    fc.assert(
      fc.property(anyName, fc.nat(), fc.oneof(scalar, fc.constant(undefined)), (name, pick, value) => {
        const text = textOf(name);
        const before: unknown = parse(text);
        const all = places(before);
        const path = all[pick % all.length] as Path;
        expect(parse(editText(text, path, value))).toEqual(withValue(before, path, value));
      }),
      { numRuns: 60 },
    );
  });

  test('a single value changes no other character, comments included', () => {
    const text = '# first\na: 1 # one\nb: { c: x, d: [1, 2] } # two\ne:\n  f: old\n\n  # before g\n  g: 2\n';
    expect(editText(text, ['a'], 7)).toBe(text.replace('a: 1', 'a: 7'));
    expect(editText(text, ['b', 'c'], 'y z')).toBe(text.replace('c: x', 'c: y z'));
    expect(editText(text, ['b', 'd', 1], 3)).toBe(text.replace('[1, 2]', '[1, 3]'));
    expect(editText(text, ['e', 'f'], { h: 1 })).toBe(text.replace('f: old', 'f: { h: 1 }'));
  });

  test('a new key goes behind the last of its mapping, in the form that the mapping has', () => {
    expect(editText('a:\n  b: 1\nc: 2\n', ['a', 'd'], 3)).toBe('a:\n  b: 1\n  d: 3\nc: 2\n');
    expect(editText('a: { b: 1 }\n', ['a', 'd', 'e'], 'x')).toBe('a: { b: 1, d: { e: x } }\n');
    expect(editText('l:\n  - n: 1\n    m: 2', ['l', 0, 'k'], 3)).toBe('l:\n  - n: 1\n    m: 2\n    k: 3\n');
  });

  test('what is written by an alias is changed in its own place alone', () => {
    const text = 'x: &x { a: 1 }\ny: *x\n';
    expect(parse(editText(text, ['y', 'a'], 2))).toEqual({ x: { a: 1 }, y: { a: 2 } });
  });
});

describe('changes', () => {
  const editedTwice = fc
    .tuple(
      anyName,
      fc.array(fc.tuple(fc.nat(), fc.option(scalar, { nil: undefined })), { minLength: 1, maxLength: 4 }),
    )
    .map(([name, edits]) => {
      const before: unknown = parse(textOf(name));
      const all = places(before);
      const after = edits.reduce<unknown>((document, [pick, value]) => {
        const path = all[pick % all.length] as Path;
        // What a change before has taken away is no place any more.
        return valueAt(document, path) === undefined || path[0] === 'whatIf' || path[0] === 'plan'
          ? document
          : withValue(document, path, value);
      }, before);
      return { before, after };
    });

  test('the settings of the command line and the variant make the changed document of the one before', () => {
    fc.assert(
      fc.property(editedTwice, ({ before, after }) => {
        // What can be planned is no part of a run, and variants have none of it.
        const changes = changesBetween(before, after);
        const { whatIf: _variants, plan: _question, ...wanted } = after as Record<string, unknown>;
        const { whatIf: _others, plan: _asked, ...from } = before as Record<string, unknown>;
        const bySettings = applyOverlay(from, settingsOf(changes));
        expect(bySettings.ok && bySettings.document).toEqual(wanted);
        const { whatIf } = parse(variantText('changed', changes)) as { whatIf: [{ name: string }] };
        const byVariant = applyVariant(from, whatIf[0]);
        expect(byVariant.ok && byVariant.document).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
  });

  test('new mappings are told value by value, and each can be taken back until nothing is left', () => {
    let text = editText(MIG, ['policy', 'scheduling', 'fill'], 'easy');
    text = editText(text, ['policy', 'placement'], 'fgd');
    const changes = changesBetween(parse(MIG), parse(text));
    expect(settingsOf(changes)).toEqual(['policy.scheduling.fill=easy', 'policy.placement=fgd']);
    for (const { path } of changes) {
      text = answer({ ask: 'take-back', before: MIG, text, path }) as string;
    }
    expect(parse(text)).toEqual(parse(MIG));
  });

  test('a name of a variant is what the format takes', () => {
    for (const name of ['changed', 'a.b-c_1', '', '-x', 'a b', 'x'.repeat(65)]) {
      const document = { ...parse(textOf('what-if-cluster')), whatIf: [{ name, set: { seed: 3 } }] };
      expect(isVariantName(name)).toBe(normalizeScenario(document).ok);
    }
  });
});

describe('looking at a changed scenario', () => {
  test('no scenario of the catalogue has a problem, and each has the usual questions with what it says now', () => {
    expect([...CATALOGUE_TEXTS.keys()].sort()).toEqual([...NAMES].sort());
    for (const [name, text] of CATALOGUE_TEXTS) {
      const look = lookAt(text, text, name);
      expect(look.problems).toEqual([]);
      expect(look.changes).toEqual([]);
      const fields = look.groups.flatMap((group) => group.fields);
      const document: unknown = parse(text);
      for (const field of fields) {
        const value = valueAt(document, field.path);
        expect(parse(field.value === '' ? 'null' : field.value)).toEqual(value ?? null);
        expect(field.help, `${name} ${field.place}`).not.toBe('');
      }
      expect(fields.map(({ label }) => label)).toContain('Seed');
    }
  });

  test('each listed choice of the form is one that the format takes', () => {
    const fields = lookAt(MIG, MIG, 'mig-on-demand-h100').groups.flatMap(({ fields: each }) => each);
    const choices = fields.filter(({ control }) => control === 'choice');
    expect(choices.map(({ place }) => place)).toContain('policy.scheduling.preemption');
    for (const { path, choices: listed } of choices as readonly FormField[]) {
      for (const choice of listed) {
        const { problems } = lookAt(MIG, editText(MIG, path, choice), 'mig-on-demand-h100');
        // Some need others beside them; none is unknown.
        expect(problems.filter(({ message }) => message.startsWith('must be one of'))).toEqual([]);
      }
    }
  });

  test('a problem is told with the line in which it stands', () => {
    const text = MIG.replace('seed: 42', 'seed: soon');
    const [problem] = lookAt(MIG, text, 'x').problems;
    expect(problem?.path).toBe('seed');
    expect(text.split('\n')[(problem?.line ?? 0) - 1]).toBe('seed: soon');
    const [fault] = lookAt(MIG, 'a: [1\nb: 2\n', 'x').problems;
    expect(fault?.line).toBeGreaterThan(0);
  });

  test('a run is edited in the text of the catalogue where that is what ran, else in its document', () => {
    const normalized = normalizeScenario(parse(MIG));
    if (!normalized.ok) throw new Error('not valid');
    const { document } = normalized;
    expect(textOfRun(document, CATALOGUE_TEXTS)).toEqual({ text: MIG, reference: 'mig-on-demand-h100' });
    const other = { ...document, seed: 43 };
    const made = textOfRun(other, CATALOGUE_TEXTS);
    expect(made.reference).toBe('mig-on-demand-h100.yaml');
    const again = normalizeScenario(parse(made.text));
    expect(again.ok && again.document).toEqual(other);
  });
});

describe('completion', () => {
  /** Words at the bar in the text. */
  const at = (marked: string) => {
    const offset = marked.indexOf('|');
    const text = marked.replace('|', '');
    const { from, items } = completionsAt(schema, text, offset);
    return { from, labels: items.map(({ label }) => label), items };
  };

  test('offers keys that a mapping does not have yet, and values that the format lists', () => {
    expect(at('seed: 1\n|').labels).toEqual(expect.arrayContaining(['fleet', 'workload', 'policy']));
    expect(at('seed: 1\n|').labels).not.toContain('seed');
    expect(at('policy:\n  pla|\nseed: 1\n').labels).toEqual(
      expect.arrayContaining(['placement', 'queueing']),
    );
    expect(at('policy:\n  placement: |\n').labels).toContain('fgd');
    expect(at('policy:\n  placement: be|\n').labels).toContain('best-fit');
    expect(at('policy: { queueing: | }\n').labels).toContain('fair-share');
    expect(at('fleet:\n  hosts:\n    - name: a\n      |\n').labels).toContain('sharing');
    expect(at('fleet:\n  hosts:\n    - |\n').labels).toContain('gpus');
    expect(at('experiment: { kind: | }\n').labels).toEqual(expect.arrayContaining(['timed', 'fill']));
    expect(at('experiment:\n  kind: timed\n  |').labels).toContain('horizon');
    expect(at('experiment:\n  kind: timed\n  |').labels).not.toContain('target');
    expect(at('# policy: |').labels).toEqual([]);
    expect(at('policy:\n  pla|').from).toBe('policy:\n  '.length);
  });

  test('never throws, wherever the cursor is in whatever text', () => {
    fc.assert(
      fc.property(anyName, fc.nat(), fc.nat(), fc.string(), (name, cut, where, junk) => {
        const whole = textOf(name);
        const text = whole.slice(0, cut % whole.length) + junk;
        const { from, items } = completionsAt(schema, text, where % (text.length + 1));
        expect(from).toBeLessThanOrEqual(where % (text.length + 1));
        expect(new Set(items.map(({ label, kind }) => `${kind} ${label}`)).size).toBe(items.length);
      }),
      { numRuns: 40 },
    );
  });

  test('each key that it offers is one that the format knows', () => {
    const text = 'policy:\n  scheduling:\n    ';
    const { items } = completionsAt(schema, text, text.length);
    expect(items.length).toBeGreaterThan(10);
    for (const { text: put, kind } of items) {
      if (kind !== 'key') continue;
      const document: unknown = parseDocument(`${text}${put}null\n`).toJS();
      const { problems } = { problems: [], ...normalizeScenario(document) };
      expect(problems.filter(({ message }: { message: string }) => /unknown|no key/i.test(message))).toEqual(
        [],
      );
    }
  });
});
