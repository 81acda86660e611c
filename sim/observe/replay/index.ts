export type { Compress, SegmentEntry } from './block.ts';
export { ReplayBytesError } from './bytes.ts';
export { ChromeTrace, type TraceEvent, type TraceSpan } from './chrome-trace.ts';
export type { ReplayEvent } from './event.ts';
export {
  hasKind,
  openReplay,
  ReplayFileError,
  type ReplayOutline,
  type ReplayReading,
  type ReplayRequest,
  readSegment,
  segmentAt,
} from './file.ts';
export { EVENT_KINDS, type EventKind, PHASES, type Phase } from './format.ts';
export type { ReplayHeader, ReplayMix, ReplayTables } from './header.ts';
export type { HeldPart, JobKind } from './job-kind.ts';
export { ReplayPlayback } from './playback.ts';
export { Segment, SegmentCursor } from './segment-reader.ts';
export { type CardState, type Occupant, type ReplayJob, ReplayState, type WorkShare } from './state.ts';
export { type ReplaySink, ReplayWriter } from './writer.ts';
