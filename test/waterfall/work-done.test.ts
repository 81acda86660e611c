import { expect, test } from 'vitest';
import { Cell } from '../../sim/observe/waterfall/cells.ts';
import { WorkDone } from '../../sim/observe/waterfall/work-done.ts';

const redone = (cell: Cell) => Object.fromEntries(cell.redone);

test('what is lost last was done last: it is taken from as many places as it takes, and no more', () => {
  const [a, b, c] = [0, 1, 2].map((n) => new Cell(n, 0, 0, 'mig')) as [Cell, Cell, Cell];
  const done = new WorkDone();
  // 100 us at 2 units each, then 50 at 3, then 20 at 5.
  done.add(7, 100, [{ cell: a, perUs: 2 }]);
  done.add(7, 50, [{ cell: b, perUs: 3 }]);
  done.add(7, 20, [{ cell: c, perUs: 5 }]);
  done.lose(7, 60, 'preemption');
  expect([a, b, c].map(redone)).toEqual([{}, { preemption: 120n }, { preemption: 100n }]);
  // 10 are left of the second place, and 100 of the first.
  done.lose(7, 15, 'fault:gpu');
  expect([a, b, c].map(redone)).toEqual([
    { 'fault:gpu': 10n },
    { preemption: 120n, 'fault:gpu': 30n },
    { preemption: 100n },
  ]);
  // More than there was: nobody does work again that was not done.
  done.lose(7, 1000, 'preemption');
  expect(redone(a)).toEqual({ 'fault:gpu': 10n, preemption: 190n });
  done.lose(8, 10, 'preemption');
  expect(redone(a)).toEqual({ 'fault:gpu': 10n, preemption: 190n });
});

test('work at the same place is one stretch, of which all is lost before what was done elsewhere', () => {
  const [a, b] = [0, 1].map((n) => new Cell(n, 0, 0, 'mig')) as [Cell, Cell];
  const done = new WorkDone();
  done.add(0, 10, [{ cell: a, perUs: 1 }]);
  done.add(0, 10, [{ cell: b, perUs: 1 }]);
  done.add(0, 10, [{ cell: b, perUs: 1 }]);
  done.lose(0, 20, 'x');
  expect([a, b].map(redone)).toEqual([{}, { x: 20n }]);
  done.forget(0);
  done.lose(0, 10, 'x');
  expect(redone(a)).toEqual({});
});
