import { patchBetween } from '../patch-between.ts';
import type { ScenarioDocument } from '../schema/scenario.ts';
import type { VariantDocument } from '../schema/what-if.ts';
import { applyVariant } from '../what-if.ts';

/**
 * Variants as patches of the canonical form, whatever form their changes were written for.
 *
 * @param written found valid, variants included
 * @param base its canonical form
 * @param canonical gives that of any document without variants
 */
export function canonicalWhatIf(
  written: ScenarioDocument,
  base: unknown,
  canonical: (document: ScenarioDocument) => unknown,
): { readonly whatIf?: VariantDocument[] } {
  const variants = written.whatIf ?? [];
  if (variants.length === 0) return {};
  return {
    whatIf: variants.map((variant) => {
      const applied = applyVariant(written, variant);
      if (!applied.ok) throw new RangeError(`Cannot apply variant "${variant.name}", which was found valid`);
      return {
        name: variant.name,
        description: variant.description ?? '',
        patch: [...patchBetween(base, canonical(applied.document as ScenarioDocument))],
      };
    }),
  };
}
