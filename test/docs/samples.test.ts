import { expect, test } from 'vitest';
import { SAMPLES, testSamples } from './samples.ts';

test('every fenced sample is of a language that is tested here', () => {
  expect(SAMPLES.length).toBeGreaterThan(4);
  expect(
    SAMPLES.map((s) => s.language).filter((language) => !['sh', 'yaml', 'ts', 'text'].includes(language)),
  ).toEqual([]);
});

testSamples(
  SAMPLES.filter(({ file }) => file.startsWith('docs/')),
  [
    ['docs/explain.md', 1],
    ['docs/repartition.md', 1],
  ],
);
