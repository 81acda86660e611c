import type { canonicalWorkers } from '../canonical/layout.ts';
import type { LayoutSpec } from '../types.ts';

/** Canonical rules in numbers; nothing where there are none. */
export function resolveWorkers({ workers, layout }: ReturnType<typeof canonicalWorkers>): {
  readonly workers?: number;
  readonly layout?: LayoutSpec;
} {
  const within = layout?.within ?? 'pool';
  return {
    ...(workers === undefined ? {} : { workers }),
    ...(layout === undefined
      ? {}
      : {
          layout: {
            within,
            prefer: layout.prefer ?? within,
            spread: layout.spread ?? 'none',
            maxPerHost: layout.maxPerHost ?? Number.POSITIVE_INFINITY,
            maxOfClassPerHost: layout.maxOfClassPerHost ?? Number.POSITIVE_INFINITY,
            apartFrom: layout.apartFrom ?? [],
          },
        }),
  };
}
