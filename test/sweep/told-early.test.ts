import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mergeSweeps } from '../../cli/sweep/merge.ts';
import { SweepStore } from '../../cli/sweep/store.ts';
import { slicewise } from '../cli/slicewise.ts';
import { NODE_HEADER, POD_HEADER, SMALL_YAML, TRACE_YAML } from '../cli/small-scenario.ts';
import { TemporaryFolder } from '../cli/temporary-folder.ts';
import { runInto, SMALL_DESIGN, smallPlan } from './small-sweep.ts';

const folder = new TemporaryFolder();
const scenario = folder.write('s.yaml', SMALL_YAML);

test('A wrong --redis is told with all other wrong options, and no directory is begun', async () => {
  const out = folder.at('unbegun');
  const { code, err } = await slicewise(
    ...[
      'sweep',
      scenario,
      ...SMALL_DESIGN,
      '--redis',
      'redis://:se/cret@host',
      '--best',
      'wat',
      '--out',
      out,
    ],
  );
  expect(code).toBe(2);
  expect(err).toContain('--redis: must be redis://');
  expect(err).toContain('there is no metric "wat"');
  expect(err).not.toContain('cret');
  expect(existsSync(out)).toBe(false);
});

test('All trace files that cannot be read are named at once', async () => {
  folder.write('nodes.csv', `${NODE_HEADER}\nn1,8000,32768,2,A100\n`);
  folder.write('pods.csv', `${POD_HEADER}\np1,1000,1024,1,500,,0,100,0\n`);
  const traced = folder.write('t.yaml', TRACE_YAML);
  const { code, err } = await slicewise(
    ...['sweep', traced, '--grid', 'workload.trace.pods=pods.csv,gone1.csv,gone2.csv', '--dry-run'],
  );
  expect(code).toBe(2);
  expect(err).toContain('gone1.csv: no such file');
  expect(err).toContain('gone2.csv: no such file');
});

test.each(['', 'null', '{"token":5}'])('A lock that says %j holds for a minute and no longer', (text) => {
  const plan = smallPlan(scenario);
  const at = folder.at(`lock-${text.length}`);
  const path = join(at, 'locks', 'all.lock');
  mkdirSync(join(at, 'locks'), { recursive: true });
  writeFileSync(path, text);
  const open = () => new SweepStore(at, plan.manifest, plan.ids, undefined, 'end');
  expect(open).toThrow('in use');
  const old = Date.now() / 1000 - 120;
  utimesSync(path, old, old);
  const store = open();
  expect(open).toThrow('in use');
  store.close();
  expect(readdirSync(join(at, 'locks'))).toEqual([]);
});

test('What a new directory was given is taken back as a whole, and a merge into it can be done then', async () => {
  const plan = smallPlan(scenario);
  const part = folder.at('part');
  const told = await runInto(part, plan);
  const out = folder.at('merged');
  const store = new SweepStore(out, plan.manifest, plan.ids, undefined, 'end');
  for (const outcome of told.slice(0, 3)) store.append(outcome);
  store.discard();
  store.abandon();
  expect(readdirSync(out)).toEqual(['locks']);
  expect(mergeSweeps([part], out, false).outcomes.size).toBe(plan.manifest.runs);

  // One that was there before is nobody's to take back.
  const again = new SweepStore(out, plan.manifest, plan.ids, undefined, 'end');
  again.discard();
  again.close();
  expect(readdirSync(out).sort()).toEqual(['index.json', 'locks', 'manifest.json', 'results']);
});
