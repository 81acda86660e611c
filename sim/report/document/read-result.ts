import type { Metric } from '../../experiment/metric.ts';
import type { RunResult } from '../../experiment/result.ts';
import {
  type AlertPart,
  alertsPart,
  corePart,
  type GiveBackPart,
  giveBackPart,
  type LicenceRow,
  licencesPart,
  type ObjectivePart,
  objectivesPart,
  type TimePart,
  timePart,
  type WaterfallPart,
  waterfallPart,
} from './parts.ts';

type Metrics = Readonly<Record<string, Metric>>;

/** A result as reports read it. */
export interface ReportedRun {
  /** Tells it from the others of the report. */
  readonly label: string;
  readonly result: RunResult;
  /** Metrics of parts of the fleet and the workload: kind, name, metric. */
  readonly groups: Readonly<Record<string, Readonly<Record<string, Metrics>>>>;
  readonly waterfall?: WaterfallPart;
  readonly giveBack?: GiveBackPart;
  readonly time?: TimePart;
  readonly alerts?: readonly AlertPart[];
  readonly licences?: readonly LicenceRow[];
  readonly objectives?: readonly ObjectivePart[];
  /** Parts that are there and that this version cannot read. */
  readonly unread: readonly string[];
}

/** What keeps a file from being a result. */
interface ResultProblem {
  /** Where, such as `seeds[0]`; empty: the whole. */
  readonly path: string;
  readonly message: string;
}

export type ReadResult =
  | { readonly ok: true; readonly run: ReportedRun }
  | { readonly ok: false; readonly problems: readonly ResultProblem[] };

/** A parsed `result.json`; every problem at once where it is none. */
export function readResult(value: unknown, label?: string): ReadResult {
  const core = corePart.safeParse(value);
  if (!core.success) {
    return {
      ok: false,
      problems: core.error.issues.map(({ path, message }) => ({ path: pathText(path), message })),
    };
  }
  // Every part that the sections rest on has been looked at; what else is in it they do not read.
  const result = value as RunResult;
  const raw = value as Readonly<Record<string, unknown>>;
  const unread: string[] = [];
  const part = <T>(
    key: string,
    found: unknown,
    schema: { safeParse(v: unknown): { success: boolean; data?: T } },
  ) => {
    if (found === undefined || found === null) return {};
    const read = schema.safeParse(found);
    if (!read.success) unread.push(key);
    return read.success ? { [key]: read.data } : {};
  };
  const run = {
    label: label ?? core.data.scenario.name,
    result,
    groups: core.data.groups as ReportedRun['groups'],
    ...part('waterfall', raw.waterfall, waterfallPart),
    ...part('giveBack', raw.giveBack, giveBackPart),
    ...part('time', core.data.series.time, timePart),
    ...part('alerts', raw.alerts, alertsPart),
    ...part('licences', raw.licences, licencesPart),
    ...part('objectives', raw.objectives, objectivesPart),
    unread,
  };
  return { ok: true, run };
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key, at) => (typeof key === 'number' ? `[${key}]` : `${at === 0 ? '' : '.'}${String(key)}`))
    .join('');
}
