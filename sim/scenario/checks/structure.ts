import type { z } from 'zod';
import { didYouMean, nameHint } from '../nearest-name.ts';
import { isMapping, type Path, UNSAFE_KEY, valueAt } from '../path.ts';
import { type Finding, quoteValue } from '../problem.ts';
import { scenarioSchema } from '../schema/scenario.ts';
import { kindsAt, membersAt } from '../schema/walk.ts';

type Issue = z.core.$ZodIssue;

/**
 * Every key that is unknown or missing and every single value that is wrong.
 *
 * @param schema what the document must be: by default a scenario
 */
export function checkStructure(document: unknown, schema: z.ZodType = scenarioSchema): readonly Finding[] {
  // Interpreted rather than compiled: a document is checked once, and strict pages refuse generated code.
  const parsed = schema.safeParse(document, { jitless: true });
  if (parsed.success) return [];
  const findings = parsed.error.issues.flatMap((issue) => findingsOf(schema, document, [], issue));
  // A value both out of range and of the wrong form is one problem, not two.
  const seen = new Set<string>();
  return findings.filter(({ path }) => {
    const id = JSON.stringify(path);
    const isNew = !seen.has(id);
    seen.add(id);
    return isNew;
  });
}

function findingsOf(schema: z.ZodType, document: unknown, above: Path, issue: Issue): readonly Finding[] {
  const path = [...above, ...(issue.path as Path)];
  switch (issue.code) {
    case 'unrecognized_keys':
      return unknownKeys(schema, document, path, issue.keys);
    case 'invalid_union': {
      if (issue.errors.length === 0) return [unknownKind(schema, document, path)];
      const inside = intendedBranch(issue.errors);
      if (inside === undefined) return [findingAt(document, path, issue.message, [])];
      return inside.flatMap((inner) => findingsOf(schema, document, path, inner));
    }
    case 'invalid_key':
      return [{ path, message: `is not an accepted name: ${issue.issues[0]?.message ?? issue.message}` }];
    case 'invalid_value':
      return [findingAt(document, path, issue.message, issue.values.map(String))];
    default:
      return [findingAt(document, path, issue.message, [])];
  }
}

/** The branch of a union that the value was meant for: one that objects to something inside the value only. */
function intendedBranch(errors: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return errors.find((issues) =>
    issues.every(
      ({ path, code }) => path.length > 0 || (code !== 'invalid_type' && code !== 'invalid_format'),
    ),
  );
}

/** A mapping whose kind is missing or unknown: the kinds are the accepted names. */
function unknownKind(schema: z.ZodType, document: unknown, path: Path): Finding {
  const discriminator = String(path.at(-1));
  const kinds = kindsAt(schema, document, path.slice(0, -1), discriminator);
  return findingAt(document, path, `must be one of ${kinds.join(', ')}`, kinds);
}

/** Ends the message with what was found, or says that there is nothing. */
function findingAt(document: unknown, path: Path, message: string, names: readonly string[]): Finding {
  const value = valueAt(document, path);
  if (value === undefined) return { path, message: `is missing: ${message}` };
  if (value === null) return { path, message: `is empty: ${message}` };
  const hint = typeof value === 'string' ? didYouMean(value, names) : undefined;
  return { path, message: `${message}, got ${quoteValue(value)}`, hint };
}

function unknownKeys(
  schema: z.ZodType,
  document: unknown,
  path: Path,
  keys: readonly string[],
): readonly Finding[] {
  const members = membersAt(schema, document, path);
  const known = members.kind === 'keys' ? members.keys : [];
  const mapping = valueAt(document, path);
  // A key that is there already is rarely what a misspelt one meant.
  const free = known.filter((name) => !(isMapping(mapping) && Object.hasOwn(mapping, name)));
  return keys
    .filter((key) => key !== UNSAFE_KEY) // that one is reported with the tree
    .map((key) => ({
      path: [...path, key],
      message: 'is not an accepted key',
      hint: nameHint(key, known, free),
    }));
}
