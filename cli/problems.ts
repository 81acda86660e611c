import { printable } from '../sim/report/format.ts';
import type { Problem, UsageError } from './errors.ts';

const SHOWN = 50;

/** The text of a wrong input: what failed, then every problem with its path, on lines of their own. */
export function formatProblems(error: UsageError): string {
  const { problems } = error;
  const lines = [`slicewise: ${printable(error.message)}`];
  for (const problem of problems.slice(0, SHOWN)) lines.push(`  ${formatProblem(problem)}`);
  if (problems.length > SHOWN) lines.push(`  ... and ${problems.length - SHOWN} more`);
  return `${lines.join('\n')}\n`;
}

function formatProblem({ path, message, hint, at }: Problem): string {
  const where = at === undefined ? path : path === '' ? at : `${at} ${path}`;
  const text = where === '' ? message : `${where}: ${message}`;
  return printable(hint === undefined || hint === '' ? text : `${text} (${hint})`);
}
