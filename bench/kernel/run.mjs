// Runs the kernel benchmarks, or the named ones: node bench/kernel/run.mjs [queue] [random] [mmc]
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const known = ['queue', 'random', 'mmc'];
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`Unknown benchmark ${unknown.join(', ')}: need some of ${known.join(', ')}`);
  process.exit(2);
}
const runner = fileURLToPath(new URL('../run.mjs', import.meta.url));
for (const name of known.filter((name) => asked.length === 0 || asked.includes(name))) {
  // One process each, so that one benchmark's compiled code and garbage do not meet the next.
  const { status } = spawnSync(process.execPath, [runner, `kernel/${name}.bench`], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
