/** Overheads of sharing modes with all their evidence. Runs need only `overheadDefault`. */
export { ARTICLE_CLAIMS, ARTICLES } from '../data/article-claims.ts';
export { OVERHEAD_DEFAULTS } from '../data/overhead-defaults.ts';
export { OVERHEAD_GAPS, OVERHEAD_RECORDS } from '../data/overhead-records.ts';
export { OVERHEAD_SOURCES } from '../data/overhead-sources.ts';
export type { ArticleClaim } from './article-claim.ts';
export type { OverheadDefault, OverheadRecord } from './overhead.ts';
export { overheadDefault } from './overhead-default.ts';
