import { traceFiles } from '../../../scenarios/trace-files.ts';
import { normalizeScenario, parseScenarioText, scenarioJsonSchema } from '../../../sim/scenario/index.ts';
import { isMapping } from '../../../sim/scenario/path.ts';
import { type Change, changesBetween, commandOf, settingsForOneRun, settingsOf } from './changes.ts';
import { type FormGroup, formGroups } from './form-fields.ts';
import { type Problem, placedProblem } from './problem.ts';
import type { SchemaPart } from './schema-at.ts';

/** What there is to say of a scenario that is being changed. */
export interface Look {
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
  readonly name: string;
  /** Empty where the text cannot be read. */
  readonly groups: readonly FormGroup[];
  readonly changes: readonly Change[];
  /** The command line that does the same. */
  readonly command: string;
  /** Files that it reads, as it names them; none where it is not valid. */
  readonly files: readonly string[];
  readonly isFill: boolean;
}

let schema: SchemaPart | undefined;

/** The schema of the scenario document, made once. */
export function scenarioSchemaPart(): SchemaPart {
  schema ??= scenarioJsonSchema() as SchemaPart;
  return schema;
}

/**
 * @param before the text that changes are counted from
 * @param reference what the command line calls that text
 */
export function lookAt(before: string, text: string, reference: string): Look {
  const from = parseScenarioText(before);
  const parsed = parseScenarioText(text);
  const none = { notes: [], name: '', groups: [], changes: [], files: [], isFill: false };
  if (!parsed.ok) {
    return {
      ...none,
      problems: parsed.problems.map(placedProblem),
      command: commandOf(reference, [], 'run.replay'),
    };
  }
  const { document } = parsed;
  const result = normalizeScenario(document, { at: parsed.at });
  const changes = changesBetween(from.ok ? from.document : {}, document);
  const name = isMapping(document) && typeof document.name === 'string' ? document.name : 'scenario';
  const settings = [...settingsOf(changes), ...settingsForOneRun(document)];
  return {
    problems: result.ok ? [] : result.problems.map(placedProblem),
    notes: result.ok ? result.notes.map(({ path, message }) => `${path}: ${message}`) : [],
    name,
    groups: formGroups(scenarioSchemaPart(), document, result.ok ? result.document : undefined),
    changes,
    command: commandOf(
      reference,
      settings,
      `${name}-${changes.length === 0 ? 'as-it-is' : 'changed'}.replay`,
    ),
    files: result.ok ? traceFiles(result.scenario) : [],
    isFill: result.ok && result.scenario.experiment.kind === 'fill',
  };
}
