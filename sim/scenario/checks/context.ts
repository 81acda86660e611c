import type { Path } from '../path.ts';
import type { Finding } from '../problem.ts';
import type { ScenarioDocument } from '../schema/scenario.ts';
import { type Sound, soundPart } from './sound.ts';

/** What a check over several values looks at. */
export interface CheckContext {
  /** The document as written, valid or not: tells what is there and what is missing. */
  readonly document: unknown;
  /** The values found valid one by one. */
  readonly sound: Sound<ScenarioDocument>;
  /** Whether something at or below the path has been found wrong or missing. */
  isFaulty(path: Path): boolean;
}

/** Looks at several values together. Gives every finding, and never throws. */
export type Check = (context: CheckContext) => readonly Finding[];

/** @param findings what is wrong with single values */
export function checkContext(document: unknown, findings: readonly Finding[]): CheckContext {
  const faulty = new Set<string>();
  for (const { path } of findings) {
    for (let depth = path.length; depth >= 0; depth--) faulty.add(JSON.stringify(path.slice(0, depth)));
  }
  return {
    document,
    sound: soundPart(document, findings),
    isFaulty: (path) => faulty.size > 0 && faulty.has(JSON.stringify(path)),
  };
}
