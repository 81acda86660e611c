import { directionOf } from '../../experiment/statistics/metric-direction.ts';
import { type Block, details, name, type Text, tableOf, words } from '../document/blocks.ts';
import { metricWords } from '../document/metric-words.ts';
import type { ReportedRun } from '../document/read-result.ts';
import { barChart } from './bar-chart.ts';
import type { SectionKind } from './section.ts';
import { metricCells, runColumns } from './side-by-side.ts';

/** First parts of names that are read first; the others follow, folded. */
const FIRST = ['jobs', 'wait', 'completion', 'stretch', 'gpu'];

const TOPICS: Readonly<Record<string, string>> = {
  jobs: 'Jobs',
  wait: 'Waits',
  completion: 'Times from arrival to end',
  stretch: 'Times on GPUs over work',
  gpu: 'GPUs',
  cpu: 'CPU',
  memory: 'Host memory',
  fragmentation: 'Fragmentation',
  service: 'Services',
  session: 'Sessions',
  changes: 'Planned changes',
  repartition: 'Cards that are cut anew',
  faults: 'Faults',
  elastic: 'Hosts that come and go',
  cost: 'Cost',
  slowdown: 'Slowdowns',
  gpuMemory: 'GPU memory',
  link: 'Links of hosts',
  communication: 'Communication',
  slo: 'Service objectives',
  fairness: 'Fairness over tenants',
  energy: 'Energy',
  licences: 'Licences',
  time: 'Time',
  events: 'Events',
};

const BETTER = { higher: 'higher is better', lower: 'lower is better', none: '' } as const;

/** Every metric with its interval. */
export const resultsSection: SectionKind = {
  id: 'results',
  title: 'Results',
  build({ runs }) {
    const names = [...new Set(runs.flatMap(({ result }) => Object.keys(result.metrics)))];
    const topics = [...new Set(names.map(topicOf))];
    const tables = topics.map((topic) => ({ topic, table: topicTable(topic, names, runs) }));
    const first = FIRST.flatMap((topic) => tables.filter((each) => each.topic === topic));
    const rest = tables.filter((each) => !FIRST.includes(each.topic));
    return [
      ...waitChart(runs),
      ...first.flatMap(({ table }) => table),
      ...rest.flatMap(({ topic, table }) => details(title(topic), table)),
    ];
  },
};

const topicOf = (metric: string) => metric.split('.', 1)[0] as string;
const title = (topic: string) => TOPICS[topic] ?? topic;

function topicTable(topic: string, names: readonly string[], runs: readonly ReportedRun[]): readonly Block[] {
  // A metric that no run has a value of tells the reader nothing.
  const shown = names.filter(
    (metric) => topicOf(metric) === topic && runs.some(({ result }) => result.metrics[metric]?.value != null),
  );
  if (shown.length === 0) return [];
  const rows = shown.map((metric): readonly Text[] => [
    [name(metricWords(metric))],
    ...metricCells(runs, metric),
    BETTER[directionOf(metric)],
    [{ code: metric }],
  ]);
  return [tableOf(title(topic), ['metric', ...runColumns(runs), words('reading'), words('name')], rows)];
}

const MOST_BARS = 24;

const QUANTILES = [
  ['p50', 'median'],
  ['p95', '95th percentile'],
  ['p99', '99th percentile'],
] as const;

const TIMES = [
  ['wait', 'wait'],
  ['completion', 'arrival to end'],
] as const;

/** Waits and completions of several runs, or of one, as bars with intervals; no bars for waits where nobody waits. */
function waitChart(runs: readonly ReportedRun[]): readonly Block[] {
  const bars = TIMES.flatMap(([kind, words]) => {
    const found = QUANTILES.flatMap(([quantile, rank]) =>
      runs.flatMap((run) => {
        const metric = run.result.metrics[`${kind}.${quantile}`];
        const of = runs.length === 1 ? '' : ` (${run.label})`;
        return metric?.value == null ? [] : [{ name: `${words}, ${rank}${of}`, metric, value: metric.value }];
      }),
    );
    return found.some(({ value }) => value > 0) ? found : [];
  });
  return bars.length > MOST_BARS
    ? []
    : barChart({ title: 'Waits and times from arrival to end', first: 'time', axis: 'time', bars });
}
