import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import engines from './engines/package.json' with { type: 'json' };

/** A version of Node to compare with. */
export interface Engine {
  /** As its program says: `v22.23.3`. */
  readonly version: string;
  readonly program: string;
  /** Whether the program is there, runs on this machine, and is that version. */
  readonly isInstalled: boolean;
}

/** The versions that test/determinism/engines names; they exist for Linux x64 alone. */
export const ENGINES: readonly Engine[] = Object.entries(engines.optionalDependencies).map(
  ([name, source]) => {
    const version = `v${source.slice(source.lastIndexOf('@') + 1)}`;
    const program = resolve('test/determinism/engines/node_modules', name, 'bin/node');
    const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
    return { version, program, isInstalled: stdout?.trim() === version };
  },
);
