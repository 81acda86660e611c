/** Which way a metric is better; `none`: a description of the run, of which neither more nor less is better as such. */
export type Direction = 'higher' | 'lower' | 'none';

/**
 * Metrics by name and which way is better, all other things equal: that of `docs/results.md`. `*` stands for any text
 * without a dot, `**` for any text. The first that fits settles it, so exceptions come before what they are taken from.
 */
const METRIC_DIRECTIONS: readonly (readonly [name: string, better: Direction])[] = [
  ['jobs.arrived', 'none'],
  ['jobs.placed', 'higher'],
  ['jobs.completed', 'higher'],
  ['jobs.running', 'none'],
  ['jobs.waiting', 'lower'],
  ['jobs.rejected', 'lower'],
  ['jobs.rejected.**', 'lower'],
  ['jobs.failed', 'lower'],
  ['jobs.failed.**', 'lower'],
  ['jobs.preemptions', 'lower'],
  ['work.lost', 'lower'],
  ['wait.*', 'lower'],
  ['completion.*', 'lower'],
  ['stretch.*', 'lower'],
  // More is given away: better for the owner of the fleet, who pays for all of it. Of a load that fits either way it
  // only says that jobs stay longer.
  ['gpu.allocated.*', 'none'],
  ['gpu.utilized.mean', 'higher'],
  ['gpu.busy.mean', 'none'],
  ['gpu.hours', 'none'],
  ['gpu.stranded.mean', 'lower'],
  ['gpu.largestFit.mean', 'higher'],
  ['gpu.largestFit.of.**', 'none'],
  ['gpuMemory.reserved.mean', 'none'],
  ['gpuMemory.used.mean', 'none'],
  ['gpuMemory.fragmented.mean', 'lower'],
  ['link.used.mean', 'none'],
  ['communication.share.mean', 'lower'],
  ['energy.gpu', 'lower'],
  ['slowdown.*', 'lower'],
  ['fairness.jain', 'higher'],
  ['slo.*', 'higher'],
  ['deadline.met', 'higher'],
  ['deadline.missed', 'lower'],
  ['deadline.open', 'none'],
  ['deadline.lateness.*', 'lower'],
  ['gpu.allocatedMilli', 'none'],
  ['gpu.capacityMilli', 'none'],
  ['gpu.requestedMilli', 'none'],
  ['gpu.hindsight.reached', 'higher'],
  ['jobs.hindsight.reached', 'higher'],
  ['*.hindsight.*', 'none'],
  ['cpu.allocated.*', 'none'],
  ['memory.allocated.*', 'none'],
  ['fragmentation.satisfied.*', 'none'],
  ['fragmentation.no-gpu-satisfied.*', 'none'],
  ['fragmentation.**', 'lower'],
  ['time.end', 'lower'],
  ['events', 'none'],
  ['service.*.answered', 'higher'],
  ['service.*.overdue', 'lower'],
  ['service.*.throughput', 'higher'],
  ['service.*.latency.*', 'lower'],
  ['service.*.withinObjective', 'higher'],
  ['service.*.batch.mean', 'none'],
  ['session.*.on.mean', 'higher'],
  ['session.*.active.mean', 'none'],
  ['session.*.speed.mean', 'higher'],
  ['session.*.frame.rate', 'higher'],
  ['session.*.frame.inTime', 'higher'],
  ['session.*.frame.*.*', 'lower'],
  ['changes.hosts', 'none'],
  ['changes.drain.mean', 'lower'],
  ['changes.closed.mean', 'lower'],
  ['changes.moved', 'none'],
  ['changes.notMoved', 'lower'],
  ['changes.stopped', 'lower'],
  ['changes.stun.mean', 'lower'],
  ['repartition.reviews', 'none'],
  ['repartition.begun', 'none'],
  ['repartition.done', 'none'],
  ['repartition.madeAnew', 'none'],
  ['repartition.created', 'none'],
  ['repartition.deleted', 'none'],
  ['repartition.moved', 'none'],
  ['repartition.stopped', 'lower'],
  ['repartition.closed', 'lower'],
  ['repartition.stun', 'lower'],
  ['repartition.lostWork', 'lower'],
  ['repartition.time.*', 'lower'],
  ['faults.availability', 'higher'],
  ['faults.leastGpus', 'higher'],
  ['faults.*.failures', 'lower'],
  ['faults.*.mtbf', 'higher'],
  ['faults.*.mttr', 'lower'],
  ['faults.*.repairWait.*', 'lower'],
  ['faults.*.availability', 'higher'],
  ['faults.moved', 'none'],
  ['faults.saved', 'higher'],
  ['faults.sparesJoined', 'none'],
  ['faults.restarts', 'lower'],
  ['faults.failed', 'lower'],
  ['faults.ended.*', 'lower'],
  ['faults.lostWork', 'lower'],
  ['elastic.*.hostHours', 'lower'],
  ['elastic.*.hosts.*', 'none'],
  ['elastic.*.asked', 'none'],
  ['elastic.*.released', 'none'],
  ['elastic.*.boot.*', 'lower'],
  ['elastic.*.starts', 'none'],
  ['elastic.*.wait.*', 'lower'],
  ['elastic.*.interruptions', 'lower'],
  ['elastic.*.interrupted.saved', 'none'],
  ['elastic.*.interrupted.lost', 'lower'],
  ['elastic.*.interrupted.lostWork', 'lower'],
  ['elastic.*.cappedAt', 'higher'],
  ['elastic.*.cost.*', 'lower'],
  ['elastic.cost', 'lower'],
  ['elastic.burst.*.sent', 'none'],
  ['elastic.burst.*.returned', 'none'],
  ['elastic.burst.*.after', 'none'],
  ['cost.perMonth', 'lower'],
  ['cost.*.perMonth', 'lower'],
  ['cost.rate.*', 'lower'],
  ['cost.overRun', 'lower'],
  ['cost.perGpuHour*', 'lower'],
  ['cost.perJob', 'lower'],
  ['cost.perUserHour', 'lower'],
  ['cost.energy.kWh', 'lower'],
  ['cost.carbon.kg', 'lower'],
  ['cost.npv', 'higher'],
  ['cost.irr', 'higher'],
  ['cost.roi', 'higher'],
  ['cost.payback', 'lower'],
  ['cost.discountedPayback', 'lower'],
  ['licences.*.entitled', 'none'],
  ['licences.*.needed.*', 'none'],
  ['licences.*.overUse', 'lower'],
  ['licences.*.inUse.*', 'none'],
  ['licences.*.waiting.*', 'lower'],
  ['licences.*.unlicensed.*', 'lower'],
  ['licences.*.asked', 'none'],
  ['licences.*.denied', 'lower'],
  ['licences.*.expired', 'lower'],
];

const PATTERNS = METRIC_DIRECTIONS.map(([name, better]) => ({ pattern: patternOf(name), better }));
const known = new Map<string, Direction>();

function patternOf(name: string): RegExp {
  const text = name
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*?/g, (stars) => (stars.length === 2 ? '.+' : '[^.]+'));
  return new RegExp(`^${text}$`);
}

/** Which way a metric is better; `none` where nobody has said. */
export function directionOf(metric: string): Direction {
  let direction = known.get(metric);
  if (direction === undefined) {
    direction = statedDirection(metric) ?? 'none';
    known.set(metric, direction);
  }
  return direction;
}

/** The same, undefined where nobody has said. */
export function statedDirection(metric: string): Direction | undefined {
  return PATTERNS.find(({ pattern }) => pattern.test(metric))?.better;
}
