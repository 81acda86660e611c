import { describe, expect, test } from 'vitest';
import { recordingHooks } from '../../cli/executors/recording.ts';
import type { OutputFile } from '../../cli/output-file.ts';
import type { ClusterObserver } from '../../sim/cluster/changes.ts';
import { JobTimeline } from '../../sim/experiment/explain/job-timeline.ts';
import type { JobLife, LifePhase } from '../../viz/replay/job-life.ts';
import { findByNumber, followJob, nextWanted, searchJobs } from '../../viz/replay/search.ts';
import { eventsAbout } from '../../viz/views/inspector/own-events.ts';
import { lanePieces } from '../../viz/views/jobs/lane.ts';
import { TIMED_RUNS } from '../replay/catalogue.ts';
import { type Recording, record } from './jobs-recording.ts';

/** Preemption with checkpoints, faults, cards that are cut anew, quotas. */
const NAMES = ['preemptive-priority', 'n-plus-k-spares', 'sriov-follow-demand', 'quotas-borrowing'];
const HOURS: Readonly<Record<string, number>> = { 'preemptive-priority': 60 };
const USUAL_HOURS = 24;
/** Jobs that are looked at in each run: every so many, and no more than that. */
const STRIDE = 9;
const MOST_JOBS = 40;

interface Line {
  readonly atUs: number;
  readonly kind: string;
  readonly job: string;
}

interface Followed {
  readonly recording: Recording;
  readonly endUs: number;
  /** By name: what the engine's own account of it is. */
  readonly timelines: ReadonlyMap<string, JobTimeline>;
  /** What `run --events` writes. */
  readonly lines: readonly Line[];
  readonly numbers: ReadonlyMap<string, number>;
}

const made = new Map<string, Followed>();

function followed(name: string): Followed {
  const known = made.get(name);
  if (known !== undefined) return known;
  const run = TIMED_RUNS.find((each) => each.name === name);
  if (run === undefined || run.scenario.experiment.kind !== 'timed')
    throw new Error(`No timed scenario ${name}`);
  const { experiment } = run.scenario;
  const endUs = (HOURS[name] ?? USUAL_HOURS) * 3600e6;
  const own = {
    ...experiment,
    horizonUs: endUs as typeof experiment.horizonUs,
    warmupUs: 0 as typeof experiment.warmupUs,
  };
  const scenario = { ...run.scenario, experiment: own };
  const names: string[] = [];
  const numbers = new Map<string, number>();
  const counter: ClusterObserver = {
    arrived: (_at, { name: job, number }) => {
      numbers.set(job, number);
      if (number % STRIDE === 0 && names.length < MOST_JOBS) names.push(job);
    },
  };
  record({ scenario, document: {} }, [], undefined, () => [counter]);
  const timelines = new Map<string, JobTimeline>();
  const lines: Line[] = [];
  const events = {
    write: (text: string) => void lines.push(JSON.parse(text) as Line),
  } as unknown as OutputFile;
  const hooks = recordingHooks({
    ...{ decisions: undefined, events, replay: undefined, scenario, document: {} },
    began: () => undefined,
  });
  const recording = record(
    { scenario, document: {} },
    [],
    undefined,
    (fleet, waits, waterfall, mix) => {
      for (const job of names) timelines.set(job, new JobTimeline(job, fleet, waits));
      return [...timelines.values(), ...(hooks.observers?.(fleet, waits, waterfall, mix) ?? [])];
    },
    new Set(names),
  );
  const result = { recording, endUs, timelines, lines, numbers };
  made.set(name, result);
  return result;
}

async function lifeOf({ recording, endUs, numbers }: Followed, name: string): Promise<JobLife> {
  const life = await followJob(recording, numbers.get(name) ?? -1, undefined, endUs);
  if (life === undefined) throw new Error(`${name} was not found`);
  return life;
}

/** Spans of waiting: those of one reason that follow each other count as one. */
function joined(spans: readonly (readonly [reason: string, fromUs: number, toUs: number])[]) {
  const result: (readonly [string, number, number])[] = [];
  for (const [reason, fromUs, toUs] of spans) {
    const last = result.at(-1);
    if (last !== undefined && last[0] === reason && last[2] === fromUs)
      result[result.length - 1] = [reason, last[1], toUs];
    else result.push([reason, fromUs, toUs]);
  }
  return result;
}

const us = (seconds: number) => Math.round(seconds * 1e6);

describe.each(NAMES)('the life of a job of %s', (name) => {
  test('waits for the reasons that the engine itself tells, over the same spans', async () => {
    const run = followed(name);
    let spans = 0;
    for (const [job, { steps }] of run.timelines) {
      const life = await lifeOf(run, job);
      const own = life.phases
        .filter(({ phase }) => phase === 'waiting')
        .map(({ reason, fromUs, toUs }) => [reason, fromUs, toUs] as const);
      const engine = steps
        .filter(({ kind }) => kind === 'waited')
        .map(({ reason = '', atSec, untilSec = 0 }) => [reason, us(atSec), us(untilSec)] as const);
      expect(joined(own), job).toEqual(joined(engine));
      spans += own.length;
    }
    expect(run.timelines.size).toBeGreaterThan(2);
    if (name === 'preemptive-priority') expect(spans).toBeGreaterThan(0);
  });

  test('starts, stops, moves and ends when the events say', async () => {
    const run = followed(name);
    const told = new Map<string, string[]>();
    for (const { atUs, kind, job } of run.lines) {
      if (kind === 'blocked') continue;
      const own = told.get(job) ?? [];
      told.set(job, own);
      own.push(`${kind} ${atUs}`);
    }
    const kinds = new Set(['arrived', 'placed', 'finished', 'preempted', 'moved', 'failed', 'rejected']);
    for (const job of run.timelines.keys()) {
      const { marks } = await lifeOf(run, job);
      const own = marks.filter(({ kind }) => kinds.has(kind)).map(({ kind, atUs }) => `${kind} ${atUs}`);
      expect(own, job).toEqual(told.get(job));
    }
  });

  test('has no gaps: each phase begins where the one before ends', async () => {
    const run = followed(name);
    for (const job of run.timelines.keys()) {
      const life = await lifeOf(run, job);
      life.phases.reduce((atUs, { fromUs, toUs }) => {
        expect(fromUs, job).toBe(atUs);
        return toUs;
      }, life.arrivalUs);
      if (!life.isOver) expect(life.phases.at(-1)?.toUs).toBe(run.endUs);
    }
  });

  test('the replay is searched by number and by name as by going through all of it', async () => {
    const run = followed(name);
    const all = [...run.numbers];
    for (const [job, number] of all.filter((_, i) => i % 17 === 0).slice(0, 20)) {
      expect((await findByNumber(run.recording, number))?.name).toBe(job);
      const wanted = job.slice(-3).toUpperCase();
      const expected = all.filter(([other]) => other.toUpperCase().includes(wanted)).map(([, at]) => at);
      const found = await searchJobs(run.recording, wanted, 10);
      expect(found.jobs.map(({ number: at }) => at)).toEqual(expected.slice(0, 10));
      expect(found.isCut).toBe(expected.length > 10);
    }
    expect(await findByNumber(run.recording, Math.max(...run.numbers.values()) + 1)).toBeUndefined();
  });

  test('steps from event to event of a job and back, to each moment at which anything happened to it', async () => {
    const run = followed(name);
    const { recording } = run;
    const [job = ''] = [...run.timelines].find(([, { steps }]) => steps.length > 3) ?? [];
    const number = run.numbers.get(job) ?? -1;
    const cursorState = recording.segments[0]?.open().state;
    if (cursorState === undefined) throw new Error('no state');
    const isWanted = eventsAbout({ kind: 'job', number, name: job }, cursorState);
    if (isWanted === undefined) throw new Error('nothing is wanted');
    const forward: number[] = [];
    for (let at = -1, next: number | undefined = 0; next !== undefined; ) {
      next = await nextWanted(recording, isWanted, at, true);
      if (next !== undefined) forward.push(next);
      at = next ?? at;
    }
    const back: number[] = [];
    for (let at: number | undefined = Number.MAX_SAFE_INTEGER; at !== undefined; ) {
      at = await nextWanted(recording, isWanted, at, false);
      if (at !== undefined) back.unshift(at);
    }
    expect(back).toEqual(forward);
    const marks = new Set((await lifeOf(run, job)).marks.map(({ atUs }) => atUs));
    expect(forward).toEqual(expect.arrayContaining([...marks]));
  });
});

test('a lane shows every moment once, whatever is too short to be seen apart', () => {
  const phases: LifePhase[] = [];
  let atUs = 7;
  for (const length of [1e6, 1, 2, 1, 5e5, 3, 900, 1200, 1300, 2e6, 1]) {
    phases.push({
      ...{ phase: 'running', fromUs: atUs, toUs: atUs + length, reason: '' },
      ...{ parts: [], to: undefined, meanWork: undefined },
    });
    atUs += length;
  }
  const pieces = lanePieces(phases);
  expect(pieces.reduce((sum, { count }) => sum + count, 0)).toBe(phases.length);
  expect(pieces[0]?.fromUs).toBe(7);
  expect(pieces.at(-1)?.toUs).toBe(atUs);
  pieces.slice(1).forEach(({ fromUs }, i) => {
    expect(fromUs).toBe(pieces[i]?.toUs);
  });
  expect(pieces.length).toBeLessThan(phases.length);
});
