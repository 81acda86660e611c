/** One thing that is wrong with the input. */
export interface Problem {
  /** Path of the offending value: `fleet.hosts[0].memory`, `--seed`, `nodes.csv:12 cpu_milli`. */
  readonly path: string;
  /** The value found there; absent when the key is missing. */
  readonly value?: unknown;
  /** What is wrong and what is accepted. */
  readonly message: string;
  /** A nearest name or another way out. */
  readonly hint?: string;
  /** Place in the source text, `file:line:column`. */
  readonly at?: string;
}

/** The input is wrong: every problem at once. Ends the process with exit code 2. */
export class UsageError extends Error {
  readonly problems: readonly Problem[];

  constructor(message: string, problems: readonly Problem[] = []) {
    super(message);
    this.name = 'UsageError';
    this.problems = problems;
  }
}
