import type { FleetView } from '../cluster/fleet.ts';
import { AlertWatch, type Watched } from '../observe/alerts/alert-watch.ts';
import { columnOf, PLACE_SIGNALS, type PlaceSignalName } from '../observe/groups/columns.ts';
import type { FleetCourse } from '../observe/groups/fleet-course.ts';
import { LINE_SIGNALS, type LineCourse, type LineSignalName } from '../observe/series/line-course.ts';
import type { AlertRule } from '../scenario/metrics-types.ts';
import type { Scenario, SessionGroup } from '../scenario/types.ts';
import { defaultRules, FRAME_LIMITS, FRAME_WINDOW_US } from './alert-defaults.ts';
import { FrameWatch } from './frame-watch.ts';

/** A rule as results show it. */
export interface AlertTerms {
  readonly rule: string;
  readonly metric: string;
  readonly is: 'above' | 'below';
  readonly limit: number;
  /** Least time without a break; of frames, length of the windows of which each is looked at as a whole. */
  readonly windowSeconds: number;
  readonly source: string;
}

/** What one run saw of a rule and one part of the fleet. */
export interface AlertFound {
  readonly terms: AlertTerms;
  /** `fleet`, or the kind and the name of the part: `pool a`. Of frames, `sessions NAME`. */
  readonly scope: string;
  /** Whether there was anything to measure. */
  readonly isMeasured: boolean;
  readonly count: number;
  readonly totalSeconds: number;
  readonly longest: readonly {
    readonly atSeconds: number;
    readonly untilSeconds: number;
    readonly worst: number;
  }[];
}

/** Watches the rules of a scenario, and those of the sources, during one run. */
export class AlertDesk {
  readonly #rules: readonly AlertRule[];
  readonly #sessions: readonly SessionGroup[];
  /** Whether any job exchanges data between GPUs. */
  readonly #exchanges: boolean;
  readonly #watches: { readonly rule: AlertRule; readonly scope: string; readonly watch: AlertWatch }[] = [];
  /** Rules that nothing in this run is about. */
  readonly #unmeasured: AlertRule[] = [];
  /** Of session groups that draw, where a source has a limit for their kind of work. */
  readonly frames: FrameWatch | undefined;

  constructor(scenario: Scenario, fleet: FleetView) {
    const { alerts } = scenario;
    const hasDefaults = alerts?.hasDefaults ?? true;
    const links = movesData(scenario);
    this.#exchanges = exchangesData(scenario);
    this.#rules = [...(hasDefaults ? defaultRules(fleet.hasCards, links) : []), ...(alerts?.rules ?? [])];
    this.#sessions = hasDefaults ? scenario.workload.sessions : [];
    const limits = this.#sessions.map((group) => frameLimitOf(group)?.seconds);
    if (limits.some((limit) => limit !== undefined)) this.frames = new FrameWatch(FRAME_WINDOW_US, limits);
  }

  /** Whether some rule is about each host. */
  get needsHosts(): boolean {
    return this.#rules.some(({ scope }) => scope === 'host');
  }

  /** To be called before the run begins. */
  watch(course: FleetCourse, line: LineCourse): void {
    for (const rule of this.#rules) {
      const { metric, isAbove, limit, windowUs, scope } = rule;
      if (metric in LINE_SIGNALS) {
        const { valueAt, wholeAt } = LINE_SIGNALS[metric as LineSignalName];
        const watch = new AlertWatch(valueAt, wholeAt, isAbove, limit, windowUs);
        line.listen(metric as LineSignalName, watch);
        this.#watches.push({ rule, scope: 'fleet', watch });
        continue;
      }
      const { value, whole, isOfHosts } = PLACE_SIGNALS[metric as PlaceSignalName];
      const isOfParts = isOfHosts && (scope === 'gpuModel' || scope === 'mode');
      const isOfNobody = metric === 'communication.share' && !this.#exchanges;
      if (isOfParts || isOfNobody || columnOf(whole) >= course.tracks.columns) {
        this.#unmeasured.push(rule);
        continue;
      }
      for (const [name, row] of course.places.rows.get(scope) ?? []) {
        const watch = new AlertWatch(columnOf(value), columnOf(whole), isAbove, limit, windowUs);
        course.tracks.listen(row, value, watch);
        this.#watches.push({ rule, scope: scope === 'fleet' ? 'fleet' : `${scope} ${name}`, watch });
      }
    }
  }

  /** What was seen, once the run has ended. Parts of the fleet without an alert are summed up as one line a rule. */
  read(): readonly AlertFound[] {
    const found: AlertFound[] = [];
    for (const rule of this.#rules) {
      const own = this.#watches
        .filter((each) => each.rule === rule)
        .map(({ scope, watch }) => ({ scope, seen: watch.read() }));
      const fired = own.filter(({ seen }) => seen.count > 0);
      if (fired.length > 0)
        found.push(...fired.map(({ scope, seen }) => foundOf(termsOf(rule), scope, seen)));
      else {
        const isMeasured = own.some(({ seen }) => seen.measuredUs > 0);
        found.push({ ...quiet(termsOf(rule), rule.scope), isMeasured });
      }
    }
    return [...found, ...this.#ofFrames()];
  }

  #ofFrames(): readonly AlertFound[] {
    return this.#sessions.flatMap((group, g) => {
      const limit = frameLimitOf(group);
      const seen = this.frames?.read(g);
      if (limit === undefined || seen === undefined) return [];
      const terms: AlertTerms = {
        rule: limit.name,
        metric: `session.${group.name}.${limit.metric}`,
        is: 'above',
        limit: limit.seconds,
        windowSeconds: FRAME_WINDOW_US / 1e6,
        source: limit.source,
      };
      return [{ ...foundOf(terms, `sessions ${group.name}`, seen), isMeasured: seen.measuredUs > 0 }];
    });
  }
}

/** Undefined where nothing is drawn, and where no source has a limit for that kind of work. */
function frameLimitOf({ frames, use }: SessionGroup): (typeof FRAME_LIMITS)[number] | undefined {
  return frames === null ? undefined : FRAME_LIMITS.find(({ workload }) => workload === use?.workload);
}

function termsOf({ name, metric, isAbove, limit, windowUs, source }: AlertRule): AlertTerms {
  return {
    rule: name,
    metric,
    is: isAbove ? 'above' : 'below',
    limit,
    windowSeconds: windowUs / 1e6,
    source,
  };
}

const quiet = (terms: AlertTerms, scope: string): AlertFound => ({
  terms,
  scope,
  isMeasured: true,
  count: 0,
  totalSeconds: 0,
  longest: [],
});

function foundOf(terms: AlertTerms, scope: string, { count, totalUs, longest }: Watched): AlertFound {
  return {
    terms,
    scope,
    isMeasured: true,
    count,
    totalSeconds: totalUs / 1e6,
    longest: longest.map(({ sinceUs, untilUs, worst }) => ({
      atSeconds: sinceUs / 1e6,
      untilSeconds: untilUs / 1e6,
      worst,
    })),
  };
}

function exchangesData({ workload: { synthetic, services, trace } }: Scenario): boolean {
  const all = [...(synthetic?.classes ?? []), ...services];
  return trace !== null || all.some(({ communication }) => communication > 0);
}

/** Whether any work moves data over the links of its GPUs. */
function movesData({ workload: { synthetic, services, sessions, trace } }: Scenario): boolean {
  const all = [...(synthetic?.classes ?? []), ...services, ...sessions];
  return trace !== null || all.some(({ use }) => (use?.linkBytesPerSec ?? 0) > 0);
}
