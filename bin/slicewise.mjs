#!/usr/bin/env node
// Runs the built command line. In a checkout it first rebuilds when a source file is newer than the build.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const built = join(dist, 'cli.js');
const sources = ['sim', 'cli', 'scenarios', 'package.json', 'vite.config.ts'].map((name) => join(root, name));

/** Latest modification time below a path, in ms. */
function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  let latest = stat.mtimeMs;
  for (const entry of readdirSync(path)) latest = Math.max(latest, newest(join(path, entry)));
  return latest;
}

const isCheckout = existsSync(join(root, 'vite.config.ts'));
if (isCheckout && !(existsSync(built) && Math.max(...sources.map(newest)) <= statSync(built).mtimeMs)) {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  if (!existsSync(vite)) {
    process.stderr.write('slicewise: dependencies are not installed; run "npm ci" in the checkout first\n');
    process.exit(3);
  }
  // Built beside its place and then moved there, so that two calls at a time do not meet half a build.
  const fresh = join(root, `dist.new-${process.pid}`);
  const old = join(root, `dist.old-${process.pid}`);
  const build = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn', '--outDir', fresh], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (build.status !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    process.stderr.write('slicewise: the build failed (see above)\n');
    process.exit(3);
  }
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(fresh, dist);
  rmSync(old, { recursive: true, force: true });
}
await import(built);
