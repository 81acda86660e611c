import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { RunResult } from '../../sim/index.ts';
import { runProgram } from '../house/run-program.ts';
import type { DeterminismCase } from './cases.ts';

/**
 * Runs a case on the command line, in a process of its own, and gives the text of its result.json, which must be what
 * `--json` prints.
 *
 * @param node program to run it on. Default: the one the tests run on.
 */
export async function resultJson(
  { file, settings }: DeterminismCase,
  options: readonly string[] = [],
  node: string = process.execPath,
): Promise<string> {
  const out = mkdtempSync(join(tmpdir(), 'slicewise-run-'));
  try {
    const set = settings.flatMap((setting) => ['--set', setting]);
    const args = ['bin/slicewise.mjs', 'run', file, ...set, ...options, '--json', '--out', out];
    const { code, out: printed, err } = await runProgram(node, args);
    expect(code, `${node} ${args.join(' ')}\n${err}`).toBe(0);
    const written = readFileSync(join(out, 'result.json'), 'utf8');
    expect(printed).toBe(written);
    return written;
  } finally {
    rmSync(out, { recursive: true });
  }
}

/** The part of a result.json that the simulation determines, as text to compare. */
export function summaryPart(json: string): string {
  const { schema, version, scenario, overlays, inputs, assumptions, replications, ...summary } = JSON.parse(
    json,
  ) as RunResult;
  return JSON.stringify(summary);
}
