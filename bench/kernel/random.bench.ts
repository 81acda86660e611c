import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { RandomStream } from '../../sim/kernel/random.ts';
import { median, timed, writeReport } from './report.ts';

const RUNS = 5;
const DRAWS = 5_000_000;
const CREATIONS = 20_000;
const GENERATORS = ['alea', 'xor128', 'tychei', 'xorwow', 'xorshift7', 'xor4096'];

type Generator = { double(): number };
const require = createRequire(import.meta.url);

interface Measure {
  readonly drawNanos: number;
  readonly createMicros: number;
}

function measure<G>(create: (seed: string) => G, draw: (generator: G) => number): Measure {
  const drawing: number[] = [];
  const creation: number[] = [];
  let sum = 0;
  for (let run = 0; run <= RUNS; run++) {
    const generator = create('bench');
    const draws = timed(() => {
      for (let i = 0; i < DRAWS; i++) sum += draw(generator);
    });
    const creations = timed(() => {
      for (let i = 0; i < CREATIONS; i++) sum += draw(create(`bench-${i}`));
    });
    // The first run warms up the compiler.
    if (run > 0) drawing.push((draws.seconds / DRAWS) * 1e9);
    if (run > 0) creation.push((creations.seconds / CREATIONS) * 1e6);
  }
  if (!(sum > 0)) throw new Error('The generators drew nothing');
  return { drawNanos: median(drawing), createMicros: median(creation) };
}

const OURS = 'RandomStream (alea, named, in batches)';

function measureNamed(name: string): Measure {
  if (name === OURS) {
    return measure(
      (seed) => RandomStream.named(1, seed),
      (stream) => stream.next(),
    );
  }
  const create = require(`seedrandom/lib/${name}.js`) as (seed: string) => Generator;
  return measure(create, (generator) => generator.double());
}

// A process each: code compiled for one generator is slower once it has met a second.
const [, self, only] = process.argv;
if (only !== undefined) {
  console.log(JSON.stringify(measureNamed(only)));
} else {
  const all = [...GENERATORS, OURS].map((name) => {
    const output = execFileSync(process.execPath, [self!, name], { encoding: 'utf8' });
    return { name, ...(JSON.parse(output) as Measure) };
  });
  writeReport({
    name: 'random',
    method: `seedrandom's generators: nanoseconds for a number of 53 bits, microseconds to make one from a text seed and draw its first number; medians of ${RUNS} runs.`,
    columns: ['generator', 'draw, ns', 'create, us'],
    rows: all.map((r) => [r.name, r.drawNanos.toFixed(1), r.createMicros.toFixed(2)]),
    data: all,
  });
}
