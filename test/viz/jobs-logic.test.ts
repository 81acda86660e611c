import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countJobs } from '../../viz/views/jobs/counts.ts';
import { COLUMNS, isListed, jobRows } from '../../viz/views/jobs/job-rows.ts';
import { hostsFor, roomFor } from '../../viz/views/jobs/room.ts';
import { whyWaits } from '../../viz/views/jobs/why-text.ts';
import { rowAfterKey, visibleRows } from '../../viz/views/row-grid/visible-rows.ts';
import { type ShortRun, TIMED_RUNS } from '../replay/catalogue.ts';
import { record } from './jobs-recording.ts';

const ALL = { text: '', tenant: '', label: '', phase: '' };

/** A moment of a run at which jobs wait, and the replay's header. */
function crowded(name: string) {
  const run = TIMED_RUNS.find((each) => each.name === name) as ShortRun;
  const { experiment } = run.scenario;
  if (experiment.kind !== 'timed') throw new Error(`${name} is not timed`);
  const horizonUs = (60 * 3600e6) as typeof experiment.horizonUs;
  const { outline, segments } = record({
    ...run,
    scenario: { ...run.scenario, experiment: { ...experiment, horizonUs } },
  });
  for (const segment of segments) {
    const cursor = segment.open();
    while (cursor.step() !== undefined)
      if (cursor.state.waiting >= 4) return { state: cursor.state, header: outline.header };
  }
  throw new Error(`Nobody waits in ${name}`);
}

test('rows in sight cover what is in sight, and are few however long the list is', () => {
  const px = fc.nat(3_000_000);
  fc.assert(
    fc.property(fc.nat(100_000), px, fc.integer({ min: 1, max: 3000 }), (count, scroll, height) => {
      const [from, to] = visibleRows(count, 28, scroll, height);
      for (const edge of [scroll, scroll + height - 1]) {
        const row = Math.floor(edge / 28);
        if (row < count) expect(row >= from && row < to).toBe(true);
      }
      expect(to - from).toBeLessThanOrEqual(Math.ceil(height / 28) + 18);
      expect(from).toBeLessThanOrEqual(to);
    }),
  );
});

test('keys lead to rows that are there', () => {
  expect(rowAfterKey('ArrowDown', -1, 5, 3)).toBe(0);
  expect(rowAfterKey('ArrowDown', 4, 5, 3)).toBe(4);
  expect(rowAfterKey('PageUp', 4, 5, 3)).toBe(1);
  expect(rowAfterKey('End', 0, 5, 3)).toBe(4);
  expect(rowAfterKey('Home', 4, 5, 3)).toBe(0);
  expect(rowAfterKey('ArrowUp', 0, 0, 3)).toBeUndefined();
  expect(rowAfterKey('a', 0, 5, 3)).toBeUndefined();
});

test('lists have each job of the filter once, in order both ways, ties by arrival; counts are those of the lists', () => {
  const { state } = crowded('preemptive-priority');
  const all = state.jobs.filter((job) => job !== undefined);
  const counts = countJobs(state);
  for (const by of COLUMNS) {
    const up = jobRows(state, ALL, { by, isDown: false });
    expect(new Set(up)).toEqual(new Set(all));
    expect(up.length).toBe(counts.all);
  }
  const arrived = jobRows(state, ALL, { by: 'arrived', isDown: true }).map(({ number }) => number);
  expect(arrived).toEqual([...arrived].sort((a, b) => b - a));
  const waiting = jobRows(state, { ...ALL, phase: 'waiting' }, { by: 'name', isDown: false });
  expect(waiting.length).toBe(state.waiting);
  expect(counts.byPhase.waiting).toBe(state.waiting);
  expect(counts.byReason.reduce((sum, [, count]) => sum + count, 0)).toBe(state.waiting);
  for (const { name, waiting: own, holding } of counts.byClass)
    expect(jobRows(state, { ...ALL, label: name }, { by: 'name', isDown: false }).length).toBe(own + holding);
  for (const job of all) expect(isListed(job, { ...ALL, text: job.name.toUpperCase().slice(2) })).toBe(true);
});

test('a job that waits is told what it asks for, what is free of it, and who came before', () => {
  const { state, header } = crowded('preemptive-priority');
  const waiting = jobRows(state, { ...ALL, phase: 'waiting' }, { by: 'arrived', isDown: false });
  for (const [before, job] of waiting.entries()) {
    const { sentences } = whyWaits(state, header, job);
    const request = job.kind.requests[0];
    if (request === undefined) throw new Error('no request');
    const room = roomFor(state, hostsFor(state, header, job.kind.claim.pool), request);
    const open = Array.from({ length: state.gpuCount }, (_, gpu) => gpu).filter(
      (gpu) => state.gpuClosedFor[gpu] === 0 && state.closedFor[state.hostOfGpu[gpu] ?? -1] === 0,
    );
    const idle = open.filter((gpu) => state.gpuFreeMilli[gpu] === 1000).length;
    expect(room.idleGpus).toBe(idle);
    expect(room.freeMilli).toBe(open.reduce((sum, gpu) => sum + (state.gpuFreeMilli[gpu] ?? 0), 0));
    const text = sentences.join(' ');
    expect(text).toContain(`${idle} of these are idle`);
    expect(text).toContain(before === 0 ? 'none arrived before it' : `${before} arrived before it`);
  }
});
