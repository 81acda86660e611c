import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { normalizeScenario } from '../../sim/index.ts';

/** The two commands of the README; running the tests is the second, and `.ci/run` runs both parts of it. */
export const SET_UP = ['npm ci && npm start', 'npm ci && npm test'];
const OPENB = resolve('../shared/traces/openb');

export interface Sample {
  readonly file: string;
  readonly language: string;
  readonly text: string;
  /** Where it stands among the samples of its file. */
  readonly at: number;
}

const FILES = ['README.md', 'CONTRIBUTING.md', ...readdirSync('docs').map((name) => `docs/${name}`)].filter(
  (f) => f.endsWith('.md'),
);
export const SAMPLES: readonly Sample[] = FILES.flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(
    ([, language = '', text = ''], at) => ({ file, language, text, at }),
  ),
);

/** The commands of a shell sample, without remarks. */
export function commandsOf({
  file,
  text,
}: Sample): readonly { readonly file: string; readonly line: string }[] {
  return text
    .split('\n')
    .map((line) => ({ file, line: line.replace(/\s+# .*$/, '').trim() }))
    .filter(({ line }) => line !== '' && !line.startsWith('#'));
}

/**
 * Tests that run samples as a reader would, in a folder of their own.
 *
 * @param samples commands may build on what those before them have written
 * @param shownOutputs files that show what their commands print, and how often at least
 */
export function testSamples(
  samples: readonly Sample[],
  shownOutputs: readonly (readonly [string, number])[],
): void {
  const lines = samples.filter((s) => s.language === 'sh').flatMap(commandsOf);
  const folder = mkdtempSync(join(tmpdir(), 'slicewise-samples-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  if (existsSync(OPENB)) symlinkSync(OPENB, join(folder, 'openb'));
  // A YAML sample whose first line is a file name in a remark is what the commands find under that name.
  for (const { language, text } of SAMPLES) {
    const name = language === 'yaml' ? /^# ([\w-]+\.yaml)\n/.exec(text)?.[1] : undefined;
    if (name !== undefined) writeFileSync(join(folder, name), text);
  }

  /** Runs `npm run -s slicewise -- ...` as a reader would, in the folder with the samples. */
  function slicewise(line: string) {
    const program = /^npm run -s slicewise -- (.*)$/.exec(line);
    expect(program, `not a command of ours: ${line}`).not.toBeNull();
    return spawnSync('/bin/sh', ['-c', `node "$SLICEWISE" ${program?.[1]}`], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, SLICEWISE: resolve('bin/slicewise.mjs') },
      maxBuffer: 1 << 28,
    });
  }

  describe('shell samples', () => {
    const commands = lines.filter(({ line }) => !SET_UP.includes(line));
    test('there are some', () => {
      expect(commands.length).toBeGreaterThan(5);
    });

    test.for(commands)('$file: $line', ({ line }, context) => {
      const needsTrace =
        line.includes('openb/') || /run openb(-timed)?\.yaml/.test(line) || line.includes('validate:');
      if (needsTrace && !existsSync(OPENB)) {
        context.skip('../shared/traces/openb is missing');
      }
      // Long suites are named in the docs but are not part of the tests.
      if (/npm run (validate:|bench)/.test(line)) {
        const script = /npm run (\S+)/.exec(line)?.[1] as string;
        expect(JSON.parse(readFileSync('package.json', 'utf8')).scripts).toHaveProperty([script]);
        return;
      }
      const run = slicewise(line);
      expect(run.stderr + (run.status === 0 ? '' : run.stdout)).not.toMatch(/internal fault|problem/);
      expect(run.status, run.stderr).toBe(0);
      expect(run.stdout.length + run.stderr.length).toBeGreaterThan(0);
    });
  });

  test.each(shownOutputs)('the output that %s shows is what the commands above it print', (file, least) => {
    const shown = samples.filter((s) => s.file === file && s.language === 'text');
    expect(shown.length).toBeGreaterThanOrEqual(least);
    for (const { at, text } of shown) {
      const above = samples.findLast((s) => s.file === file && s.language === 'sh' && s.at < at);
      const printed = commandsOf(above as Sample)
        // `npm start` runs this one; the two set-up commands themselves are what brought us here.
        .flatMap(({ line }) => (SET_UP.includes(line) ? ['npm run -s slicewise -- run openb-like'] : [line]))
        .flatMap((line) => slicewise(line).stdout.split('\n'));
      for (const line of text.trimEnd().split('\n')) expect(printed).toContain(line);
    }
  });

  describe('YAML samples', () => {
    const scenarios = samples.filter((s) => s.language === 'yaml' && s.text.includes('apiVersion'));
    test.each(scenarios)('$file: a scenario that validates', ({ text }) => {
      const result = normalizeScenario(parse(text));
      expect(result.ok ? [] : result.problems).toEqual([]);
    });
  });

  describe('TypeScript samples', () => {
    test.each(samples.filter((s) => s.language === 'ts'))('$file: runs', async ({ text }) => {
      // Inside the checkout, so that its imports resolve.
      const place = resolve(`test/docs/.sample-${process.pid}`);
      mkdirSync(place, { recursive: true });
      try {
        const source = text.replaceAll("from 'slicewise'", `from ${JSON.stringify(resolve('sim/index.ts'))}`);
        const path = join(place, 'sample.ts');
        writeFileSync(path, source);
        await import(path);
      } finally {
        rmSync(place, { recursive: true, force: true });
      }
    });
  });
}
