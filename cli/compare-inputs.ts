import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Exactness, replicationsOf } from '../sim/experiment/compare/index.ts';
import { normalizeScenario, type Replication, type RunResult, type Scenario } from '../sim/index.ts';
import type { ScenarioDocument } from '../sim/scenario/index.ts';
import { isMapping } from '../sim/scenario/path.ts';
import { applyVariant } from '../sim/scenario/what-if.ts';
import { type Problem, UsageError } from './errors.ts';
import { loadScenario } from './load-scenario.ts';

/** Something to compare: a scenario that is still to be run, or a result that is there. */
export type CompareInput = {
  readonly name: string;
  readonly source: string;
  readonly description: string;
  readonly document: unknown;
  /** The scenario file, for places in it; null of a result. */
  readonly filePath: string | null;
  /** Whether it is a variant that the scenario file states. */
  readonly isVariant: boolean;
  readonly notes: readonly string[];
} & (
  | { readonly kind: 'scenario'; readonly scenario: Scenario; readonly folder: string }
  | ({ readonly kind: 'result'; readonly replications: readonly Replication[] } & Exactness)
);

/**
 * Reads what is to be compared, the base first: of one scenario the scenario and its variants.
 *
 * @param settings of the command line, applied to every scenario
 * @throws {UsageError} with every problem of all of them
 */
export function readInputs(
  references: readonly string[],
  settings: readonly string[],
  overlays: readonly string[],
): readonly CompareInput[] {
  const problems: Problem[] = [];
  const inputs = references.flatMap((reference): readonly CompareInput[] => {
    try {
      const result = readResult(reference);
      if (result !== undefined) return [result];
      const input = readScenario(reference, settings, overlays);
      return references.length > 1 ? [input] : [{ ...input, name: 'base' }, ...variantsOf(input)];
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      // The file stands in the message alone where the problem has no place of its own.
      problems.push(...error.problems.map((problem) => ({ ...problem, at: problem.at ?? reference })));
      return [];
    }
  });
  if (problems.length > 0) throw new UsageError('cannot compare', problems);
  if (inputs.length < 2) {
    const path = references[0] ?? '';
    const message = 'has nothing to be compared with: it has no variants (whatIf), and nothing else is named';
    const hint = 'name a second scenario or result, or state variants: docs/compare.md';
    throw new UsageError('cannot compare', [{ path, message, hint }]);
  }
  return distinctNames(inputs);
}

function readScenario(reference: string, settings: readonly string[], overlays: readonly string[]) {
  const { scenario, document, filePath, folder, notes } = loadScenario(reference, settings, overlays);
  const { whatIf: _, ...own } = document;
  return {
    kind: 'scenario',
    name: scenario.name,
    source: filePath === reference ? reference : `catalogue: ${reference}`,
    description: '',
    document: own,
    variants: document.whatIf ?? [],
    scenario,
    folder,
    filePath,
    isVariant: false,
    notes: notes.map(({ path, message }) => `${path}: ${message}`),
  } as const;
}

function variantsOf(base: ReturnType<typeof readScenario>): readonly CompareInput[] {
  const { variants, ...rest } = base;
  return variants.map((variant): CompareInput => {
    const applied = applyVariant(base.document as ScenarioDocument, variant);
    const normalized = applied.ok ? normalizeScenario(applied.document) : undefined;
    if (normalized?.ok !== true)
      throw new RangeError(`Cannot make variant "${variant.name}", which was found valid`);
    return {
      ...rest,
      name: variant.name,
      source: `${base.source}: whatIf ${variant.name}`,
      description: variant.description ?? '',
      document: normalized.document,
      scenario: normalized.scenario,
      isVariant: true,
      notes: normalized.notes.map(({ path, message }) => `${path}: ${message}`),
    };
  });
}

/** Longest result that is read. */
const LARGEST = 256 * 1024 * 1024;

/** A result of `run --out`; undefined where the file is something else, or nothing. */
function readResult(reference: string): CompareInput | undefined {
  const path =
    existsSync(reference) && statSync(reference).isDirectory()
      ? resolve(reference, 'result.json')
      : reference;
  if (!path.endsWith('.json') || !existsSync(path)) return undefined;
  if (statSync(path).size > LARGEST) throw wrongResult(reference, 'is larger than any result');
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
  if (
    !isMapping(parsed) ||
    typeof parsed.schema !== 'string' ||
    !parsed.schema.startsWith('slicewise/result@')
  )
    return undefined;
  if (parsed.schema !== 'slicewise/result@1')
    throw wrongResult(reference, `must be slicewise/result@1, got ${parsed.schema}`);
  const result = parsed as unknown as RunResult;
  const read = replicationsOf(result);
  if (!read.ok) throw wrongResult(reference, read.message);
  const normalized = normalizeScenario(result.scenario);
  if (!normalized.ok) throw wrongResult(reference, 'has no scenario that this version reads');
  const { whatIf: _, ...document } = normalized.document;
  return {
    kind: 'result',
    name: document.name,
    source: path,
    description: '',
    document,
    filePath: null,
    isVariant: false,
    notes: [],
    replications: read.replications,
    isExact: read.isExact,
    hasExactGroups: read.hasExactGroups,
  };
}

const wrongResult = (path: string, message: string) =>
  new UsageError('cannot read the result', [{ path, message }]);

/** Names by which reports tell them apart: what share a name are called by their files as well. */
function distinctNames(inputs: readonly CompareInput[]): readonly CompareInput[] {
  const count = (name: string) => inputs.filter((input) => input.name === name).length;
  const named = inputs.map((input) =>
    count(input.name) === 1 ? input : { ...input, name: `${input.name} (${input.source})` },
  );
  return named.map((input, i) =>
    named.findIndex(({ name }) => name === input.name) === i
      ? input
      : { ...input, name: `${input.name} #${i + 1}` },
  );
}
