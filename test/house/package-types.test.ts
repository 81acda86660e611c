import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { typeScript } from './tools.ts';

/** A project elsewhere with this package installed, as far as its types go. */
let elsewhere = '';

beforeAll(async () => {
  elsewhere = mkdtempSync(join(tmpdir(), 'slicewise-types-'));
  const installed = join(elsewhere, 'node_modules', 'slicewise');
  await typeScript('tsconfig.types.json', '--outDir', join(installed, 'dist', 'types'));
  copyFileSync('package.json', join(installed, 'package.json'));
  for (const dependency of Object.keys(manifest.dependencies)) {
    const link = join(elsewhere, 'node_modules', dependency);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(resolve('node_modules', dependency), link, 'junction');
  }
  writeFileSync(join(elsewhere, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(elsewhere, 'program.ts'), PROGRAM);
});

afterAll(() => rmSync(elsewhere, { recursive: true, force: true }));

/** The last statement fails to compile where the types of the package were not found and everything is `any`. */
const PROGRAM = `
import { normalizeScenario, type Replication, replicate, summarize } from 'slicewise';
const result = normalizeScenario({});
if (result.ok) {
  const replication: Replication = replicate(result.scenario, {}, 1);
  const digest: string = summarize([replication]).digest;
  // @ts-expect-error: a digest is no number
  const wrong: number = replication.digest;
}
`;

test.each([
  ['Node', 'nodenext', 'nodenext'],
  ['a bundler', 'esnext', 'bundler'],
])(
  'a program elsewhere, for %s, compiles with the types of the package',
  async (_, module, moduleResolution) => {
    // No skipLibCheck: the declarations themselves must be whole.
    const compilerOptions = {
      strict: true,
      noEmit: true,
      target: 'es2023',
      types: [],
      module,
      moduleResolution,
    };
    const project = join(elsewhere, `tsconfig.${moduleResolution}.json`);
    writeFileSync(project, JSON.stringify({ compilerOptions, files: ['program.ts'] }));
    await typeScript(project);
  },
);
