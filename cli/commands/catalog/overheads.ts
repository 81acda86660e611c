import {
  ARTICLE_CLAIMS,
  ARTICLES,
  OVERHEAD_DEFAULTS,
  OVERHEAD_GAPS,
  OVERHEAD_RECORDS,
  OVERHEAD_SOURCES,
  type OverheadDefault,
  type OverheadRecord,
} from '../../../sim/hardware/overheads/index.ts';
import { type Column, renderTable } from '../../table.ts';
import { type CatalogAnswer, type CatalogQuery, pickSources, section, wrongOption } from './topic.ts';

/** What runs assume about each sharing mode, and the published figures behind it. */
export function answer(query: CatalogQuery): CatalogAnswer {
  const wanted = query.mode?.toLowerCase();
  const ofMode = (each: { readonly mode: string }) =>
    wanted === undefined || each.mode.toLowerCase().includes(wanted);
  const defaults = OVERHEAD_DEFAULTS.filter(ofMode);
  const records = OVERHEAD_RECORDS.filter(ofMode);
  if (defaults.length + records.length === 0) {
    const known = [...new Set([...OVERHEAD_DEFAULTS, ...OVERHEAD_RECORDS].map((each) => each.mode))];
    throw wrongOption('--mode', query.mode ?? '', `no such mode; accepted: ${known.join(', ')}`);
  }
  return {
    records:
      wanted === undefined
        ? { defaults, records, gaps: OVERHEAD_GAPS, articles: ARTICLES, claims: ARTICLE_CLAIMS }
        : { defaults, records },
    sources: pickSources(
      OVERHEAD_SOURCES,
      records.map((record) => record.source),
    ),
    notes: [
      'ratios are fractions of 1; ? the source gives no number; article-N: a claim of a reference article',
      ...defaults.flatMap((each) =>
        each.formula === undefined ? [] : [`${each.mode}, ${each.parameter}: ${each.formula}`],
      ),
    ],
    text: (width) =>
      [
        section('Defaults of a run', renderTable(defaultColumns, defaults, width)),
        section('Published figures', renderTable(recordColumns, records, width)),
      ].join('\n'),
  };
}

const defaultColumns: readonly Column<OverheadDefault>[] = [
  { header: 'mode', value: (each) => each.mode },
  { header: 'parameter', value: (each) => each.parameter, shrinkTo: 20, overflow: 'wrap' },
  { header: 'low', value: (each) => each.low },
  { header: 'typical', value: (each) => each.typical },
  { header: 'high', value: (each) => each.high },
  { header: 'confidence', value: (each) => each.confidence },
  {
    header: 'based on',
    value: (each) => each.basedOn.join(' ') || undefined,
    shrinkTo: 12,
    overflow: 'wrap',
  },
];

const recordColumns: readonly Column<OverheadRecord>[] = [
  { header: 'id', value: (each) => each.id },
  {
    header: 'what (unit)',
    value: (each) => `${each.mode}: ${each.workload}; ${each.metric} (${each.unit})`,
    shrinkTo: 30,
    overflow: 'wrap',
  },
  { header: 'low', value: (each) => each.low },
  { header: 'typical', value: (each) => each.typical },
  { header: 'high', value: (each) => each.high },
  { header: 'confidence', value: (each) => each.confidence },
  { header: 'source', value: (each) => each.source },
];
