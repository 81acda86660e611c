import type { AlertFound, AlertTerms } from './alerts.ts';

/** Rows and single alerts that a result tells at most. */
const MOST_ROWS = 200;
const MOST_EVENTS = 20;

/** What became of a rule in one part of the fleet, over all replications. */
export interface Alert extends AlertTerms {
  /** `fleet`, the kind and name of a part (`pool a`), the kind alone where no part had an alert, or `sessions NAME`. */
  readonly scope: string;
  /** `unmeasured`: nothing in the scenario is of that kind, such as links where no work states what it moves. */
  readonly state: 'fired' | 'quiet' | 'unmeasured';
  /** Alerts, and time in them: means over the replications. */
  readonly count: number;
  readonly totalSeconds: number;
  /** In a sentence. */
  readonly text: string;
  /** The longest ones of all replications, by seed and time. */
  readonly longest: readonly {
    readonly seed: number;
    readonly atSeconds: number;
    readonly untilSeconds: number;
    readonly worst: number;
  }[];
}

/** Joins what replications saw. Rules that fired come first, by time; then quiet ones, in their order. */
export function joinAlerts(
  runs: readonly { readonly seed: number; readonly alerts: readonly AlertFound[] }[],
): readonly Alert[] {
  const byKey = new Map<string, { readonly seed: number; readonly found: AlertFound }[]>();
  const fired = new Set<string>();
  for (const { seed, alerts } of runs) {
    for (const found of alerts) {
      const key = JSON.stringify([found.terms.rule, found.scope]);
      const own = byKey.get(key);
      if (own === undefined) byKey.set(key, [{ seed, found }]);
      else own.push({ seed, found });
      if (found.count > 0) fired.add(found.terms.rule);
    }
  }
  const rows = [...byKey.values()]
    // A rule that fired somewhere says nothing of where it did not.
    .filter((all) => all.some(({ found }) => found.count > 0) || !fired.has(ruleOf(all)))
    .map((all) => joined(all, runs.length));
  return rows
    .map((row, order) => ({ row, order }))
    .sort((a, b) => b.row.totalSeconds - a.row.totalSeconds || a.order - b.order)
    .slice(0, MOST_ROWS)
    .map(({ row }) => row);
}

const ruleOf = (all: readonly { readonly found: AlertFound }[]) => all[0]?.found.terms.rule ?? '';

function joined(all: readonly { readonly seed: number; readonly found: AlertFound }[], runs: number): Alert {
  const { terms, scope } = (all[0] as { found: AlertFound }).found;
  const count = all.reduce((sum, { found }) => sum + found.count, 0) / runs;
  const totalSeconds = all.reduce((sum, { found }) => sum + found.totalSeconds, 0) / runs;
  const longest = all
    .flatMap(({ seed, found }) => found.longest.map((each) => ({ seed, ...each })))
    .sort((a, b) => b.untilSeconds - b.atSeconds - (a.untilSeconds - a.atSeconds))
    .slice(0, MOST_EVENTS)
    .sort((a, b) => a.seed - b.seed || a.atSeconds - b.atSeconds);
  const isMeasured = all.some(({ found }) => found.isMeasured);
  const state = count > 0 ? 'fired' : isMeasured ? 'quiet' : 'unmeasured';
  const row = { ...terms, scope, state, count, totalSeconds, longest } as const;
  return { ...row, text: textOf(row) };
}

function textOf({
  metric,
  is,
  limit,
  windowSeconds,
  scope,
  state,
  count,
  totalSeconds,
  longest,
}: Omit<Alert, 'text'>): string {
  const unit = metric.startsWith('jobs.') ? 'number' : metric.startsWith('session.') ? 'time' : 'fraction';
  const show = (value: number) =>
    unit === 'fraction'
      ? `${rounded(value * 100)} %`
      : unit === 'time'
        ? `${rounded(value * 1000)} ms`
        : rounded(value);
  const window =
    unit === 'time'
      ? `in windows of ${inMinutes(windowSeconds)}`
      : windowSeconds === 0
        ? 'for any time'
        : `for ${inMinutes(windowSeconds)} or longer`;
  const rule = `${metric} ${is} ${show(limit)} ${window}`;
  if (state === 'unmeasured') return `${rule}: not measured, as nothing here is of that kind`;
  if (state === 'quiet') return `${rule}: never (${scope})`;
  const worst = longest.map((each) => each.worst);
  const extreme = is === 'above' ? Math.max(...worst) : Math.min(...worst);
  const times = `${rounded(count)} ${count === 1 ? 'time' : 'times'}`;
  return `${rule}: ${times}, ${inMinutes(totalSeconds)} in all, ${is === 'above' ? 'up' : 'down'} to ${show(extreme)} (${scope})`;
}

/** Three digits are enough for a sentence. */
const rounded = (value: number) => String(Number(value.toPrecision(3)));

const inMinutes = (seconds: number) =>
  seconds < 60
    ? `${rounded(seconds)} s`
    : seconds < 7200
      ? `${rounded(seconds / 60)} min`
      : `${rounded(seconds / 3600)} h`;
