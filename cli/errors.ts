import type { Problem } from '../sim/scenario/index.ts';

export type { Problem };

/** The input is wrong: every problem at once. Ends the process with exit code 2. */
export class UsageError extends Error {
  readonly problems: readonly Problem[];

  constructor(message: string, problems: readonly Problem[] = []) {
    super(message);
    this.name = 'UsageError';
    this.problems = problems;
  }
}
