import { expect, test } from 'vitest';
import { Residents, sharingMode } from '../../sim/sharing/index.ts';
import { cardBeyondCatalogue, cardOf, figures } from '../contract/examples.ts';
import { partOf, put, ruleOf, run, times, wholeOf } from './asks-for-tests.ts';

const mode = sharingMode('edge-pool');
const ORIN = cardBeyondCatalogue('Jetson AGX Orin', 65_536);
const open = (tenants = 4, stated: Record<string, number> = {}) =>
  mode.createCard({ mode: 'edge-pool', tenants }, ORIN, figures(stated));

test('two boards are a pool of twice the containers, each with a GPU in turns', () => {
  const pool = [open(3), open(3)];
  const loads = [times(3, partOf(0, 0)), times(1, partOf(0, 0))];
  const speeds = pool.flatMap((board, i) => run(board, loads[i]!));
  expect(speeds.map((speed) => Math.round(speed * 1e9) / 1e9)).toEqual([0.3, 0.3, 0.3, 1]);
});

test('a board takes as many containers as it may, or one that wants it whole', () => {
  const board = open(2);
  put(board, partOf(0, 0));
  expect(ruleOf(board, wholeOf())).toBe('card-taken');
  put(board, partOf(0, 0));
  expect(ruleOf(board, partOf(0, 0))).toBe('pool-session-limit');
  const whole = open(2);
  put(whole, wholeOf());
  expect(ruleOf(whole, partOf(0, 0))).toBe('held-whole');
});

test('the GPU has the part of the memory that the CPU side leaves, and nothing sets it aside', () => {
  const board = open(4, { 'edge-pool.gpu-memory': 0.75 });
  expect(ruleOf(board, partOf(0, 49_153))).toBe('memory-too-large');
  expect(ruleOf(board, partOf(0, 49_152))).toBe('fits');
  const residents = new Residents();
  const ask = partOf(0, 0, { memoryMib: 24_577 });
  residents.join(put(board, ask), ask.use, true);
  expect(board.overflows(residents, ask.use)).toBe(false);
  residents.join(put(board, ask), ask.use, true);
  expect(board.overflows(residents, ask.use)).toBe(true);
});

test('bytes between CPU and GPU cost nothing: they have one memory', () => {
  const mover = partOf(0, 0, { busy: 0.4, linkBytesPerSec: 1e12 });
  expect(run(open(), times(2, mover))).toEqual([1, 1]);
});

test('a GPU of the catalogue has memory of its own and is refused', () => {
  const keys = (card: typeof ORIN, tenants = 4) =>
    mode.check({ mode: 'edge-pool', tenants }, card).map((problem) => problem.key);
  expect(keys(ORIN)).toEqual([]);
  expect(keys(cardOf('l4'))).toEqual(['mode']);
  expect(keys(ORIN, 0)).toEqual(['tenants']);
});
