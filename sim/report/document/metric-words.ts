/** What the last part of a name stands for. */
const ENDINGS: Readonly<Record<string, string>> = {
  mean: 'mean',
  p50: 'median',
  p90: '90th percentile',
  p95: '95th percentile',
  p99: '99th percentile',
  min: 'least',
  max: 'most',
  peak: 'peak',
  end: 'at the end',
};

/** What becomes of idle GPU. */
const FRAGMENTS: Readonly<Record<string, string>> = {
  'lack-gpu': 'too little GPU left',
  'lack-cpu': 'too little CPU left',
  'lack-both': 'too little GPU and CPU left',
  'no-access': 'model not accepted',
  'no-gpu-satisfied': 'task wants no GPU',
  'no-gpu-lack-cpu': 'task wants no GPU and finds no CPU',
  satisfied: 'of use to the next task',
};

/**
 * Metrics in words, by name; `*` stands for one part of the name, `**` for the rest, and `{1}`, `{2}` for what stood
 * there. The first that fits counts. Names, units and meanings are those of `docs/results.md`.
 */
const METRIC_WORDS: readonly (readonly [name: string, words: string])[] = [
  ['jobs.rejected.**', 'jobs rejected: {1}'],
  ['jobs.failed.**', 'jobs failed: {1}'],
  ['jobs.preemptions', 'jobs stopped for others'],
  ['jobs.*', 'jobs {1}'],
  ['work.lost', 'work lost'],
  ['wait.*', 'wait until a place is found, {1}'],
  ['completion.*', 'arrival to end, {1}'],
  ['stretch.*', 'time on GPUs over work, {1}'],
  ['slowdown.*', 'slowdown, {1}'],
  ['gpu.stranded.*', 'GPU stranded on shared cards, {1}'],
  ['gpu.largestFit.of.**', 'part of the time that {1} is the largest profile that fits'],
  ['gpu.largestFit.*', 'largest part of a GPU that fits, {1}'],
  ['gpuMemory.*.*', 'GPU memory {1}, {2}'],
  ['communication.share.*', 'part of the work that is communication, {1}'],
  ['link.used.*', 'link of hosts used, {1}'],
  ['energy.gpu', 'energy of the GPUs'],
  ['gpu.hours', 'GPU-hours allocated'],
  ['gpu.held.*', 'GPUs held, {1}'],
  ['fairness.jain', "fairness over tenants (Jain's index)"],
  ['fairness.**', 'fairness: {1}'],
  ['licences.*.**', 'licences {1}: {2}'],
  ['deadline.met', 'jobs that ended by their deadline'],
  ['deadline.missed', 'jobs that missed their deadline'],
  ['deadline.open', 'jobs whose deadline was still to come'],
  ['deadline.lateness.*', 'time after the deadline, {1}'],
  ['slo.**', 'objective of {1}'],
  ['gpu.allocated.*', 'GPU allocated, {1}'],
  ['gpu.utilized.*', 'GPU compute used, {1}'],
  ['gpu.busy.*', 'time that GPUs have work, {1}'],
  ['gpu.allocatedMilli', 'GPUs allocated at the end'],
  ['gpu.capacityMilli', 'GPUs there at the end'],
  ['gpu.requestedMilli', 'GPUs requested'],
  ['gpu.hindsight.bound', 'GPU that no policy could have exceeded'],
  ['gpu.hindsight.reached', 'GPU allocated, of what was possible'],
  ['gpu.hindsight.exact', 'runs whose bound is the optimum'],
  ['gpu.hindsight.load', 'work offered in the long run, of what is possible'],
  ['jobs.hindsight.bound', 'jobs placed that no policy could have exceeded'],
  ['jobs.hindsight.reached', 'jobs placed, of what was possible'],
  ['jobs.hindsight.exact', 'runs whose bound of jobs is the optimum'],
  ['wait.hindsight.mean', 'mean wait that no policy could have been below'],
  ['wait.hindsight.p50', 'median wait that no policy could have been below'],
  ['wait.hindsight.p95', '95th percentile of the wait that no policy could have been below'],
  ['wait.hindsight.p99', '99th percentile of the wait that no policy could have been below'],
  ['cpu.allocated.*', 'CPU allocated, {1}'],
  ['memory.allocated.*', 'host memory allocated, {1}'],
  ['fragmentation.ofIdle.*', 'part of the idle GPU that is of no use, {1}'],
  ['fragmentation.mean', 'GPU idle but of no use, mean'],
  ['fragmentation.end', 'GPU idle but of no use, at the end'],
  ['fragmentation.*.*', 'idle GPU: {1}, {2}'],
  ['time.end', 'simulated time'],
  ['events', 'events'],
  ['service.*.answered', '{1}: requests answered'],
  ['service.*.overdue', '{1}: requests overdue'],
  ['service.*.throughput', '{1}: answers'],
  ['service.*.latency.*', '{1}: latency, {2}'],
  ['service.*.withinObjective', '{1}: answered within the objective'],
  ['service.*.batch.*', '{1}: requests served together, {2}'],
  ['session.*.on.*', '{1}: sessions with a place, {2}'],
  ['session.*.active.*', '{1}: part of that time active, {2}'],
  ['session.*.speed.*', '{1}: speed while active against a card alone, {2}'],
  ['session.*.frame.gpu.*', '{1}: frame on the GPU, {2}'],
  ['session.*.frame.seen.*', '{1}: frame from input to screen, {2}'],
  ['session.*.frame.click.*', '{1}: click to screen, {2}'],
  ['session.*.frame.rate', '{1}: frames'],
  ['session.*.frame.inTime', '{1}: frames within the deadline'],
  ['changes.hosts', 'hosts changed'],
  ['changes.drain.*', 'until a host was empty, {1}'],
  ['changes.closed.*', 'host closed for its change, {1}'],
  ['changes.moved', 'jobs moved for a change'],
  ['changes.notMoved', 'jobs that could not be moved'],
  ['changes.stopped', 'jobs stopped for a change'],
  ['changes.stun.*', 'a moved job stood still, {1}'],
  ['repartition.madeAnew', 'plans of cards made again'],
  ['repartition.lostWork', 'work lost to new layouts'],
  ['repartition.time.*', 'new layouts, time of step {1}'],
  ['repartition.*', 'new layouts: {1}'],
  ['faults.availability', 'GPUs that worked and could be reached'],
  ['faults.leastGpus', 'fewest GPUs at any time'],
  ['faults.lostWork', 'work lost to faults'],
  ['faults.sparesJoined', 'spare hosts that joined'],
  ['faults.ended.*', 'jobs ended by a fault: {1}'],
  ['faults.*.failures', '{1}: failures'],
  ['faults.*.mtbf', '{1}: time between failures'],
  ['faults.*.mttr', '{1}: time to repair'],
  ['faults.*.repairWait.*', '{1}: wait for a crew, {2}'],
  ['faults.*.availability', '{1}: part of the time that it works'],
  ['faults.*', 'jobs after a fault: {1}'],
  ['elastic.burst.*.*', 'burst {1}: {2}'],
  ['elastic.cost', 'cost of hosts and data that come and go'],
  ['elastic.*.**', '{1}: {2}'],
  ['cost.perMonth', 'cost'],
  ['cost.perGpuHourDelivered', 'cost of a GPU-hour of work'],
  ['cost.perGpuHourAllocated', 'cost of a GPU-hour allocated'],
  ['cost.perGpuHourPresent', 'cost of a GPU-hour there'],
  ['cost.perJob', 'cost of a completed job'],
  ['cost.perUserHour', "cost of an hour of a user's session"],
  ['cost.energy.kWh', 'energy'],
  ['cost.carbon.kg', 'carbon, CO2 equivalent'],
  ['cost.*.perMonth', 'cost of {1}'],
  ['cost.rate.*', 'cost of the hosts that are there, {1}'],
  ['cost.overRun', 'cost of the simulated time'],
  ['cost.npv', 'net present value against the baseline'],
  ['cost.irr', 'internal rate of return against the baseline'],
  ['cost.payback', 'until paid back'],
  ['cost.discountedPayback', 'until paid back, discounted'],
  ['cost.roi', 'return on investment'],
  ['cost.**', 'cost: {1}'],
];

const PATTERNS = METRIC_WORDS.map(([name, words]) => ({ pattern: patternOf(name), words }));

function patternOf(name: string): RegExp {
  const text = name
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*?/g, (stars) => (stars.length === 2 ? '(.+)' : '([^.]+)'));
  return new RegExp(`^${text}$`);
}

/** What a metric is, in words; its name where nobody has said. */
export function metricWords(metric: string): string {
  return statedWords(metric) ?? metric;
}

/** The same, undefined where nobody has said. */
export function statedWords(metric: string): string | undefined {
  for (const { pattern, words } of PATTERNS) {
    const match = pattern.exec(metric);
    if (match === null) continue;
    return words.replace(/\{(\d)\}/g, (_, at: string) => {
      const part = match[Number(at)] as string;
      if (Object.hasOwn(ENDINGS, part)) return ENDINGS[part] as string;
      return Object.hasOwn(FRAGMENTS, part) ? (FRAGMENTS[part] as string) : part;
    });
  }
  return undefined;
}
