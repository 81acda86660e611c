import { join } from 'node:path';
import { expect } from 'vitest';
import { runProgram } from './run-program.ts';

/** Runs a script of node_modules and fails with all it says where its exit code is not 0. */
export async function passes(script: string, ...args: readonly string[]): Promise<void> {
  const { code, out, err } = await runProgram(process.execPath, [join('node_modules', script), ...args]);
  expect(code, `${script} ${args.join(' ')}\n${out}${err}`).toBe(0);
}

/** Checks the types of a project, or writes its declarations: whatever its configuration says. */
export function typeScript(project: string, ...args: readonly string[]): Promise<void> {
  return passes('typescript/bin/tsc', '--project', project, '--pretty', 'false', ...args);
}
