import { formatPath, isMapping } from '../path.ts';
import type { Finding } from '../problem.ts';
import type { VariantDocument } from '../schema/what-if.ts';
import { applyVariant, placeInVariant } from '../what-if.ts';
import { repeats } from './common.ts';
import { findProblems } from './index.ts';

/** Most findings that are told of one variant. */
const MOST_FINDINGS = 20;
/** What reports call the scenario itself. */
const TAKEN = 'base';

/**
 * What is wrong with the variants of a document that is sound itself: each must be a sound scenario, too.
 *
 * @param document found valid, its variants apart
 */
export function findVariantProblems(document: unknown): readonly Finding[] {
  if (!isMapping(document) || !Array.isArray(document.whatIf)) return [];
  const variants = document.whatIf as readonly VariantDocument[];
  return [
    ...repeats(
      variants.map(({ name }) => name),
      (index) => ['whatIf', index, 'name'],
    ),
    ...variants.flatMap((variant, index) => {
      const own: Finding[] =
        variant.name === TAKEN
          ? [
              {
                path: ['whatIf', index, 'name'],
                message: `must not be "${TAKEN}": that is the scenario itself`,
              },
            ]
          : [];
      return [...own, ...ofVariant(document, variant, index)];
    }),
  ];
}

function ofVariant(document: unknown, variant: VariantDocument, index: number): readonly Finding[] {
  const isEmpty = [variant.merge ?? {}, variant.patch ?? [], variant.set ?? {}].every(
    (changes) => Object.keys(changes).length === 0,
  );
  if (isEmpty) {
    const message = 'changes nothing: must have at least one change in merge, patch or set';
    return [{ path: ['whatIf', index], message }];
  }
  const applied = applyVariant(document, variant);
  if (!applied.ok) {
    return applied.problems.map((problem) => ({ ...problem, path: ['whatIf', index, ...problem.path] }));
  }
  return findProblems(applied.document)
    .slice(0, MOST_FINDINGS)
    .map(({ path, message, hint }) => ({
      path: ['whatIf', index, ...placeInVariant(variant, applied.places, path)],
      message: `makes ${path.length === 0 ? 'the document' : formatPath(path)} wrong: ${message}`,
      hint,
    }));
}
