import { test } from 'vitest';
import { passes, typeScript } from './tools.ts';

test('the code is linted and formatted', async () => {
  await passes('@biomejs/biome/bin/biome', 'check', '--colors=off', '--diagnostic-level=warn', '.');
});

test('every program, test and tool of the tree type-checks', async () => {
  await typeScript('tsconfig.json');
});

test('sim/ type-checks with the library of the language alone: no DOM, no Node', async () => {
  await typeScript('sim/tsconfig.json');
});

test('no file, export or dependency is unused, and none is missing', async () => {
  await passes('knip/bin/knip.js', '--no-progress');
});
