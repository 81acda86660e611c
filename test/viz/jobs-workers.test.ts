import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mostWorkers, placesText, workerKinds, workerPlaces } from '../../viz/views/jobs/workers.ts';
import { LatestAnswer, type Told } from '../../viz/worker/latest.ts';

test('as many workers get different GPUs each as trying out every deal finds', () => {
  const rooms = fc.array(fc.nat(3), { maxLength: 5 });
  fc.assert(
    fc.property(rooms, fc.integer({ min: 1, max: 3 }), (free, gpuCount) => {
      expect(mostWorkers(free, gpuCount)).toBe(slowMost(free, gpuCount));
    }),
  );
});

/** Gives one worker each set of GPUs in turn, and goes on with what is left. */
function slowMost(free: readonly number[], gpuCount: number): number {
  let most = 0;
  const choose = (from: number, left: number, rest: readonly number[]): void => {
    if (left === 0) {
      most = Math.max(most, 1 + slowMost(rest, gpuCount));
      return;
    }
    for (let gpu = from; gpu < rest.length; gpu++)
      if ((rest[gpu] as number) > 0)
        choose(
          gpu + 1,
          left - 1,
          rest.map((room, i) => (i === gpu ? room - 1 : room)),
        );
  };
  choose(0, gpuCount, free);
  return most;
}

const PLAIN = { cpuMilli: 4000, memoryMib: 1024, gpuCount: 1, gpuMilli: 1000, models: [] as string[] };

function fleet() {
  return {
    hosts: [
      { name: 'a', gpus: [{ model: 'M', count: 2 }] },
      { name: 'b', gpus: [{ model: 'N', count: 2 }] },
    ],
    gpuStart: Int32Array.of(0, 2, 4),
    hostOfGpu: Int32Array.of(0, 0, 1, 1),
    closedFor: Uint8Array.of(0, 0),
    gpuClosedFor: Uint8Array.of(0, 0, 0, 0),
    cpuFreeMilli: Int32Array.of(32_000, 4000),
    memoryFreeMib: Float64Array.of(8192, 8192),
    gpuFreeMilli: Int16Array.of(1000, 500, 1000, 1000),
    cards: [undefined, undefined, undefined, undefined] as unknown[],
  };
}
const places = (state: ReturnType<typeof fleet>, request: object, parts = (_gpu: number) => 0) =>
  workerPlaces(state as never, [0, 1], { ...PLAIN, ...request } as never, parts);

test('workers fit where CPU, memory, model and GPUs are free, and the text says on which hosts and for how many', () => {
  const state = fleet();
  expect(places(state, {})).toEqual({
    hosts: [
      [0, 1],
      [1, 1],
    ],
    workers: 2,
  });
  expect(places(state, { gpuMilli: 500 })).toEqual({
    hosts: [
      [0, 3],
      [1, 1],
    ],
    workers: 4,
  });
  expect(places(state, { models: ['N'] }).hosts).toEqual([[1, 1]]);
  expect(places(state, { gpuCount: 2 }).hosts).toEqual([[1, 1]]);
  expect(places(state, { cpuMilli: 5000 }).hosts).toEqual([[0, 1]]);
  state.closedFor[0] = 1;
  expect(places(state, {}).hosts).toEqual([[1, 1]]);
  const words = (request: object, count: number) => placesText(state as never, places(state, request), count);
  expect(words({}, 1)).toBe('fits on 1 host (b)');
  expect(words({}, 2)).toBe('fits on 1 host (b), with room for only 1 of the 2');
  expect(words({ models: ['M'] }, 2)).toBe('fits on no host now');
});

test('cards that a mode shares have as many workers as they say, several parts of one worker counted together', () => {
  const state = fleet();
  state.cards = [{}, {}, {}, {}];
  const ask = { slot: { kind: 'profile', profile: 'p' }, use: {}, count: 2 };
  expect(places(state, { ask, cpuMilli: 0 }, (gpu) => [5, 1, 0, 4][gpu] as number)).toEqual({
    hosts: [
      [0, 2],
      [1, 2],
    ],
    workers: 4,
  });
  expect(places(state, {}, () => 5).hosts).toEqual([]);
});

test('workers of a job are told apart by what they ask for, each kind once', () => {
  const big = { ...PLAIN, gpuCount: 4 };
  const kinds = workerKinds({ requests: [big, PLAIN, { ...PLAIN }, PLAIN] });
  expect(kinds.map(({ request: { gpuCount }, count }) => [gpuCount, count])).toEqual([
    [4, 1],
    [1, 3],
  ]);
});

test('of questions that come while one is asked, the last alone is asked; a worker that dies is told and asked again', async () => {
  const asked: number[] = [];
  const told: Told<number, string>[] = [];
  let finish: (() => void)[] = [];
  const latest = new LatestAnswer<number, string>(
    (question) =>
      new Promise((done, fail) => {
        asked.push(question);
        finish.push(() => (question === 4 ? fail(new Error('it died')) : done(`answer ${question}`)));
      }),
    (each) => told.push(each),
  );
  const end = async () => {
    const all = finish;
    finish = [];
    for (const each of all) each();
    await new Promise((done) => setTimeout(done));
  };
  for (const question of [1, 2, 3, 4]) latest.want(question);
  await end();
  await end();
  expect(asked).toEqual([1, 4]);
  latest.want(5);
  await end();
  expect(told).toEqual([
    { question: 1, answer: 'answer 1' },
    { question: 4, problem: 'it died' },
    { question: 5, answer: 'answer 5' },
  ]);
  latest.want(6);
  latest.close();
  await end();
  expect(told.length).toBe(3);
});
