import { expect, test } from 'vitest';
import { parseScenarioText } from '../../sim/scenario/index.ts';

function problemsOf(text: string): readonly string[] {
  const result = parseScenarioText(text, 'f.yaml');
  return result.ok ? [] : result.problems.map(({ at, message }) => `${at} ${message}`);
}

test('a path is found in the text: key, item, nearest part above what is missing', () => {
  const text = 'name: x\nfleet:\n  hosts:\n    - { name: a, cpu: 1 }\n    -\n      name: b\n';
  const result = parseScenarioText(text, 'f.yaml');
  if (!result.ok) throw new Error('valid YAML');
  expect(result.at(['name'])).toBe('f.yaml:1:1');
  expect(result.at(['fleet', 'hosts', 0, 'cpu'])).toBe('f.yaml:4:18');
  expect(result.at(['fleet', 'hosts', 1, 'name'])).toBe('f.yaml:6:7');
  expect(result.at(['fleet', 'hosts', 1, 'memory'])).toBe('f.yaml:6:7');
  expect(result.at(['fleet', 'trace'])).toBe('f.yaml:2:1');
  expect(result.at([])).toBe('f.yaml:1:1');
});

test('a path through an anchor leads to where the value is written', () => {
  const result = parseScenarioText('a: &host\n  cpu: 1\nb: *host\n', 'f.yaml');
  if (!result.ok) throw new Error('valid YAML');
  expect(result.document).toEqual({ a: { cpu: 1 }, b: { cpu: 1 } });
  expect(result.at(['b', 'cpu'])).toBe('f.yaml:2:3');
});

test('JSON is read too, tabs and all', () => {
  const result = parseScenarioText('{\n\t"name": "x",\n\t"seed": 7\n}\n', 'f.json');
  expect(result).toMatchObject({ ok: true, document: { name: 'x', seed: 7 } });
  if (result.ok) expect(result.at(['seed'])).toBe('f.json:3:2');
});

test('faults of the text name their line and column', () => {
  expect(problemsOf('a: 1\nb: [1\n')[0]).toMatch(/^f\.yaml:\d+:\d+ is not YAML: /);
  expect(problemsOf('a: 1\na: 2\n')).toEqual(['f.yaml:2:1 is not YAML: Map keys must be unique']);
  expect(problemsOf('a: 1\n---\nb: 2\n')[0]).toMatch(/multiple documents/);
  expect(problemsOf('a: !!python/object x\n')[0]).toMatch(/^f\.yaml:1:4 is not YAML: Unresolved tag/);
  expect(problemsOf('? [a]\n: 1\n')[0]).toMatch(/stringKeys|keys must be/);
  expect(problemsOf('\tname: x')).toHaveLength(1);
  for (const empty of ['', '# nothing\n', '---\n']) {
    expect(problemsOf(empty)).toEqual(['f.yaml is empty: must be a scenario document']);
  }
});

test('texts made to exhaust the reader are refused', () => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let i = 1; i < 10; i++)
    lines.push(
      `a${i}: &a${i} [${Array(10)
        .fill(`*a${i - 1}`)
        .join(', ')}]`,
    );
  expect(problemsOf(lines.join('\n'))[0]).toMatch(/cannot be read: Excessive alias count/);
  for (const level of ['[', '{a: ', '- ', '? ']) {
    expect(problemsOf(level.repeat(50_000))[0]).toMatch(
      /cannot be read: must not be nested deeper than 500 levels, got \d{5}$/,
    );
  }
  expect(parseScenarioText(`${'['.repeat(499)}x${']'.repeat(499)}`).ok).toBe(true);
  expect(problemsOf(`a: ${'x'.repeat(17 * 1024 * 1024)}`)[0]).toMatch(/must be at most/);
  expect(problemsOf('a: &a [*a]\n').length).toBeLessThanOrEqual(1);
});
