import { type SpawnOptions, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** What one call of the command line gave. */
export interface CliRun {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The command line of this checkout. */
const PROGRAM = resolve('bin/slicewise.mjs');

/** Runs the command line as a user of a checkout does, in a process of its own. */
export function slicewise(...args: readonly string[]): Promise<CliRun> {
  return run(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Runs a line of the shell in which `slicewise` is the command line, for pipes and redirections. */
export function shell(line: string, cwd: string): Promise<CliRun> {
  const script = `slicewise() { "$NODE" "$PROGRAM" "$@"; }\n${line}`;
  return run('/bin/bash', ['-c', script], { cwd, env: { ...process.env, NODE: process.execPath, PROGRAM } });
}

function run(command: string, args: readonly string[], options: SpawnOptions): Promise<CliRun> {
  if (!existsSync(PROGRAM)) throw new Error(`no ${PROGRAM}: tests run from the root of the checkout`);
  return new Promise((done, fail) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let out = '';
    let err = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    child.on('error', fail);
    child.on('close', (code) => done({ code, out, err }));
  });
}
