export { CHANGE_KIND_TEXT, CHANGE_KINDS, type ChangeKind } from './change.ts';
export {
  type ExplainRequest,
  explainJob,
  type JobExplanation,
  JobTimeError,
  type TriedKind,
  UnknownJobError,
  type WorkingChange,
} from './explain.ts';
export type { Place, Step } from './job-timeline.ts';
export type { Harm } from './others.ts';
