import { spawn } from 'node:child_process';

/** What a program gave. */
export interface ProgramRun {
  /** Exit code; null where a signal ended it. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface ProgramPlace {
  /** Working directory. Default: that of the tests, the root of the checkout. */
  readonly cwd?: string;
  /** Environment in place of that of the tests. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a program to its end, input closed. Rejects where it cannot start. */
export function runProgram(
  file: string,
  args: readonly string[],
  { cwd, env }: ProgramPlace = {},
): Promise<ProgramRun> {
  return new Promise((done, fail) => {
    const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const text = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text.out += part;
    });
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      text.err += part;
    });
    child.on('error', fail);
    child.on('close', (code) => done({ code, ...text }));
  });
}
