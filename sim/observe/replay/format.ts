import type { AtRest } from '../../cluster/work-books.ts';

/*
 * A replay file holds what happened in one run, so that any moment of it can be shown again.
 *
 *   file    = MAGIC (8 bytes), version (u32), blocks, trailer
 *   block   = kind (u8), codec (u8), 0 (u16), stored length (u32), raw length (u32), CRC-32 of the stored bytes (u32),
 *             stored bytes: the raw bytes as they are (codec 0) or as raw DEFLATE (codec 1)
 *   trailer = offset of the index block (f64), END_MAGIC (8 bytes)
 *
 * All numbers little-endian. Blocks: one header first, segments in order of time, tables, one index at the end. Every
 * segment stands alone: its own dictionary, the state at its start, then its events in columns (kinds, times, jobs,
 * arguments). A file without trailer was cut off: its whole blocks can still be read one after another.
 */

export const MAGIC = 'SLWREPLY';
export const END_MAGIC = 'SLWREND.';
/** Changes with anything that an older reader would misunderstand. */
export const REPLAY_VERSION = 2;
export const FILE_HEAD_BYTES = 12;
export const BLOCK_HEAD_BYTES = 16;
export const TRAILER_BYTES = 16;

/** DEFLATE makes nothing longer than so many times what is stored: a block that says so is damaged. */
export const MOST_INFLATION = 1032;
/** Most jobs in the system at one time, and most GPUs, that a reader makes room for. */
export const MOST_JOBS = 2 ** 24;
export const MOST_GPUS = 2 ** 20;

export const BLOCK = { header: 1, segment: 2, tables: 3, index: 4 } as const;
export const CODEC = { none: 0, deflate: 1 } as const;

/** Kinds of events; the low five bits of their byte. */
export const EVENT_KINDS = [
  'arrived',
  'queued',
  'reason',
  'placed',
  'halted',
  'ready',
  'moved',
  'freed',
  'finished',
  'failed',
  'preempted',
  'rejected',
  'blocked',
  'hostChanged',
  'openChanged',
  'relaid',
  'unitChanged',
  'toggled',
  'worked',
  'workedFor',
  'exchanges',
  'answered',
  'ended',
  'host',
  'gpu',
  'card',
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

export const CODE = Object.fromEntries(EVENT_KINDS.map((kind, code) => [kind, code])) as Readonly<
  Record<EventKind, number>
>;
export const KIND_BITS = 0x1f;
/** Set where the event is at the time of the one before: no time is written. */
export const SAME_TIME = 0x80;
/** What a kind has two of: a session active or not, a unit up or down, arguments in full or the short form of most. */
export const FLAG = 0x40;
/** Set where the event is about the job that the last event about a job was about: no slot is written. */
export const SAME_JOB = 0x20;

/** What a job is doing; the last four hold GPUs without working. */
export const PHASES = [
  'waiting',
  'running',
  'starting',
  'saving',
  'stopping',
  'moving',
] as const satisfies readonly ('waiting' | 'running' | AtRest)[];
export type Phase = (typeof PHASES)[number];
