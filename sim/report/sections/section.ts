import type { Block } from '../document/blocks.ts';
import type { ReportedRun } from '../document/read-result.ts';

interface SectionInput {
  /** One or more, with labels that tell them apart. */
  readonly runs: readonly ReportedRun[];
  /** Names of the files beside the report that hold the scenarios, in the order of the runs. */
  readonly scenarioFiles: readonly string[];
}

/** A part of the report. */
export interface SectionKind {
  readonly id: string;
  readonly title: string;
  /** Its blocks; none: it has nothing to say and is left out. */
  readonly build: (input: SectionInput) => readonly Block[];
}
