import { readFileSync } from 'node:fs';
import {
  readDesignDocument,
  readOptions,
  type StatedDesign,
  SWEEP_PARTS,
  type SweepPart,
} from '../../sim/experiment/sweep/index.ts';
import { parseScenarioText } from '../../sim/scenario/index.ts';
import type { Problem } from '../errors.ts';
import { fileErrorText } from '../file-errors.ts';

/** What of the options says what is swept. */
export interface DesignOptions extends Partial<Record<SweepPart, readonly string[]>> {
  readonly design?: string;
  readonly samples?: number;
}

/** Parts of a design file that are no factors. */
const NUMBERS = ['samples', 'replications'];

/** The design of a file and that of the options, which come after it and whose numbers count. */
export function stateDesign(options: DesignOptions, problems: Problem[]): StatedDesign {
  const before = problems.length;
  const ofFile: StatedDesign =
    options.design === undefined ? { factors: [] } : readFile(options.design, problems);
  const ofOptions = SWEEP_PARTS.flatMap((part) => readOptions(part, options[part] ?? [], problems));
  const samples = options.samples ?? ofFile.samples;
  return {
    factors: [...ofFile.factors, ...ofOptions],
    ...(problems.slice(before).some(({ path }) => !NUMBERS.includes(path)) ? { isWrong: true } : {}),
    ...(samples === undefined ? {} : { samples }),
    ...(ofFile.replications === undefined ? {} : { replications: ofFile.replications }),
  };
}

function readFile(path: string, problems: Problem[]): StatedDesign {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    const message = error instanceof TypeError ? 'is not UTF-8 text' : fileErrorText(error);
    problems.push({ path, value: path, message });
    return { factors: [] };
  }
  const parsed = parseScenarioText(text, path);
  if (!parsed.ok) {
    problems.push(...parsed.problems);
    return { factors: [] };
  }
  const own: Problem[] = [];
  const stated = readDesignDocument(parsed.document, own);
  for (const problem of own) problems.push({ ...problem, at: path });
  return stated;
}
