#!/usr/bin/env node
// Runs the built command line. In a checkout it first rebuilds when a source file is newer than the build.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What is built: a folder, the file in it that is there when it is whole, and what it is made of. */
const program = {
  folder: 'dist',
  whole: 'cli.js',
  config: 'vite.config.ts',
  sources: ['sim', 'cli', 'scenarios', 'package.json', 'vite.config.ts'],
};
const viewer = {
  folder: 'dist-viewer',
  whole: 'index.html',
  config: 'vite.viewer.config.ts',
  sources: ['viz', 'sim', 'scenarios', 'package.json', 'vite.viewer.config.ts'],
};

/** Latest modification time below a path, in ms. */
function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  let latest = stat.mtimeMs;
  for (const entry of readdirSync(path)) latest = Math.max(latest, newest(join(path, entry)));
  return latest;
}

function isUpToDate({ folder, whole, sources }) {
  const built = join(root, folder, whole);
  return (
    existsSync(built) &&
    Math.max(...sources.map((name) => newest(join(root, name)))) <= statSync(built).mtimeMs
  );
}

function bringUpToDate(part) {
  if (isUpToDate(part)) return;
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  if (!existsSync(vite)) {
    process.stderr.write('slicewise: dependencies are not installed; run "npm ci" in the checkout first\n');
    process.exit(3);
  }
  // Built beside its place and then moved there, so that two calls at a time do not meet half a build.
  const place = join(root, part.folder);
  const fresh = join(root, `dist.new-${process.pid}-${part.folder}`);
  const old = join(root, `dist.old-${process.pid}-${part.folder}`);
  const args = ['build', '--config', part.config, '--logLevel', 'warn', '--outDir', fresh, '--emptyOutDir'];
  const build = spawnSync(process.execPath, [vite, ...args], { cwd: root, stdio: ['ignore', 2, 2] });
  if (build.status !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    process.stderr.write('slicewise: the build failed (see above)\n');
    process.exit(3);
  }
  if (existsSync(place)) renameSync(place, old);
  renameSync(fresh, place);
  rmSync(old, { recursive: true, force: true });
}

if (existsSync(join(root, program.config))) {
  bringUpToDate(program);
  const [command, ...rest] = process.argv.slice(2);
  if (command === 'view' || (command === 'report' && rest.includes('--replay'))) bringUpToDate(viewer);
}
await import(join(root, program.folder, program.whole));
