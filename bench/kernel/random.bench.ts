import { createRequire } from 'node:module';
import { RandomStream } from '../../sim/kernel/random.ts';
import { median, timed, writeReport } from './report.ts';

const RUNS = 5;
const DRAWS = 5_000_000;
const CREATIONS = 20_000;
const GENERATORS = ['alea', 'xor128', 'tychei', 'xorwow', 'xorshift7', 'xor4096'];

type Generator = { double(): number };
const require = createRequire(import.meta.url);

function measure(create: (seed: string) => Generator): { drawNanos: number; createMicros: number } {
  const draw: number[] = [];
  const creation: number[] = [];
  let sum = 0;
  for (let run = 0; run <= RUNS; run++) {
    const generator = create('bench');
    const draws = timed(() => {
      for (let i = 0; i < DRAWS; i++) sum += generator.double();
    });
    const creations = timed(() => {
      for (let i = 0; i < CREATIONS; i++) sum += create(`bench-${i}`).double();
    });
    // The first run warms up the compiler.
    if (run > 0) draw.push((draws.seconds / DRAWS) * 1e9);
    if (run > 0) creation.push((creations.seconds / CREATIONS) * 1e6);
  }
  if (!(sum > 0)) throw new Error('The generators drew nothing');
  return { drawNanos: median(draw), createMicros: median(creation) };
}

const results = GENERATORS.map((name) => {
  const create = require(`seedrandom/lib/${name}.js`) as (seed: string) => Generator;
  return { name, ...measure(create) };
});
const ours = measure((seed) => {
  const stream = RandomStream.named(1, seed);
  return { double: () => stream.next() };
});
const all = [...results, { name: 'RandomStream (alea, named, in batches)', ...ours }];

writeReport({
  name: 'random',
  method: `seedrandom's generators: nanoseconds for a number of 53 bits, microseconds to make one from a text seed and draw its first number; medians of ${RUNS} runs.`,
  columns: ['generator', 'draw, ns', 'create, us'],
  rows: all.map((r) => [r.name, r.drawNanos.toFixed(1), r.createMicros.toFixed(2)]),
  data: all,
});
