import type { ReplayJob, ReplayState } from '../../../sim/observe/replay/index.ts';
import type { TwinJob } from '../../replay/divergence-twin.ts';
import type { JobLife } from '../../replay/job-life.ts';
import type { Pair } from '../../replay/pair.ts';
import { stateText } from '../jobs/job-rows.ts';
import { spentUs } from '../jobs/lane.ts';
import { placesText } from '../jobs/places.ts';
import type { ClockWords } from '../timeline/clock-words.ts';
import { momentRow, numberRow, type PairedRow, spanRow, textRow } from './paired-rows.ts';

/** A job in both runs at the cursor. */
export function jobNowRows(twin: TwinJob, states: Pair<ReplayState>): readonly PairedRow[] {
  const jobs = states.map((state, side) =>
    state.jobs.find((each) => each?.number === twin.numbers[side]),
  ) as unknown as Pair<ReplayJob | undefined>;
  const of = (say: (state: ReplayState, job: ReplayJob) => string): Pair<string> =>
    states.map((state, side) => {
      const job = jobs[side];
      if (job !== undefined) return say(state, job);
      return '';
    }) as unknown as Pair<string>;
  const now = states.map((state, side) => {
    const job = jobs[side];
    if (job !== undefined) return stateText(state, job);
    return state.nowUs < twin.arrivalUs ? 'not there yet' : 'left the system';
  }) as unknown as Pair<string>;
  const since = states.map((state, side) => {
    const job = jobs[side];
    return job === undefined ? undefined : state.nowUs - job.sinceUs;
  }) as unknown as Pair<number | undefined>;
  return [
    textRow('Now', ...now),
    spanRow('For how long', since),
    textRow('On', ...of((state, job) => placesText(state, job.parts))),
  ];
}

/** What became of it from its arrival to its end in both runs; `undefined` of a life that is not known. */
export function jobLifeRows(
  twin: TwinJob,
  lives: Pair<JobLife>,
  states: Pair<Pick<ReplayState, 'hosts'>>,
  clock: ClockWords,
): readonly PairedRow[] {
  const both = <T>(of: (life: JobLife, side: 0 | 1) => T): Pair<T> => [of(lives[0], 0), of(lives[1], 1)];
  const spent = both(spentUs);
  const count = (life: JobLife, kind: string) => life.marks.filter((mark) => mark.kind === kind).length;
  const first = both((life, side) => {
    const phase = life.phases.find(({ parts }) => parts.length > 0);
    return phase === undefined ? '' : placesText(states[side], phase.parts);
  });
  const times: readonly PairedRow[] = clock.isFill
    ? []
    : [
        spanRow(
          'Wait until the first start',
          both(({ startUs, arrivalUs }) => (startUs === undefined ? undefined : startUs - arrivalUs)),
        ),
        spanRow('Waited in all', [spent[0].waited, spent[1].waited]),
        spanRow('Ran in all', [spent[0].ran, spent[1].ran]),
        spanRow(
          'From arrival to end',
          both(({ endUs, arrivalUs }) => (endUs === undefined ? undefined : endUs - arrivalUs)),
        ),
      ];
  const rows: readonly PairedRow[] = [
    momentRow(
      'First start',
      both(({ startUs }) => startUs),
      clock,
    ),
    momentRow(
      'End',
      both(({ endUs }) => endUs),
      clock,
    ),
    textRow('How it ended', ...both(endText)),
    ...times,
    textRow('First place', ...first),
    numberRow('Starts', [count(lives[0], 'placed'), count(lives[1], 'placed')], ''),
    numberRow('Stops for others', [count(lives[0], 'preempted'), count(lives[1], 'preempted')], ''),
    spanRow('Work done once more', [lives[0].lostUs, lives[1].lostUs]),
    numberRow(
      'Mean speed while it ran',
      both((life, side) => meanSpeed(life, twin.durationsUs[side])),
      'ratio',
    ),
    numberRow("Cards' compute for it, on average", both(meanWork), 'fraction'),
  ];
  // What neither run has to tell takes no room.
  return rows.filter(({ texts, differs }) => differs || !IS_NOTHING.test(texts[0]));
}

const IS_NOTHING = /^(-|0 s|0)$/;

function endText({ marks, endUs }: JobLife): string {
  if (endUs === undefined) return 'not over when the run ends';
  const mark = marks.findLast(({ kind }) => kind === 'finished' || kind === 'failed' || kind === 'rejected');
  return mark?.text ?? '';
}

/**
 * How fast it was while it ran, where 1 is as fast as its scenario says it is at full speed; null of one that is not
 * finished, because what is left to do is not recorded.
 */
export function meanSpeed(life: JobLife, durationUs: number): number | null {
  const { ran } = spentUs(life);
  const isFinished = life.marks.some(({ kind }) => kind === 'finished');
  if (!isFinished || ran <= 0 || !Number.isFinite(durationUs) || durationUs <= 0) return null;
  return (durationUs + life.lostUs) / ran;
}

/** What it did on its cards on average while it ran, as parts of a card's compute; null where nobody said. */
function meanWork({ phases }: JobLife): number | null {
  let [sum, lengthUs] = [0, 0];
  for (const { phase, meanWork: work, fromUs, toUs } of phases) {
    if (phase !== 'running' || work === undefined) continue;
    sum += work * (toUs - fromUs);
    lengthUs += toUs - fromUs;
  }
  return lengthUs === 0 ? null : sum / lengthUs;
}
