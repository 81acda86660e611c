import { expect, test } from 'vitest';
import type { CardRun } from '../../sim/engine/card-run.ts';
import { tellWork } from '../../sim/engine/tell-work.ts';

/** What is told of a card that does these things one after another: work, residents with work, bytes over its link. */
function told(...course: readonly (readonly [work: number, active: number, link: number])[]) {
  const heard: unknown[] = [];
  const worked = (...what: unknown[]) => heard.push(what);
  const tell = tellWork([{ worked }, {}], () => {
    throw new Error('nobody asks for whom');
  });
  course.forEach(([utilization, activeCount, link], at) => {
    const run = { gpu: 3, utilization, residents: { activeCount }, linkBytesNow: () => link };
    tell?.(at, run as unknown as CardRun);
  });
  return heard;
}

test('observers are told of a card where its work, its being busy, or its link has changed, each by itself', () => {
  const course = [
    [0.5, 1, 10],
    [0.5, 1, 10],
    [0.5, 1, 20],
    [0.5, 2, 20],
    [0.6, 2, 20],
    [0.6, 0, 20],
    [0.6, 0, 0],
  ] as const;
  expect(told(...course)).toEqual([
    [0, 3, 0.5, true, 10],
    [2, 3, 0.5, true, 20],
    [4, 3, 0.6, true, 20],
    [5, 3, 0.6, false, 20],
    [6, 3, 0.6, false, 0],
  ]);
});

test('a card that does nothing from the start is not told of, and where nobody asks nothing is looked at', () => {
  expect(told([0, 0, 0], [0, 0, 0])).toEqual([]);
  expect(tellWork([{}], () => undefined as never)).toBeUndefined();
});
