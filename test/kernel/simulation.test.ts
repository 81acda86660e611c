import { expect, test } from 'vitest';
import { Simulation } from '../../sim/kernel/simulation.ts';
import type { Micros } from '../../sim/kernel/time.ts';

const at = (us: number) => us as Micros;

/** A simulation that writes down what it handles; `react` runs inside the handler. */
function recorder(react: (simulation: Simulation, payload: number) => void = () => {}) {
  const log: [atUs: number, payload: number, rank: number][] = [];
  const simulation: Simulation = new Simulation((payload, rank) => {
    log.push([simulation.nowUs, payload, rank]);
    react(simulation, payload);
  });
  return { simulation, log };
}

test('Events are handled in order, each with the clock at its time', () => {
  const { simulation, log } = recorder();
  simulation.schedule(at(30), 0, 3);
  simulation.schedule(at(10), 1, 2);
  simulation.schedule(at(10), 0, 1);
  expect(simulation.nextEventUs()).toBe(10);
  expect(simulation.pendingCount).toBe(3);
  simulation.run();
  expect(log).toEqual([
    [10, 1, 0],
    [10, 2, 1],
    [30, 3, 0],
  ]);
  expect(simulation.nowUs).toBe(30);
  expect(simulation.eventCount).toBe(3);
  expect(simulation.step()).toBe(false);
  expect(simulation.nextEventUs()).toBe(Number.POSITIVE_INFINITY);
});

test('runUntil handles the events at its limit, also those scheduled there meanwhile, and stops the clock there', () => {
  const { simulation, log } = recorder((sim, payload) => {
    if (payload === 1) sim.schedule(sim.nowUs, 0, 2);
  });
  simulation.schedule(at(20), 0, 1);
  simulation.schedule(at(21), 0, 3);
  simulation.runUntil(at(20));
  expect(log.map(([, payload]) => payload)).toEqual([1, 2]);
  expect(simulation.nowUs).toBe(20);
  simulation.runUntil(at(20));
  simulation.runUntil(at(40));
  expect(log.map(([, payload]) => payload)).toEqual([1, 2, 3]);
  expect(simulation.nowUs).toBe(40);
});

test('Nothing can be scheduled, moved or run into the past', () => {
  const { simulation, log } = recorder();
  simulation.schedule(at(5), 0, 0);
  simulation.run();
  const id = simulation.schedule(at(9), 0, 1);
  const message = 'Cannot schedule at 4 us: the clock is at 5 us';
  expect(() => simulation.schedule(at(4), 0, 0)).toThrow(message);
  expect(() => simulation.retime(id, at(4))).toThrow(message);
  expect(() => simulation.runUntil(at(4))).toThrow(message);
  expect(() => simulation.runUntil(Number.NaN as Micros)).toThrow(RangeError);
  expect(() => simulation.schedule(Number.NaN as Micros, 0, 0)).toThrow(RangeError);
  simulation.run();
  expect(log.map(([atUs]) => atUs)).toEqual([5, 9]);
});

test('A handler can cancel and move what waits, but not the event it handles', () => {
  const answers: boolean[] = [];
  const { simulation, log } = recorder((sim, payload) => {
    if (payload !== 1) return;
    answers.push(sim.isPending(one), sim.cancel(one), sim.retime(one, at(50)));
    answers.push(sim.cancel(two), sim.retime(three, at(15)));
  });
  const one = simulation.schedule(at(10), 0, 1);
  const two = simulation.schedule(at(20), 0, 2);
  const three = simulation.schedule(at(30), 0, 3);
  simulation.run();
  expect(answers).toEqual([false, false, false, true, true]);
  expect(log).toEqual([
    [10, 1, 0],
    [15, 3, 0],
  ]);
});

test('A restored simulation goes on as the original does', () => {
  const react = (sim: Simulation, payload: number) => {
    if (payload < 40) sim.schedule(at(sim.nowUs + ((payload * 7) % 5)), payload % 3, payload + 2);
  };
  const original = recorder(react);
  original.simulation.schedule(at(1), 0, 0);
  const id = original.simulation.schedule(at(100), 0, 1);
  for (let i = 0; i < 10; i++) original.simulation.step();
  const copy = recorder(react);
  copy.simulation.restore(JSON.parse(JSON.stringify(original.simulation.snapshot())));
  expect(copy.simulation.nowUs).toBe(original.simulation.nowUs);
  expect(copy.simulation.cancel(id)).toBe(original.simulation.cancel(id));
  const before = original.log.length;
  original.simulation.run();
  copy.simulation.run();
  expect(copy.log.length).toBeGreaterThan(5);
  expect(copy.log).toEqual(original.log.slice(before));
  expect(copy.simulation.snapshot()).toEqual(original.simulation.snapshot());
});
