import type { Settings } from './candidate.ts';

/** What a report reads of a bucket and its changes. */
export interface VariantSource {
  readonly bucket: string;
  readonly changes: readonly {
    readonly text: string;
    readonly set: Settings;
    readonly isConfirmed: boolean;
  }[];
}

/**
 * The confirmed change of each bucket that gives most back, as `whatIf` of a scenario takes it: one line of YAML each.
 * Empty where none is confirmed.
 */
export function variantLines(buckets: readonly VariantSource[]): readonly string[] {
  return buckets.flatMap(({ bucket, changes }) => {
    const [best] = changes;
    if (best === undefined || !best.isConfirmed) return [];
    return `  - ${JSON.stringify({ name: `give-back-${bucket}`, description: best.text, set: best.set })}`;
  });
}
