import { expect, test } from 'vitest';
import { AREAS, RECURSIVE_TYPES } from './arrows.ts';
import { areaOf, importCircles, wrongArrow } from './import-rules.ts';
import { importsOf } from './imports.ts';
import { sourceFiles } from './source-files.ts';

const files = sourceFiles();
const imports = files.flatMap(importsOf);

/** What the arrows say about one line of a file. */
const verdict = (path: string, text: string) => importsOf({ path, text }).flatMap((i) => wrongArrow(i) ?? []);

test('the tree is read as it stands: every kind of file is there, and its imports lead to files', () => {
  expect(files.map((file) => file.path)).toEqual(
    expect.arrayContaining(['bin/slicewise.mjs', 'cli/main.ts', 'sim/index.ts', 'test/house/arrows.ts']),
  );
  expect(imports.length).toBeGreaterThan(files.length);
  const known = new Set(files.map((file) => file.path));
  const dangling = imports.filter(({ to }) => to !== undefined && /\.(ts|mjs)$/.test(to) && !known.has(to));
  expect(dangling).toEqual([]);
});

test('imports point one way', () => {
  expect(imports.flatMap((each) => wrongArrow(each) ?? [])).toEqual([]);
});

test('no imports go in a circle, but for types that contain themselves', () => {
  const circles = importCircles(imports.filter((each) => !(each.isTypeOnly && each.from in RECURSIVE_TYPES)));
  expect(circles.map((circle) => circle.join(' -> '))).toEqual([]);
});

test('every exception for a recursive type is still needed', () => {
  const along = new Set(importCircles(imports).flat());
  expect(Object.keys(RECURSIVE_TYPES).filter((file) => !along.has(file))).toEqual([]);
});

test('every source file belongs to an area', () => {
  expect(files.filter(({ path }) => areaOf(path) === undefined).map((file) => file.path)).toEqual([]);
});

test('every area a rule names is in the table', () => {
  const names = AREAS.map((area) => area.name);
  for (const { mayImport } of AREAS) {
    for (const allowed of mayImport) {
      const area = areaOf(allowed)?.name;
      if (allowed !== 'package.json') expect(names, allowed).toContain(area);
    }
  }
});

test.each([
  ['an import', `import { Fleet } from '../cluster/fleet.ts';`],
  ['an import of types', `import type { Fleet } from '../cluster/fleet.ts';`],
  ['an import for its effects', `import '../cluster/fleet.ts';`],
  ['a re-export', `export { Fleet } from '../cluster/fleet.ts';`],
  ['a re-export of everything', `export * from '../cluster/fleet.ts';`],
  ['a dynamic import', `const load = () => import('../cluster/fleet.ts');`],
  ['an import type', `export type F = import('../cluster/fleet.ts').Fleet;`],
])('%s against an arrow is found and explained', (_, line) => {
  expect(verdict('sim/kernel/bad.ts', `// A first line.\n${line}\n`)).toEqual([
    'sim/kernel/bad.ts:2 imports sim/cluster/fleet.ts, but sim/kernel may import nothing else here: ' +
      'time, queue, random streams and statistics serve any simulation and know nothing of GPUs',
  ]);
});

test.each([
  ['sim/hardware/bad.ts', '../cluster/fleet.ts'],
  ['sim/policies/placement/bad.ts', '../../engine/timed.ts'],
  ['sim/workload/bad.ts', '../policies/placement/index.ts'],
  ['sim/engine/bad.ts', '../observe/digest.ts'],
  ['sim/engine/bad.ts', '../experiment/replicate.ts'],
  ['sim/observe/bad.ts', '../engine/timed.ts'],
  ['sim/scenario/bad.ts', '../policies/placement/index.ts'],
  ['sim/experiment/bad.ts', '../report/summary.ts'],
  ['sim/report/bad.ts', '../../cli/table.ts'],
  ['sim/index.ts', '../scenarios/importers/openb.ts'],
  ['scenarios/importers/bad.ts', '../../cli/errors.ts'],
  ['cli/bad.ts', '../bench/validation/openb.ts'],
  ['viz/bad.ts', '../cli/errors.ts'],
  ['viz/bad.ts', '../test/scenario/example.ts'],
  ['tools/bad.ts', '../sim/index.ts'],
])('%s must not import %s', (path, specifier) => {
  expect(verdict(path, `import { x } from '${specifier}';`)).toHaveLength(1);
});

test.each([
  ['sim/engine/good.ts', '../policies/placement/placer.ts'],
  ['sim/scenario/good.ts', '../policies/placement/names.ts'],
  ['sim/experiment/good.ts', '../observe/digest.ts'],
  ['sim/index.ts', './report/summary.ts'],
  ['cli/good.ts', '../sim/hardware/vgpu/index.ts'],
  ['cli/good.ts', '../scenarios/importers/openb.ts'],
  ['cli/good.ts', 'commander'],
])('%s may import %s', (path, specifier) => {
  expect(verdict(path, `import { x } from '${specifier}';`)).toEqual([]);
});

test('imports in comments and strings are none', () => {
  const text = `// import '../cluster/fleet.ts';\nexport const x = "import '../cluster/fleet.ts'";\n`;
  expect(importsOf({ path: 'sim/kernel/good.ts', text })).toEqual([]);
});

test('a circle is found with the files along it, also one of types', () => {
  const found = [
    { path: 'sim/a.ts', text: `import { b } from './b.ts';` },
    { path: 'sim/b.ts', text: `import type { C } from './c.ts';` },
    { path: 'sim/c.ts', text: `export * from './b.ts';` },
  ].flatMap(importsOf);
  expect(importCircles(found)).toEqual([['sim/b.ts', 'sim/c.ts', 'sim/b.ts']]);
  expect(importCircles(found.filter(({ from }) => from !== 'sim/c.ts'))).toEqual([]);
});
