import type { Problem as ScenarioProblem } from '../../../sim/scenario/index.ts';

/** Something that is wrong with a scenario, with its place in the text. */
export interface Problem {
  /** Empty for the document as a whole. */
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
  /** From 1; absent where nothing in the text is to blame. */
  readonly line?: number;
  readonly column?: number;
}

/** A problem of the product's, whose place is written `file:line:column`. */
export function placedProblem({ path, message, hint, at }: ScenarioProblem): Problem {
  const place = /:(\d+):(\d+)$/.exec(at ?? '');
  return {
    path,
    message,
    ...(hint === undefined || hint === '' ? {} : { hint }),
    ...(place === null ? {} : { line: Number(place[1]), column: Number(place[2]) }),
  };
}

/** What a person reads: `fleet.hosts[0].count: must be …  (did you mean …)`. */
export function problemText({ path, message, hint }: Problem): string {
  const text = path === '' ? message : `${path}: ${message}`;
  return hint === undefined ? text : `${text} (${hint})`;
}

/** Work that cannot be done because of what was given. */
export class Refused extends Error {
  readonly problems: readonly Problem[];

  constructor(message: string, problems: readonly Problem[] = []) {
    super(message);
    this.name = 'Refused';
    this.problems = problems;
  }
}
