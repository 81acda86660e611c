/**
 * Metrics by name and unit: those of `docs/results.md` and `docs/cost.md`. `*` stands for any text without a dot, `**`
 * for any text; a list in braces for each of its words.
 */
const METRICS: readonly (readonly [names: string, unit: string])[] = [
  ['jobs.{arrived,placed,rejected,completed,running,waiting,failed,preemptions}', 'jobs'],
  ['jobs.{rejected,failed}.**', 'jobs'],
  ['work.lost', 'seconds'],
  ['{wait,completion}.{mean,p50,p95,p99,max}', 'seconds'],
  ['stretch.{mean,p50,p95,p99,max}', 'ratio'],
  ['{gpu,cpu,memory}.allocated.{mean,peak,end}', 'fraction'],
  ['gpu.{utilized,busy}.mean', 'fraction'],
  ['{gpu,jobs}.hindsight.{reached,exact}', 'fraction'],
  ['gpu.hindsight.{bound,load}', 'fraction'],
  ['jobs.hindsight.bound', 'jobs'],
  ['wait.hindsight.{mean,p50,p95,p99}', 'seconds'],
  ['gpu.{allocatedMilli,capacityMilli,requestedMilli}', 'milliGPU'],
  ['gpu.hours', 'GPU-hours'],
  ['gpu.{stranded,largestFit}.mean', 'fraction'],
  ['gpu.largestFit.of.*', 'fraction'],
  ['gpuMemory.{reserved,used,fragmented}.mean', 'fraction'],
  ['{link.used,communication.share}.mean', 'fraction'],
  ['energy.gpu', 'kWh'],
  ['slowdown.{mean,p50,p95,p99,max}', 'ratio'],
  ['fairness.jain', 'fraction'],
  ['deadline.met', 'fraction'],
  ['deadline.{missed,open}', 'jobs'],
  ['deadline.lateness.{mean,p50,p95,p99,max}', 'seconds'],
  ['slo.{requests,frames}', 'fraction'],
  ['licences.*.entitled', 'licences'],
  ['licences.*.{needed,inUse,waiting}.{mean,peak}', 'licences'],
  ['licences.*.overUse', 'licence-hours'],
  ['licences.*.unlicensed.{growth,server,region,lapse}', 'licence-hours'],
  ['licences.*.{asked,denied,expired}', 'events'],
  ['fragmentation.{mean,end,ofIdle.end}', 'fraction'],
  ['fragmentation.*.{mean,end}', 'fraction'],
  ['time.end', 'seconds'],
  ['events', 'events'],
  ['service.*.{answered,overdue}', 'requests'],
  ['service.*.throughput', 'requests/s'],
  ['service.*.latency.{mean,p50,p95,p99,max}', 'seconds'],
  ['service.*.withinObjective', 'fraction'],
  ['service.*.batch.mean', 'requests'],
  ['session.*.on.mean', 'sessions'],
  ['session.*.{active,speed}.mean', 'fraction'],
  ['session.*.frame.{gpu,seen,click}.{mean,p50,p95,p99}', 'seconds'],
  ['session.*.frame.rate', 'frames/s'],
  ['session.*.frame.inTime', 'fraction'],
  ['changes.hosts', 'hosts'],
  ['changes.{drain,closed,stun}.mean', 'seconds'],
  ['changes.{moved,notMoved,stopped}', 'jobs'],
  ['repartition.{reviews,begun,done,madeAnew,created,deleted}', 'events'],
  ['repartition.{moved,stopped}', 'jobs'],
  ['repartition.{closed,stun,lostWork}', 'GPU-minutes'],
  ['repartition.time.{wait,drain,migrate,delete,create,change}', 'seconds'],
  ['faults.availability', 'fraction'],
  ['faults.leastGpus', 'GPU'],
  ['faults.*.failures', 'events'],
  ['faults.*.{mtbf,mttr}', 'seconds'],
  ['faults.*.repairWait.{mean,max}', 'seconds'],
  ['faults.*.availability', 'fraction'],
  ['faults.{restarts,failed,moved,saved}', 'jobs'],
  ['faults.ended.*', 'jobs'],
  ['faults.lostWork', 'GPU-seconds'],
  ['faults.sparesJoined', 'hosts'],
  ['elastic.*.hostHours', 'host-hours'],
  ['elastic.*.hosts.{mean,peak,end}', 'hosts'],
  ['elastic.*.{asked,released,interruptions}', 'hosts'],
  ['elastic.*.boot.{mean,max}', 'seconds'],
  ['elastic.*.starts', 'jobs'],
  ['elastic.*.wait.{mean,p50,p95,max}', 'seconds'],
  ['elastic.*.interrupted.{saved,lost}', 'jobs'],
  ['elastic.*.interrupted.lostWork', 'GPU-seconds'],
  ['elastic.*.cappedAt', 'seconds'],
  ['elastic.*.cost.{compute,egress}', 'USD'],
  ['elastic.cost', 'USD'],
  ['elastic.burst.*.{sent,returned}', 'jobs'],
  ['elastic.burst.*.after', 'seconds'],
  ['cost.perMonth', 'CUR/month'],
  ['cost.*.perMonth', 'CUR/month'],
  ['cost.rate.{mean,peak}', 'CUR/hour'],
  ['cost.{overRun,npv}', 'CUR'],
  ['cost.{perGpuHourPresent,perGpuHourAllocated,perGpuHourDelivered}', 'CUR/GPU-hour'],
  ['cost.perJob', 'CUR/job'],
  ['cost.perUserHour', 'CUR/user-hour'],
  ['cost.energy.kWh', 'kWh/month'],
  ['cost.carbon.kg', 'kg/month'],
  ['cost.irr', 'fraction/year'],
  ['cost.{payback,discountedPayback}', 'months'],
  ['cost.roi', 'ratio'],
];

/** Short names of metrics. */
export const ALIASES: Readonly<Record<string, string>> = {
  utilization: 'gpu.utilized.mean',
  allocation: 'gpu.allocated.mean',
  busy: 'gpu.busy.mean',
  fragmentation: 'fragmentation.mean',
  availability: 'faults.availability',
  rejected: 'jobs.rejected',
  completed: 'jobs.completed',
  preemptions: 'jobs.preemptions',
  makespan: 'time.end',
  cost: 'cost.perMonth',
  energy: 'cost.energy.kWh',
  carbon: 'cost.carbon.kg',
};

/** What a short name stands for; any other as it is. */
export const unaliased = (name: string): string =>
  Object.hasOwn(ALIASES, name) ? (ALIASES[name] as string) : name;

/** Short names of what a statistic is taken of: `p95(wait)`, `max(allocation)`. */
const STEMS: Readonly<Record<string, string>> = {
  utilization: 'gpu.utilized',
  allocation: 'gpu.allocated',
  busy: 'gpu.busy',
};

export const unaliasedStem = (stem: string): string =>
  Object.hasOwn(STEMS, stem) ? (STEMS[stem] as string) : stem;

/** Statistics that some metrics have, as functions of the name before them. */
export const STATISTICS: readonly string[] = ['mean', 'p50', 'p95', 'p99', 'max', 'peak', 'end'];

interface Known {
  readonly name: string;
  readonly unit: string;
  readonly pattern: RegExp;
}

const KNOWN: readonly Known[] = METRICS.flatMap(([names, unit]) =>
  expanded(names).map((name) => ({ name, unit, pattern: patternOf(name) })),
);

/** Every name of the table, with `*` where any text stands. */
export const KNOWN_METRICS: readonly string[] = KNOWN.map(({ name }) => name);

/** Unit of a metric by its name; undefined where no metric is called so. */
export function knownUnit(metric: string): string | undefined {
  return KNOWN.find(({ pattern }) => pattern.test(metric))?.unit;
}

/** Statistics of a name: `mean`, `p50` and so on of `wait`. */
export function statisticsOf(stem: string): readonly string[] {
  return STATISTICS.filter((each) => knownUnit(`${stem}.${each}`) !== undefined);
}

/** Names that may be meant by one that is not known: the parts that stand for any text are taken from it. */
export function likelyNames(written: string): readonly string[] {
  const parts = written.split('.');
  const filled = KNOWN_METRICS.map((name) =>
    name
      .split('.')
      .map((part, i) => (part.startsWith('*') ? (parts[i] ?? part) : part))
      .join('.'),
  );
  return [...Object.keys(ALIASES), ...filled];
}

function expanded(names: string): readonly string[] {
  const [whole, list = ''] = /\{([^}]*)\}/.exec(names) ?? [];
  if (whole === undefined) return [names];
  return list.split(',').flatMap((word) => expanded(names.replace(whole, word)));
}

function patternOf(name: string): RegExp {
  const text = name
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*?/g, (stars) => (stars.length === 2 ? '.+' : '[^.]+'));
  return new RegExp(`^${text}$`);
}
