import { spawnSync } from 'node:child_process';

/** Brings the build up to date before the first test, so that tests that run the command line do not all do it at once. */
export default function setup(): void {
  const run = spawnSync(process.execPath, ['bin/slicewise.mjs', '--version'], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`Cannot build the command line: ${run.stderr}`);
}
