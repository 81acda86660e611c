import { describe, expect, test } from 'vitest';
import { EVIDENCES } from '../../sim/hardware/index.ts';
import { OVERHEAD_RECORDS } from '../../sim/hardware/overheads/index.ts';
import {
  isAssumed,
  isRefusal,
  operationSeconds,
  ParameterValues,
  SHARING_MODE_NAMES,
  SHARING_MODES,
  SHARING_PARAMETERS,
} from '../../sim/sharing/index.ts';
import { EXAMPLES, examplesOf, figures, openExample } from './examples.ts';

test('every name of a mode has one mode, in the order of the names', () => {
  expect(SHARING_MODES.map((mode) => mode.name)).toEqual([...SHARING_MODE_NAMES]);
});

test('no two parameters have the same id', () => {
  const ids = SHARING_PARAMETERS.map((parameter) => parameter.id);
  expect(new Set(ids).size).toBe(ids.length);
});

describe.each(SHARING_MODES)('$name', (mode) => {
  test('says what it is in words, and has an example', () => {
    expect(mode.title).not.toBe('');
    expect(mode.summary).toMatch(/^\S.*[^.\s]$/);
    for (const sentence of mode.leavesOut) expect(sentence).toMatch(/^\S.*\.$/);
    expect(mode.traits.source).not.toBe('');
    expect(examplesOf(mode.name).length).toBeGreaterThan(0);
  });

  test('has parameters under its own name, in order from least to most, each with a source', () => {
    for (const { id, what, min, low, typical, high, max, source, evidence } of mode.parameters) {
      expect(id.startsWith(`${mode.name}.`), id).toBe(true);
      expect([min, low, typical, high, max], id).toEqual(
        [min, low, typical, high, max].toSorted((a, b) => a - b),
      );
      expect([min, low, typical, high, max].every(Number.isFinite), id).toBe(true);
      expect(what, id).not.toBe('');
      expect(source, id).not.toBe('');
      expect(EVIDENCES, id).toContain(evidence);
    }
  });

  test('cites records of the overhead table that exist', () => {
    const known = new Set(OVERHEAD_RECORDS.map((record) => record.id));
    const texts = [
      ...mode.parameters.map((parameter) => parameter.source),
      ...examplesOf(mode.name).flatMap(({ config, card }) =>
        mode.operations(config, card).map((path) => path.source),
      ),
    ];
    for (const text of texts) {
      for (const [id] of text.matchAll(/\b(?:PT|VG|TS|MP|SW|AR|GV|SV|RD|CS|AM)-\d+\b|\bMG-\w+(?:-\w+)?\b/g)) {
        // `MG-P1 to MG-P4` stands for a family of records.
        const isKnown = known.has(id) || [...known].some((each) => each.startsWith(`${id}-`));
        expect(isKnown, `${id} in "${text}"`).toBe(true);
      }
    }
  });

  test('says so where a figure has no published source', () => {
    for (const parameter of mode.parameters) {
      if (/no published figure|not published|no figure|no measurement/.test(parameter.source)) {
        const isPartly = /;|,/.test(parameter.source) || parameter.evidence === 'measured';
        expect(isAssumed(parameter) || isPartly, parameter.id).toBe(true);
      }
    }
  });

  test('keeps its books and speeds over the whole range of each parameter', () => {
    for (const parameter of mode.parameters) {
      for (const value of [parameter.min, parameter.low, parameter.high, parameter.max]) {
        const values = figures({ [parameter.id]: value });
        for (const example of examplesOf(mode.name)) {
          const card = openExample(example, values);
          expect(card.strandedMilli()).toBeGreaterThanOrEqual(0);
        }
      }
    }
  });

  test('refuses a value out of its bounds', () => {
    for (const { id, min, max } of mode.parameters) {
      for (const value of [min - 1, max + 1, Number.NaN]) {
        expect(() => new ParameterValues(SHARING_PARAMETERS, { [id]: value })).toThrow(RangeError);
      }
    }
  });
});

describe.each(EXAMPLES)('$title', ({ config, card, ...rest }) => {
  const example = { config, card, ...rest };
  const mode = SHARING_MODES.find((each) => each.name === config.mode)!;

  test('has operations of known parameters, each way under a name of its own', () => {
    const values = figures();
    const paths = mode.operations(config, card);
    const names = paths.map((path) => `${path.operation} ${path.path}`);
    expect(new Set(names).size).toBe(names.length);
    for (const path of paths) {
      expect(path.source).not.toBe('');
      for (const step of path.steps) {
        expect(step.name).not.toBe('');
        expect(step.parameter ?? step.perGibParameter).toBeDefined();
        for (const id of [step.parameter, step.perGibParameter]) {
          if (id !== undefined) expect(mode.parameters.map((each) => each.id)).toContain(id);
        }
      }
      expect(operationSeconds(path, values, 16_384)).toBeGreaterThanOrEqual(0);
    }
    if (mode.traits.liveMigration === 'none') {
      expect(paths.filter((path) => path.operation === 'migrate' && path.path === 'live')).toEqual([]);
    }
  });

  test('names the licence of every slot that it gives', () => {
    const opened = openExample(example);
    const asked = [
      { kind: 'whole' } as const,
      ...example.profiles.map((profile) => ({ kind: 'profile', profile }) as const),
    ];
    for (const slot of asked) {
      const use = {
        workload: 'generic',
        busy: 1,
        compute: 1,
        bandwidth: 0,
        memoryMib: 0,
        linkBytesPerSec: 0,
        processes: 1,
        syncCallsPerSec: 0,
        speedByProfile: null,
      } as const;
      const answer = opened.admit({ slot, use, count: 1 });
      if (isRefusal(answer)) continue;
      const { edition, metric, source } = mode.licence(config, card, answer);
      expect(edition).not.toBe('');
      expect(edition === 'none').toBe(metric === 'none');
      expect(source).not.toBe('');
    }
  });
});
