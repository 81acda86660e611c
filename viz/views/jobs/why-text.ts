import type { CLOSED_FOR } from '../../../sim/cluster/closed-for.ts';
import { GPU_MILLI, type TaskRequest } from '../../../sim/cluster/request.ts';
import type { ReplayHeader, ReplayJob, ReplayState } from '../../../sim/observe/replay/index.ts';
import { demandText, durationText, reasonText } from '../../draw/words.ts';
import { asksText, reasonOf } from './job-rows.ts';
import { hostsFor, queueAround, type Room, roomFor } from './room.ts';
import { type WorkerKind, workerKinds } from './workers.ts';

/** Why a host is closed, in words. */
export const CLOSED_TEXT: Readonly<Record<keyof typeof CLOSED_FOR, string>> = {
  change: 'a planned change',
  claim: 'room kept for somebody before',
  failure: 'a breakdown',
  absence: 'not there (yet to come, or gone)',
  maintenance: 'maintenance',
  standby: 'standing by as a spare',
  uplink: 'lost uplink',
  leaving: 'about to leave',
};

/** Why a GPU takes nobody in though its host does. */
export const GPU_CLOSED_TEXT = {
  failure: 'it broke down',
  licence: 'no licence is left for it',
  claim: 'its room is kept for somebody before',
} as const;

/** The names of the bits that are set. */
export function namesOfBits<K extends string>(
  table: Readonly<Record<K, number>>,
  bits: number,
): readonly K[] {
  return (Object.entries(table) as [K, number][])
    .filter(([, bit]) => (bits & bit) !== 0)
    .map(([name]) => name);
}

/** What is said of workers that ask for the same. */
export interface WorkerWhy extends WorkerKind {
  /** What one of them asks for. */
  readonly asks: string;
  readonly room: Room;
  /** What there is of that. */
  readonly sentences: readonly string[];
}

/** What is said of a job that waits, and what it rests on. */
export interface WhyText {
  /** Since when and why, what it asks for; of a job with one kind of workers also what there is of that. */
  readonly sentences: readonly string[];
  /** Each kind of workers that it has. */
  readonly workers: readonly WorkerWhy[];
}

/** Since when a job waits and why, what it asks for, what there is of that, and who is before it. */
export function whyWaits(state: ReplayState, header: Pick<ReplayHeader, 'pools'>, job: ReplayJob): WhyText {
  const reason = reasonOf(state, job);
  const { before, all } = queueAround(state, job);
  const again = job.starts > 0 ? ' again' : '';
  const because = reason === '' ? '' : `: ${reasonText(reason)}`;
  const sentences = [
    `It has waited${again} for ${durationText(state.nowUs - job.sinceUs)}${because}.`,
    `It asks for ${asksText(job.kind)}.`,
  ];
  const hosts = hostsFor(state, header, job.kind.claim.pool);
  const workers = workerKinds(job.kind).map(({ request, count }): WorkerWhy => {
    const room = roomFor(state, hosts, request);
    return { request, count, asks: demandText([request]), room, sentences: roomText(room, request) };
  });
  const [only] = workers;
  if (workers.length === 1 && only !== undefined) sentences.push(...only.sentences);
  sentences.push(
    all === 1
      ? 'Nobody else waits in its pool.'
      : `Of ${all} that wait in its pool, ${before === 0 ? 'none' : before} arrived before it.`,
  );
  return { sentences, workers };
}

function roomText(room: Room, { gpuCount, gpuMilli, ask }: TaskRequest): string[] {
  const texts: string[] = [];
  if (gpuCount > 0) {
    if (room.gpus === 0) texts.push('Its pool has no GPU of a model that will do.');
    else
      texts.push(
        `Of ${count(room.gpus, 'GPU')} that would do, ${room.openGpus} are open and ${room.idleGpus} of these are idle, at most ${room.idleOnOneHost} on one host; ${gpusText(room.freeMilli)} GPUs are free in all, the largest free part of one is ${gpusText(room.largestFreeMilli)}.`,
      );
    // Cards that a mode shares have rules of their own: they are asked themselves.
    if (ask === undefined && room.openGpus > 0 && room.largestFreeMilli < gpuMilli)
      texts.push(`No GPU has the ${gpusText(gpuMilli)} free that it asks for.`);
  }
  if (room.closedHosts > 0) {
    const why = room.closedFor.map(([name, hosts]) => `${CLOSED_TEXT[name]} ${hosts}`).join(', ');
    texts.push(`${room.closedHosts} of ${count(room.hosts, 'host')} take nobody in (${why}).`);
  }
  if (room.shortOfCpu > 0) texts.push(`${count(room.shortOfCpu, 'open host')} lack the CPU for it.`);
  if (room.shortOfMemory > 0) texts.push(`${count(room.shortOfMemory, 'open host')} lack the memory for it.`);
  return texts;
}

/** Thousandths as GPUs: `0.25`, `12`. */
export function gpusText(milli: number): string {
  return String(Number((milli / GPU_MILLI).toFixed(milli < 10 * GPU_MILLI ? 2 : 0)));
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
