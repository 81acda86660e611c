import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { slicewise } from './slicewise.ts';
import { SMALL_YAML } from './small-scenario.ts';
import { TemporaryFolder } from './temporary-folder.ts';

const folder = new TemporaryFolder();

test('compare gives the same bytes in every form with one, two and three threads', {
  timeout: 120_000,
}, async () => {
  const whatIf = 'whatIf: [ { name: more, set: { fleet.hosts.a.count: 4 } } ]\n';
  const file = folder.write('threads.yaml', `${SMALL_YAML}objectives: [ p95(wait) < 20 h ]\n${whatIf}`);
  const forms = ['compare.json', 'compare.md', 'junit.xml', 'compare.sarif'];
  const written: string[] = [];
  for (const workers of ['1', '2', '3']) {
    const { code, out, err } = await slicewise(
      ...['compare', file, '--replications', '3', '--gate', 'delta(wait.mean) < 5%', '--workers', workers],
      ...['--format', 'json,md,junit,sarif', '--out', folder.at(workers)],
    );
    expect(code, err).toBe(0);
    const files = forms.map((form) => readFileSync(folder.at(workers, form), 'utf8'));
    written.push([out, ...files].join('\f'));
  }
  expect(new Set(written).size).toBe(1);
  expect(JSON.parse(readFileSync(folder.at('3', 'compare.json'), 'utf8')).variants[0].seeds).toEqual([
    1, 2, 3,
  ]);
});
