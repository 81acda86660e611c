import { parseDocument } from 'yaml';
import {
  type CanonicalDocument,
  formatScenarioYaml,
  normalizeScenario,
  parseScenarioText,
} from '../../../sim/scenario/index.ts';
import { isMapping, type Path, valueAt } from '../../../sim/scenario/path.ts';
import type { Answers, Question, RunText } from '../messages.ts';
import { cardAnswers } from './card-twins.ts';
import { catalogueEntries } from './catalogue.ts';
import { CATALOGUE_TEXTS } from './catalogue-texts.ts';
import { changesBetween } from './changes.ts';
import { completionsAt } from './completion.ts';
import { editText } from './edit-text.ts';
import { lookAt, scenarioSchemaPart } from './look.ts';
import { placedProblem, Refused } from './problem.ts';

/** Answers a question about texts of scenarios. */
export function answer(question: Question): Answers[Question['ask']] {
  switch (question.ask) {
    case 'catalogue':
      return catalogueEntries(CATALOGUE_TEXTS);
    case 'catalogue-text':
      return catalogueText(question.name);
    case 'text-of-run':
      return textOfRun(question.document, CATALOGUE_TEXTS);
    case 'look':
      return lookAt(question.before, question.text, question.reference);
    case 'cards':
      return cardAnswers(question.fleet, question.cards, question.asks);
    case 'complete':
      return completionsAt(scenarioSchemaPart(), question.text, question.offset);
    case 'edit': {
      readable(question.text);
      return editText(question.text, question.path, lineValue(question.value));
    }
    case 'take-back': {
      readable(question.text);
      return takenBack(readable(question.before), question.text, question.path);
    }
  }
}

function catalogueText(name: string): string {
  const text = CATALOGUE_TEXTS.get(name);
  if (text === undefined) throw new Refused(`The catalogue has no scenario ${name}`);
  return text;
}

function readable(text: string): unknown {
  const parsed = parseScenarioText(text);
  if (!parsed.ok) {
    throw new Refused('The YAML cannot be read: put that right first', parsed.problems.map(placedProblem));
  }
  return parsed.document;
}

/** The text with what stood at a path before; mappings that were not there and are empty now go, too. */
function takenBack(before: unknown, text: string, path: Path): string {
  const old = valueAt(before, path);
  let place = path;
  if (old === undefined) {
    const isAlone = (above: Path) => Object.keys(valueAt(readable(text), above) ?? {}).length === 1;
    while (
      place.length > 1 &&
      valueAt(before, place.slice(0, -1)) === undefined &&
      isAlone(place.slice(0, -1))
    )
      place = place.slice(0, -1);
  }
  return editText(text, place, old);
}

/** What a line of YAML says; undefined where it says nothing. */
function lineValue(line: string): unknown {
  const parsed = parseDocument(line, { prettyErrors: false, stringKeys: true });
  const fault = [...parsed.errors, ...parsed.warnings][0]?.message;
  if (fault !== undefined) throw new Refused(`${line} is not YAML: ${fault}`);
  return parsed.toJS({ maxAliasCount: 0 }) ?? undefined;
}

/**
 * The text that a run is edited in: what the catalogue has under its name, where that comes to the same document but for
 * what a replay leaves out, or else the document itself.
 *
 * @param document as the header of a replay has it
 */
export function textOfRun(document: unknown, catalogue: ReadonlyMap<string, string>): RunText {
  const name = isMapping(document) ? String(document.name) : '';
  for (const [reference, text] of catalogue) {
    if (reference !== name && reference !== `claims/${name}`) continue;
    const parsed = parseScenarioText(text);
    const result = parsed.ok ? normalizeScenario(parsed.document) : undefined;
    if (result?.ok === true && changesBetween(result.document, document).length === 0)
      return { text, reference };
  }
  return { text: formatScenarioYaml(document as CanonicalDocument), reference: `${name || 'scenario'}.yaml` };
}
