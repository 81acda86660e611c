import type { Metric } from '../../experiment/metric.ts';
import type { ReportedRun } from '../document/read-result.ts';
import { count, type DataTable, number, text } from './data-table.ts';

type Row = DataTable['rows'][number];

/** The data of a report, each table with the run in its first column; those that have rows. */
export function dataTables(runs: readonly ReportedRun[]): readonly DataTable[] {
  return TABLES.map(({ name, columns, rows }) => ({
    name,
    columns: [text('run'), ...columns],
    rows: runs.flatMap((run) => rows(run).map((row) => [run.label, ...row])),
  })).filter(({ rows }) => rows.length > 0);
}

interface TableKind extends Pick<DataTable, 'name' | 'columns'> {
  readonly rows: (run: ReportedRun) => readonly Row[];
}

const METRIC = [number('value'), number('ci95_low'), number('ci95_high'), text('unit'), count('n')];
const metricCells = ({ value, ci95, unit, n }: Metric): Row => [
  value,
  ci95?.[0] ?? null,
  ci95?.[1] ?? null,
  unit,
  n,
];

const TABLES: readonly TableKind[] = [
  {
    name: 'metrics',
    columns: [text('metric'), ...METRIC],
    rows: ({ result }) =>
      Object.entries(result.metrics).map(([name, metric]) => [name, ...metricCells(metric)]),
  },
  {
    name: 'groups',
    columns: [text('group_kind'), text('group_name'), text('metric'), ...METRIC],
    rows: ({ groups }) =>
      Object.entries(groups).flatMap(([kind, parts]) =>
        Object.entries(parts).flatMap(([name, metrics]) =>
          Object.entries(metrics).map(([metric, found]): Row => [kind, name, metric, ...metricCells(found)]),
        ),
      ),
  },
  {
    name: 'time_series',
    columns: [
      text('series'),
      number('from_s'),
      number('until_s'),
      number('min'),
      number('mean'),
      number('max'),
      text('unit'),
    ],
    rows: ({ time }) =>
      time === undefined
        ? []
        : Object.entries(time.names).flatMap(([name, { unit, min, mean, max }]) =>
            mean.map((value, at): Row => {
              const from = time.startSeconds + at * time.bucketSeconds;
              return [
                name,
                from,
                Math.min(from + time.bucketSeconds, time.endSeconds),
                min[at] ?? null,
                value,
                max[at] ?? null,
                unit,
              ];
            }),
          ),
  },
  {
    name: 'fill_curve',
    columns: [
      count('requested_pct'),
      number('allocated_pct'),
      number('fragmented_pct'),
      number('fragmented_of_idle_pct'),
    ],
    rows: ({ result: { series } }) =>
      (series.fill?.arrivedPct ?? []).map((arrived, at) => [
        arrived,
        series.fill?.allocatedPct[at] ?? null,
        series.fill?.fragmentedPct[at] ?? null,
        series.fill?.fragRatioPct[at] ?? null,
      ]),
  },
  {
    name: 'waterfall',
    columns: [
      text('part_kind'),
      text('part_name'),
      text('bucket'),
      number('gpu_hours'),
      number('share'),
      number('share_ci95_low'),
      number('share_ci95_high'),
    ],
    rows: ({ waterfall }) => {
      if (waterfall === undefined) return [];
      const { buckets, byPool = {}, byMode = {}, byModel = {} } = waterfall;
      const of = (kind: string, parts: Readonly<Record<string, typeof buckets>>) =>
        Object.entries(parts).flatMap(([name, list]) =>
          list.map(
            ({ bucket, gpuHours, share, ci95 }): Row => [
              kind,
              name,
              bucket,
              gpuHours,
              share,
              ci95?.[0] ?? null,
              ci95?.[1] ?? null,
            ],
          ),
        );
      return [
        ...of('fleet', { '': buckets }),
        ...of('pool', byPool),
        ...of('mode', byMode),
        ...of('gpu_model', byModel),
      ];
    },
  },
  {
    name: 'costs',
    columns: [
      text('kind'),
      text('item'),
      text('hosts'),
      text('gpu_model'),
      number('quantity'),
      text('quantity_unit'),
      number('unit_price'),
      number('amount_per_month'),
      text('currency'),
      text('payment'),
      text('confidence'),
      text('source'),
    ],
    rows: ({ result: { cost } }) =>
      (cost?.ledger ?? []).map((line) => [
        line.kind,
        line.item,
        line.pool,
        line.model,
        Number(line.quantity),
        line.unit,
        Number(line.unitPrice),
        Number(line.amount),
        cost?.currency ?? '',
        line.payment ?? '',
        line.confidence,
        line.source,
      ]),
  },
  {
    name: 'explanations',
    columns: [
      text('kind'),
      text('reason'),
      text('text'),
      text('demand'),
      number('jobs'),
      number('waiting_job_s'),
      number('waiting_gpu_s'),
      number('share'),
    ],
    rows: ({ result }) =>
      result.explanations.map((each) => [
        each.kind,
        each.reason,
        each.text,
        each.demand ?? null,
        each.jobs ?? null,
        each.jobSeconds ?? null,
        each.gpuSeconds ?? null,
        each.share ?? null,
      ]),
  },
  {
    name: 'alerts',
    columns: [
      text('rule'),
      text('scope'),
      text('state'),
      number('count'),
      number('total_s'),
      text('text'),
      text('source'),
    ],
    rows: ({ alerts = [] }) =>
      alerts.map((each) => [
        each.rule,
        each.scope,
        each.state,
        each.count,
        each.totalSeconds,
        each.text,
        each.source,
      ]),
  },
  {
    name: 'assumptions',
    columns: [
      text('id'),
      text('what'),
      number('value'),
      number('low'),
      number('high'),
      text('unit'),
      text('evidence'),
      text('source'),
    ],
    rows: ({ result }) =>
      result.assumptions.map(({ id, what, value, low, high, unit, evidence, source }) => [
        id,
        what,
        value,
        low,
        high,
        unit,
        evidence,
        source,
      ]),
  },
];
