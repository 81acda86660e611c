// Bundles one program of this folder and runs it: node bench/run.mjs PATH [ARGS]. PATH is below bench/, without .ts.
// A program's threads, if it has any, are in PATH.worker.ts. Bundles go to bench/dist, which git ignores.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const [program, ...args] = process.argv.slice(2);
if (program === undefined || !existsSync(here(`${program}.ts`))) {
  console.error(`node bench/run.mjs PATH: there is no bench/${program ?? 'PATH'}.ts`);
  process.exit(2);
}
const worker = here(`${program}.worker.ts`);
const outDir = here(`dist/${program}`);
await build({
  configFile: false,
  root: here('..'),
  logLevel: 'warn',
  publicDir: false,
  build: {
    ssr: true,
    target: 'node20',
    outDir,
    minify: false,
    rolldownOptions: {
      input: { main: here(`${program}.ts`), ...(existsSync(worker) ? { worker } : {}) },
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
});
const { status, signal } = spawnSync(process.execPath, [`${outDir}/main.js`, ...args], {
  stdio: 'inherit',
  cwd: here('..'),
});
process.exit(signal === null ? (status ?? 1) : 1);
