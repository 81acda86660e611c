import { readObjective } from '../../objectives/index.ts';
import type { Finding } from '../problem.ts';
import type { CheckContext } from './context.ts';

/** Every condition must be one that can be judged. */
export function checkObjectives({ sound }: CheckContext): readonly Finding[] {
  return [...(sound.objectives ?? []).entries()].flatMap(([index, objective]): readonly Finding[] => {
    const isText = typeof objective === 'string';
    const expect = isText ? objective : objective?.expect;
    if (expect === undefined) return [];
    const read = readObjective(expect);
    if (read.ok) return [];
    const path = isText ? ['objectives', index] : ['objectives', index, 'expect'];
    return read.problems.map(({ message, hint }) => ({ path, message, hint }));
  });
}
