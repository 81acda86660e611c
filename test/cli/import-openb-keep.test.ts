import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadTraces } from '../../cli/load-traces.ts';
import { normalizeScenario } from '../../sim/index.ts';
import { inProcess } from './in-process.ts';
import { NODE_HEADER, POD_HEADER } from './small-scenario.ts';
import { TemporaryFolder } from './temporary-folder.ts';

const folder = new TemporaryFolder();
const host = (i: number, gpus: number, model: string) => `n${i},8000,32768,${gpus},${model}`;
const nodes = folder.write(
  'nodes.csv',
  `${[NODE_HEADER, ...Array.from({ length: 20 }, (_, i) => host(i, 2, 'A')), host(20, 1, 'B'), host(21, 4, 'B')].join('\n')}\n`,
);
const pod = (name: string, spec: string, atSec: number) =>
  `${name},1000,1024,1,1000,${spec},${atSec},${atSec + 100},${atSec}`;
const pods = folder.write(
  'pods.csv',
  `${[POD_HEADER, ...Array.from({ length: 6 }, (_, i) => pod(`p${i}`, '', 0)), pod('b', 'B', 50)].join('\n')}\n`,
);
const out = folder.at('openb.yaml');
const importing = (...args: string[]) =>
  inProcess(['import', 'openb', '--nodes', nodes, '--pods', pods, '--out', out, ...args]);

async function load() {
  const checked = normalizeScenario(parse(readFileSync(out, 'utf8')));
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return loadTraces(checked.scenario, dirname(out));
}

describe('slicewise import openb --keep', () => {
  test.each<[string, unknown, readonly string[]]>([
    ['10%', '10%', ['n5', 'n16', 'n21']],
    ['2', 2, ['n5', 'n16', 'n21']],
    ['22', 22, [...Array.from({ length: 22 }, (_, i) => `n${i}`)]],
  ])('%s makes a fleet of that part, with the model that a task names', async (keep, written, names) => {
    expect((await importing('--keep', keep)).code).toBe(0);
    expect(parse(readFileSync(out, 'utf8')).fleet.trace.keep).toBe(written);
    const { traces, notes, inputs } = await load();
    expect(traces.hosts?.map(({ name }) => name)).toEqual(names);
    const gpus = traces.hosts?.flatMap((each) => each.gpus).reduce((sum, { count }) => sum + count, 0);
    expect(notes[0]).toMatch(new RegExp(`kept ${names.length} of 22 hosts, with ${gpus} of 45 GPUs$`));
    expect(inputs[0]?.notes.at(-1)).toBe(notes[0]?.replace(/^.*: /, ''));
  });

  test('without it all hosts are there, and the scenario says nothing of it', async () => {
    await importing();
    expect(parse(readFileSync(out, 'utf8')).fleet.trace).not.toHaveProperty('keep');
    expect((await load()).traces.hosts).toHaveLength(22);
  });

  test('fewer hosts make tasks wait that did not before', async () => {
    await importing('--keep', '1');
    const waits = async (...settings: string[]) => {
      const { code, out: text } = await inProcess(['run', out, '--json', ...settings]);
      expect(code).toBe(0);
      return JSON.parse(text).metrics['wait.max'].value as number;
    };
    // One host of two A and the largest of B, to 4 tasks at a time of B: 6 tasks find 6 GPUs, the one for B waits for their end.
    expect(await waits()).toBe(50);
    expect(await waits('--set', 'fleet.trace.keep=null')).toBe(0);
  });

  test.each([['0'], ['x'], ['0%'], ['200%'], ['1.5'], ['9999999'], ['']])('%s is refused', async (keep) => {
    const { code, err } = await importing('--keep', keep);
    expect(code).toBe(2);
    expect(err).toMatch(
      /--keep: must be a number of hosts from 1 to 1000000, or a part of them such as 5%, got/,
    );
  });
});
