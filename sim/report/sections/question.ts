import type { ObjectiveResult } from '../../experiment/compare/index.ts';
import type { Metric } from '../../experiment/metric.ts';
import {
  type Block,
  details,
  type Inline,
  joined,
  name,
  paragraph,
  type Text,
  tableOf,
  words,
} from '../document/blocks.ts';
import { metricWords } from '../document/metric-words.ts';
import { metricText, quantity } from '../document/quantity.ts';
import type { ReportedRun } from '../document/read-result.ts';
import { outcomeText } from '../objectives.ts';
import { isFill, scenarioOf } from './scenario.ts';
import type { SectionKind } from './section.ts';
import { hasMetric, metricCells, namesOf, ofEach, runColumns } from './side-by-side.ts';

/** Most services or groups of sessions that the answer names. */
const NAMED = 3;

/** What was asked, and what came out, before anything else. */
export const questionSection: SectionKind = {
  id: 'question',
  title: 'Question and answer',
  build({ runs }) {
    return [
      ...ofEach(runs, (run) => [
        ...question(run).map(paragraph),
        { kind: 'answer', text: joined(answer(run), ' ') },
        ...objectiveTable(run),
      ]),
      ...keyFigures(runs),
      ...ofEach(runs, (run) => details('Sources of the question', sourceList(run))),
    ];
  },
};

/** A paragraph each. */
function question(run: ReportedRun): readonly Text[] {
  const lines = scenarioOf(run)
    .description.split('\n')
    .filter((line) => line.trim() !== '');
  return lines.length === 0
    ? [['What does ', name(run.label), ' come to? The scenario gives no description.']]
    : lines.map((line): Text => [name(line)]);
}

function sourceList(run: ReportedRun): readonly Block[] {
  const { sources } = scenarioOf(run);
  return sources.length === 0 ? [] : [{ kind: 'list', items: sources.map((source) => [name(source)]) }];
}

/** One sentence each, the most important first. */
function answer(run: ReportedRun): readonly Text[] {
  const sentences = [
    ...verdict(run),
    ...(isFill(run) ? fillAnswer(run) : timedAnswer(run)),
    ...lossAnswer(run),
    ...costAnswer(run),
    ...returnAnswer(run),
  ];
  return sentences.length === 0 ? ['Nothing was measured.'] : sentences;
}

function verdict({ objectives }: ReportedRun): readonly Text[] {
  if (objectives === undefined || objectives.length === 0) return [];
  const count = (verdict: string) => objectives.filter((each) => each.verdict === verdict).length;
  const failed = count('fail');
  const open = objectives.length - failed - count('pass');
  const parts = [
    `${count('pass')} of ${objectives.length} met`,
    ...(failed > 0 ? [`${failed} not met`] : []),
    ...(open > 0 ? [`${open} undecided`] : []),
  ];
  return [[{ strong: `Objectives: ${parts.join(', ')}.` }]];
}

function fillAnswer(run: ReportedRun): readonly Text[] {
  const m = (metric: string) => run.result.metrics[metric];
  const asked = m('gpu.requestedMilli')?.value;
  const capacity = m('gpu.capacityMilli')?.value;
  const after =
    asked == null || !capacity ? '' : ` with ${quantity(asked / capacity, 'fraction')} of the GPUs requested`;
  return [
    ['The tasks take ', strong(run, 'gpu.allocated.end'), ` of the GPU capacity${after}.`],
    [strong(run, 'fragmentation.end'), ' of the capacity is idle but of no use to the usual next task.'],
    ...(m('gpu.hindsight.reached')?.value == null
      ? []
      : [
          [
            'No policy could have placed more than ',
            strong(run, 'gpu.hindsight.bound'),
            ' of the GPU capacity, knowing all tasks in advance: this is ',
            strong(run, 'gpu.hindsight.reached'),
            ' of that.',
          ],
        ]),
    ...(m('jobs.hindsight.reached')?.value == null
      ? []
      : [
          [
            'Nor could one have found a place for more than ',
            strong(run, 'jobs.hindsight.bound'),
            ': ',
            strong(run, 'jobs.placed'),
            ' have one.',
          ],
        ]),
  ];
}

function timedAnswer(run: ReportedRun): readonly Text[] {
  const m = (metric: string) => run.result.metrics[metric];
  const services = namesOf([run], 'service', 'throughput');
  const sessions = namesOf([run], 'session', 'speed.mean');
  const sentences: Text[] = [];
  for (const service of services.slice(0, NAMED)) {
    const within = `service.${service}.withinObjective`;
    const late: Text = ['99 of 100 within ', strong(run, `service.${service}.latency.p99`)];
    sentences.push(
      m(within)?.value == null
        ? [name(service), ' answers ', ...inlinesOf(late), '.']
        : [
            name(service),
            ' answers ',
            strong(run, within),
            ' of the requests within its objective, ',
            ...inlinesOf(late),
            '.',
          ],
    );
  }
  for (const session of sessions.slice(0, NAMED)) {
    const inTime = `session.${session}.frame.inTime`;
    sentences.push([
      'Active users of ',
      name(session),
      ' have ',
      strong(run, `session.${session}.speed.mean`),
      ' of the speed of a card alone',
      ...(m(inTime)?.value == null ? [] : ['; ', strong(run, inTime), ' of the frames are seen in time']),
      '.',
    ]);
  }
  if (services.length + sessions.length === 0) sentences.push(...waitAnswer(run));
  sentences.push(...leastWaitAnswer(run));
  if (m('gpu.allocated.mean')?.value != null)
    sentences.push([
      'The GPUs are ',
      strong(run, 'gpu.allocated.mean'),
      ' allocated on average',
      ...(m('gpu.utilized.mean')?.value == null
        ? []
        : [', and ', strong(run, 'gpu.utilized.mean'), ' of their compute is used']),
      '.',
    ]);
  return sentences;
}

function waitAnswer(run: ReportedRun): readonly Text[] {
  const m = (metric: string) => run.result.metrics[metric];
  if (m('wait.mean')?.value == null) return [];
  const waiting = m('jobs.waiting')?.value ?? 0;
  return [
    [
      'Of ',
      strong(run, 'jobs.arrived'),
      ' that arrived, ',
      { strong: numberText(m('jobs.completed')) },
      ' completed',
      ...(waiting > 0
        ? [' and ', { strong: numberText(m('jobs.waiting')) }, ' still waited at the end']
        : []),
      ...(m('wait.p95')?.value === 0
        ? ['. At least ', { strong: '95 of 100' }, ' start without waiting.']
        : [
            '. The wait for a place is ',
            strong(run, 'wait.p50'),
            ' in the median and ',
            strong(run, 'wait.p95'),
            ' at the 95th percentile.',
          ]),
    ],
  ];
}

/** How little jobs could have waited at the least. */
function leastWaitAnswer(run: ReportedRun): readonly Text[] {
  const m = (metric: string) => run.result.metrics[metric];
  if (m('wait.hindsight.p95')?.value == null) return [];
  return [
    [
      'No policy that stops no job and leaves no more of them waiting at the end could have had a 95th percentile of less than ',
      strong(run, 'wait.hindsight.p95'),
      ' or a mean of less than ',
      strong(run, 'wait.hindsight.mean'),
      ', knowing all arrivals; this has ',
      strong(run, 'wait.p95'),
      ' and ',
      strong(run, 'wait.mean'),
      '.',
    ],
  ];
}

function costAnswer(run: ReportedRun): readonly Text[] {
  if (run.result.metrics['cost.perMonth']?.value == null) return [];
  const delivered = run.result.metrics['cost.perGpuHourDelivered'];
  return [
    [
      'It costs ',
      strong(run, 'cost.perMonth'),
      ...(delivered?.value == null
        ? []
        : [', which is ', strong(run, 'cost.perGpuHourDelivered'), ' of work']),
      '.',
    ],
  ];
}

/** What most of the GPU-hours without useful work were. */
function lossAnswer({ waterfall }: ReportedRun): readonly Text[] {
  const lost = (waterfall?.buckets ?? []).filter(
    ({ bucket, share }) => bucket !== 'useful' && (share ?? 0) > 0,
  );
  const useful = waterfall?.buckets.find(({ bucket }) => bucket === 'useful');
  const [first, ...others] = lost;
  if (useful === undefined || first === undefined) return [];
  const most = others.reduce((a, b) => ((b.share ?? 0) > (a.share ?? 0) ? b : a), first);
  const part = (bucket: typeof first): Inline => ({
    strong: quantity(
      bucket.share,
      'fraction',
      bucket.ci95 === undefined ? undefined : (bucket.ci95[1] - bucket.ci95[0]) / 2,
    ),
  });
  return [
    [
      'Useful work takes ',
      part(useful),
      ' of the GPU-hours; the largest other part is ',
      name(most.text ?? most.bucket),
      ', ',
      part(most),
      '.',
    ],
  ];
}

/** What the appraisal against another way to have the GPUs says. */
function returnAnswer({ result: { cost } }: ReportedRun): readonly Text[] {
  const appraisal = cost?.appraisal;
  if (cost === undefined || appraisal == null) return [];
  const { baseline, months, npv, paybackMonths } = appraisal;
  return [
    [
      'Against ',
      name(baseline),
      ' it is worth ',
      { strong: quantity(npv, cost.currency) },
      ` over ${quantity(months, 'months')} (net present value)`,
      ...(paybackMonths === null
        ? [', and is never paid back']
        : [' and is paid back after ', { strong: quantity(paybackMonths, 'months') }]),
      '.',
    ],
  ];
}

/** A count after a noun that has said what is counted. */
function numberText(metric: Metric | undefined): string {
  return metricText(metric === undefined ? undefined : { ...metric, unit: '' as Metric['unit'] });
}

const strong = ({ result }: ReportedRun, metric: string) => ({ strong: metricText(result.metrics[metric]) });
const inlinesOf = (text: Text) => (typeof text === 'string' ? [text] : text);

function objectiveTable({ objectives }: ReportedRun): readonly Block[] {
  if (objectives === undefined || objectives.length === 0) return [];
  return [
    tableOf(
      'Objectives and whether they are met',
      ['objective', words('expects'), words('verdict'), words('found'), words('why')],
      objectives.map((each) => [
        [name(each.name)],
        [{ code: each.expect }],
        each.verdict.replace('-', ' '),
        [name(outcomeText(each as unknown as ObjectiveResult))],
        [name(each.why)],
      ]),
    ),
  ];
}

/** Metrics that people look at first, those that some run has. */
const KEY_FIGURES = [
  'gpu.capacityMilli',
  'gpu.allocated.mean',
  'gpu.allocated.end',
  'gpu.utilized.mean',
  'fragmentation.mean',
  'fragmentation.end',
  'jobs.arrived',
  'jobs.completed',
  'jobs.rejected',
  'wait.p50',
  'wait.p95',
  'completion.p95',
  'cost.perMonth',
  'cost.perGpuHourDelivered',
];

function keyFigures(runs: readonly ReportedRun[]): readonly Block[] {
  // What holds at the end of a timed run is chance: its means say more.
  const ofFill = runs.some(isFill);
  const shown = KEY_FIGURES.filter(
    (metric) => hasMetric(runs, metric) && (ofFill || !metric.endsWith('.end')),
  );
  if (shown.length === 0) return [];
  return [
    tableOf(
      runs.every(({ result }) => result.seeds.length === 1)
        ? 'Key figures of one replication'
        : 'Key figures, ± half of their 95 % interval',
      ['figure', ...runColumns(runs)],
      shown.map((metric) => [metricWords(metric), ...metricCells(runs, metric)]),
    ),
  ];
}
