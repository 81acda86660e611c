import { expect, test } from 'vitest';
import { commandsOf, SAMPLES, SET_UP, testSamples } from './samples.ts';

const own = SAMPLES.filter(({ file }) => !file.startsWith('docs/'));

test('the two set-up commands are among the samples', () => {
  const lines = own.filter(({ language }) => language === 'sh').flatMap(commandsOf);
  for (const command of SET_UP) expect(lines.map(({ line }) => line)).toContain(command);
});

testSamples(own, [['README.md', 2]]);
