import { type ByteReader, type ByteWriter, ReplayBytesError } from './bytes.ts';
import type { Dictionary, DictionaryWriter } from './dictionary.ts';
import { MOST_JOBS, PHASES } from './format.ts';
import { JobNameReader, JobNameWriter } from './job-name.ts';
import { isPlain, readParts, writeParts } from './parts.ts';
import { NO_PARTS, type ReplayJob, type ReplayState } from './state.ts';

/*
 * Jobs in the system by their number, which is the order of their arrival: numbers, names and times are short as
 * differences from the job before. What is so of most jobs is not written; where it is not so, a bit says it.
 */

/** The phase, by its number. */
const PHASE_BITS = 7;
/** Its phase does not last since its last start (of one that waits: its arrival). */
const SINCE = 8;
/** It was not started once, at its arrival (of one that waits: it was started before). */
const STARTS = 16;
/** Its name does not follow from that of the job before. */
const NAMED = 32;
/** Its estimate is not its duration. */
const ESTIMATE = 64;
const ACTIVE = 128;
/** It moves to a place that it holds, too. */
const MOVES = 256;
/** Its place is none of the plain ones (of one that waits: it has one). */
const PARTS = 512;
const ALL_BITS = 1023;

/** A length of time or `Infinity`. */
export function writeLength(to: ByteWriter, us: number): void {
  to.whole(us === Number.POSITIVE_INFINITY ? 0 : us + 1);
}

export function readLength(from: ByteReader): number {
  const written = from.whole();
  return written === 0 ? Number.POSITIVE_INFINITY : written - 1;
}

/** @returns the jobs in the order in which they are written, and will be read */
export function writeJobs(to: ByteWriter, words: DictionaryWriter, state: ReplayState): readonly ReplayJob[] {
  const jobs = state.jobs.filter((job) => job !== undefined).sort((a, b) => a.number - b.number);
  const names = new JobNameWriter();
  to.whole(jobs.length);
  let [slot, number, arrivalUs] = [0, 0, 0];
  for (const job of jobs) {
    const { phase, kind, parts } = job;
    const waits = phase === 'waiting';
    const isStarted = !waits && job.starts === 1 && job.startedUs === job.arrivalUs;
    const hasUsualStarts = waits ? job.starts === 0 : isStarted;
    const hasUsualParts = waits ? parts.length === 0 : isPlain(parts);
    const sinceUs = waits ? job.arrivalUs : job.startedUs;
    const step = job.number - number;
    const bits =
      PHASES.indexOf(phase) +
      (job.sinceUs === sinceUs ? 0 : SINCE) +
      (hasUsualStarts ? 0 : STARTS) +
      (names.follows(job.name, step) ? 0 : NAMED) +
      (job.estimateUs === job.durationUs ? 0 : ESTIMATE) +
      (job.isActive ? ACTIVE : 0) +
      (job.to === undefined ? 0 : MOVES) +
      (hasUsualParts ? 0 : PARTS);
    to.whole(bits);
    to.signed(job.slot - slot);
    to.signed(step);
    if ((bits & NAMED) !== 0) names.write(to, words, job.name);
    to.whole(words.kind(kind));
    to.signed(job.arrivalUs - arrivalUs);
    writeLength(to, job.durationUs);
    if ((bits & ESTIMATE) !== 0) writeLength(to, job.estimateUs);
    if ((bits & STARTS) !== 0) {
      to.whole(job.starts);
      if (job.starts > 0) to.whole(state.nowUs - job.startedUs);
    }
    if ((bits & SINCE) !== 0) to.whole(state.nowUs - job.sinceUs);
    if (waits) to.whole(job.group + 1);
    if ((bits & PARTS) !== 0) writeParts(to, words, state, kind, parts);
    else if (!waits) writeParts(to, words, state, kind, parts, true);
    if (job.to !== undefined) writeParts(to, words, state, kind, job.to);
    ({ slot, number, arrivalUs } = job);
  }
  return jobs;
}

/** @throws {ReplayBytesError} if the data are none, or name what the fleet does not have */
export function readJobs(from: ByteReader, words: Dictionary, state: ReplayState): void {
  const names = new JobNameReader();
  const { nowUs } = state;
  let [slot, number, arrivalUs] = [0, 0, 0];
  for (let left = from.whole(); left > 0; left--) {
    const bits = from.whole();
    const phase = PHASES[bits & PHASE_BITS];
    if (phase === undefined || bits > ALL_BITS) throw new ReplayBytesError('a job is in no known phase');
    const waits = phase === 'waiting';
    slot += from.signed();
    if (!(slot >= 0 && slot < MOST_JOBS)) throw new ReplayBytesError('a job has a place beyond the table');
    if (state.jobs[slot] !== undefined) throw new ReplayBytesError('two jobs have one place in the table');
    const step = from.signed();
    number += step;
    const name = (bits & NAMED) === 0 ? names.next(words, step) : names.read(from, words);
    const kind = words.kind(from.whole());
    arrivalUs += from.signed();
    const durationUs = readLength(from);
    const estimateUs = (bits & ESTIMATE) === 0 ? durationUs : readLength(from);
    let starts = waits ? 0 : 1;
    let startedUs = waits ? -1 : arrivalUs;
    if ((bits & STARTS) !== 0) {
      starts = from.whole();
      startedUs = starts > 0 ? nowUs - from.whole() : -1;
    }
    const sinceUs = (bits & SINCE) !== 0 ? nowUs - from.whole() : waits ? arrivalUs : startedUs;
    const group = waits ? from.whole() - 1 : -1;
    const isPlainPlace = (bits & PARTS) === 0;
    const parts = waits && isPlainPlace ? NO_PARTS : readParts(from, words, state, kind, isPlainPlace);
    const to = (bits & MOVES) === 0 ? undefined : readParts(from, words, state, kind);
    const isActive = (bits & ACTIVE) !== 0;
    // One literal: copying from one object to another takes longer than all the rest.
    const job: ReplayJob = {
      slot,
      number,
      name,
      kind,
      arrivalUs,
      durationUs,
      estimateUs,
      phase,
      sinceUs,
      startedUs,
      starts,
      group,
      isActive,
      parts,
      to,
    };
    state.enter(job);
  }
}
