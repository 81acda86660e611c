import { type Block, name, paragraph, type Text, tableOf } from '../document/blocks.ts';
import { metricWords } from '../document/metric-words.ts';
import { quantity } from '../document/quantity.ts';
import type { ReportedRun } from '../document/read-result.ts';
import type { SectionKind } from './section.ts';
import { ofEach } from './side-by-side.ts';

const LISTED_SEEDS = 10;
/** Below it Student's factor is more than one and a half times that of very many replications. */
const FEW = 5;

/** How the numbers came about, and how far they can be trusted. */
export const methodSection: SectionKind = {
  id: 'method',
  title: 'Method and seeds',
  build: ({ runs }) => [
    paragraph(
      'Each replication simulates the scenario event by event, with random numbers that its seed settles. Values are means over the replications, ± half of their 95 % interval (Student); a single replication has no interval.',
    ),
    ...(runs.length === 1
      ? []
      : [
          paragraph(
            'The intervals are those of each run by itself: that two of them overlap does not show that there is no difference.',
          ),
        ]),
    ...ofEach(runs, methodBlocks),
  ],
};

function methodBlocks({ result, unread }: ReportedRun): readonly Block[] {
  const { seeds, digest, version, statistics, metrics } = result;
  const facts: (readonly [string, Text])[] = [
    [
      'Replications',
      seeds.length > 1 && seeds.length < FEW
        ? `${seeds.length}: intervals of so few are wide, and more replications make them narrower`
        : String(seeds.length),
    ],
    ['Seeds', seedText(seeds)],
    ['Events', quantity(metrics.events?.value, 'events')],
    ['Version', [name(version)]],
    ['Digest', [{ code: digest }]],
  ];
  if (statistics !== undefined) {
    const { usedSec, suggestedSec } = statistics.warmup;
    const suggested = suggestedSec.filter((each) => each !== null);
    facts.push(['Warm-up left out', quantity(Math.max(0, ...usedSec), 'seconds')]);
    facts.push([
      'Warm-up that MSER-5 suggests',
      suggested.length === 0
        ? 'none found: nothing settled'
        : `at most ${quantity(Math.max(...suggested), 'seconds')}`,
    ]);
    if (statistics.overloaded > 0)
      facts.push([
        'Overloaded',
        `${statistics.overloaded} of ${seeds.length} replications: their queue kept growing`,
      ]);
  }
  if (unread.length > 0)
    facts.push(['Not shown', `parts that this version cannot read: ${unread.join(', ')}`]);
  return [{ kind: 'facts', facts }, ...precisionTable(result)];
}

function precisionTable({ precision, metrics }: ReportedRun['result']): readonly Block[] {
  if (precision === undefined || precision.length === 0) return [];
  return [
    tableOf(
      'How closely metrics were to be known',
      ['metric', 'wanted half-width', 'value', 'reached'],
      precision.map(({ metric, within, isRelative, value, ci95, reached }) => {
        const unit = metrics[metric]?.unit ?? '';
        return [
          [name(metricWords(metric))],
          isRelative ? `${quantity(within, 'fraction')} of the mean` : quantity(within, unit),
          quantity(value, unit, ci95 === null ? undefined : (ci95[1] - ci95[0]) / 2),
          reached ? 'yes' : 'no',
        ];
      }),
    ),
  ];
}

function seedText(seeds: readonly number[]): string {
  const isRange = seeds.every((seed, at) => seed === (seeds[0] as number) + at);
  if (seeds.length > 2 && isRange) return `${seeds[0]} to ${seeds.at(-1)}`;
  const more = seeds.length - LISTED_SEEDS;
  return `${seeds.slice(0, LISTED_SEEDS).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
