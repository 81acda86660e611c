// Bundles the kernel benchmarks and runs the named ones, or all: node bench/kernel/run.mjs [mmc] [queue] [random]
// The bundles go to bench/dist, which git ignores.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const known = ['queue', 'random', 'mmc'];
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`Unknown benchmark ${unknown.join(', ')}: need some of ${known.join(', ')}`);
  process.exit(2);
}

const outDir = here('../dist');
await build({
  configFile: false,
  root: here('../..'),
  logLevel: 'warn',
  publicDir: false,
  build: {
    ssr: true,
    target: 'node20',
    outDir,
    minify: false,
    rolldownOptions: {
      input: Object.fromEntries(known.map((name) => [`kernel-${name}`, here(`${name}.bench.ts`)])),
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
});
for (const name of known.filter((name) => asked.length === 0 || asked.includes(name))) {
  // One process each, so that one benchmark's compiled code and garbage do not meet the next.
  const { status } = spawnSync(process.execPath, [`${outDir}/kernel-${name}.js`], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
