export { CHANGE_KIND_TEXT, CHANGE_KINDS } from './change.ts';
export {
  type ExplainRequest,
  explainJob,
  type JobExplanation,
  JobTimeError,
  type TriedKind,
  UnknownJobError,
  type WorkingChange,
} from './explain.ts';
export type { Step } from './job-timeline.ts';
export type { Harm } from './others.ts';
