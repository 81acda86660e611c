import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { PlanResult } from '../../../sim/experiment/plan/result.ts';
import type { Row, Section } from '../sharing/table.ts';

/** Full questions of the catalogue, which a planner waits for. */
const SHIPPED = ['plan-bank-desktops', 'plan-training-inference'];
/** Seconds, on two cores that have nothing else to do. */
const MOST_SECONDS = 120;

/** How long the command line takes for the full questions that are shipped, and how far their plans are from what is proven. */
export function shippedQuestions(): Section {
  return {
    title: 'Questions of the catalogue, planned by the command line from start to end',
    about:
      'Seconds of the whole command, and the gap: the part of the cost that is above the bound, by proof alone and where cheaper plans that were run count too.',
    rows: SHIPPED.flatMap(answered),
  };
}

function answered(name: string): readonly Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'slicewise-plan-'));
  const began = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    [resolve('bin/slicewise.mjs'), 'plan', name, '--out', folder],
    { encoding: 'utf8' },
  );
  const seconds = (performance.now() - began) / 1000;
  if (status !== 0) throw new Error(`plan ${name} ended with ${status}: ${stderr}`);
  const result = JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8')) as PlanResult;
  rmSync(folder, { recursive: true });
  const { plan, gap, cheaper, searched, unit } = result;
  const counts = plan?.counts.map((each) => `${each.count} of ${each.name}`).join(', ') ?? 'none serves';
  return [
    {
      name: `${name}: seconds`,
      ours: seconds,
      accept: [0, MOST_SECONDS],
      note: `${searched.runs} runs of ${searched.run} plans`,
    },
    {
      name: `${name}: gap by proof`,
      ours: gap ?? Number.NaN,
      note: `${counts}, ${plan?.amount.value?.toFixed(2)} ${unit}`,
    },
    { name: `${name}: gap by proof and runs`, ours: cheaper?.gap ?? Number.NaN },
  ];
}
