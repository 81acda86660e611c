/**
 * A claim of one of the reference articles about sharing GPUs, and what the evidence says of it. The articles are
 * blog posts: their figures are ranges to test, not truth.
 */
export interface ArticleClaim {
  readonly area: 'sharing' | 'cost';
  /** Index into ARTICLES. */
  readonly article: number;
  readonly mode?: string;
  readonly claim: string;
  readonly metric?: string;
  readonly low?: number | null;
  readonly high?: number | null;
  readonly unit?: string;
  readonly verdict: string;
  readonly note: string;
  /** The system the claim must have meant, where the one it names does not exist. */
  readonly correctSystem?: string | null;
  /** `checked`: compared with evidence. */
  readonly confidence: 'checked' | 'unverified';
}
