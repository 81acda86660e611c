import { GPU_MILLI } from '../../sim/cluster/request.ts';
import { type ReplayJob, type ReplayState, segmentAt } from '../../sim/observe/replay/index.ts';
import { decisionText, placesText, type SegmentSource } from './divergence-moments.ts';

/** What is free at a moment; hosts and GPUs that take nobody in do not count. */
interface FreePlaces {
  /** GPUs of which nothing is taken. */
  readonly wholeGpus: number;
  /** Thousandths of GPUs, all together. */
  readonly milli: number;
  readonly gpus: number;
  /** Hosts that have what one worker of the job asks for; see `isByCard`. */
  readonly hostsThatDo: number;
  readonly hosts: number;
  /** The cards' sharing mode decides as well: hosts count whose cards are not full. */
  readonly isByCard: boolean;
}

/** What one run did about a job at one moment, and how things were. */
export interface Account {
  readonly atUs: number;
  /** What it did, in order; empty: nothing. */
  readonly did: readonly string[];
  /** Why: of a stop or a rejection, as it was recorded. */
  readonly why: readonly { readonly kind: 'preempted' | 'rejected'; readonly reason: string }[];
  /** The job just before it was decided about, or when the moment was over where nothing was decided. */
  readonly job: JobThen | undefined;
  /** What was free at that time. */
  readonly free: FreePlaces;
  /** What was decided about others at that moment, in order: the first of them, and how many. */
  readonly others: readonly string[];
  readonly otherCount: number;
}

interface JobThen {
  readonly phase: ReplayJob['phase'];
  readonly sinceUs: number;
  /** Why it waits, where anything is known; as it is recorded. */
  readonly reason: string | undefined;
  /** Where it is; empty where it has no place. */
  readonly places: string;
  readonly kind: ReplayJob['kind'];
}

/** Decisions about others that are told. */
const MOST_OTHERS = 8;

/**
 * Reads what a run did about a job at a moment, and what was free just before; when the moment was over, where it did nothing.
 *
 * @param number of the job in that run
 * @throws {ReplayFileError} if the file is damaged there
 */
export async function accountOf(source: SegmentSource, number: number, atUs: number): Promise<Account> {
  const { segments } = source;
  const [did, others]: [string[], string[]] = [[], []];
  const why: Account['why'][number][] = [];
  const [hosts, gpus] = [new Set<number>(), new Set<number>()];
  let otherCount = 0;
  /** The segment and the event of its first decision. */
  let decided: readonly [segment: number, event: number] | undefined;
  let end: ReplayState | undefined;
  for (let at = segmentAt(segments, atUs - 1); at < segments.length; at++) {
    if (end !== undefined && (segments[at]?.firstUs ?? 0) > atUs) break;
    const cursor = (await source.segment(at)).open();
    end = cursor.state;
    cursor.advanceTo(atUs - 1);
    while (cursor.nextUs <= atUs) {
      const event = cursor.step();
      const decision = event?.job === undefined ? undefined : decisionText(event, cursor.state);
      if (event?.job === undefined || decision === undefined) continue;
      if (event.job.number === number) {
        decided ??= [at, cursor.at - 1];
        // Of a stop, these are what it gives back.
        for (const part of event.kind === 'preempted' ? [] : (event.parts ?? [])) {
          hosts.add(part.host);
          for (const index of part.gpus) gpus.add((cursor.state.gpuStart[part.host] as number) + index);
        }
        did.push(decision);
        if ((event.kind === 'preempted' || event.kind === 'rejected') && event.text)
          why.push({ kind: event.kind, reason: event.text });
        continue;
      }
      otherCount += 1;
      if (others.length < MOST_OTHERS) others.push(`${event.job.name}: ${decision}`);
    }
  }
  let seen = end;
  if (decided !== undefined) {
    const cursor = (await source.segment(decided[0])).open();
    while (cursor.at < decided[1]) cursor.step();
    seen = cursor.state;
  }
  if (seen === undefined) throw new RangeError(`Cannot look at ${atUs} us: the replay has no part`);
  const job = seen.jobs.find((each) => each?.number === number);
  const { kind } = job ?? end?.jobs.find((each) => each?.number === number) ?? {};
  return {
    ...{ atUs, did, why, others, otherCount },
    job: job === undefined ? undefined : jobThen(seen, job),
    free: freePlaces(seen, kind, { end, hosts, gpus }),
  };
}

function jobThen(state: ReplayState, { phase, sinceUs, group, parts, kind }: ReplayJob): JobThen {
  const reason = phase === 'waiting' ? state.reasons.get(group) : undefined;
  return { phase, sinceUs, reason, places: placesText(state, parts), kind };
}

/** Places that are open to a job at a moment though the state just before says that they are not. */
interface Opened {
  /** The state when the moment is over. */
  readonly end: ReplayState | undefined;
  /** Hosts and GPUs that it then got, such as those that were kept for it. */
  readonly hosts: ReadonlySet<number>;
  readonly gpus: ReadonlySet<number>;
}

/**
 * Counts what is free.
 *
 * @param kind of the job whose places are counted; absent: any host will do
 * @param opened what opens at the moment is recorded after the decisions that it is opened for
 */
function freePlaces(
  state: ReplayState,
  kind: ReplayJob['kind'] | undefined,
  { end = state, hosts: gotHosts, gpus: gotGpus }: Opened,
): FreePlaces {
  const { hosts, gpuStart, gpuCount } = state;
  const asked = kind?.requests[0];
  const isByCard = asked?.ask !== undefined;
  let [wholeGpus, milli, hostsThatDo] = [0, 0, 0];
  for (const [h, { gpus }] of hosts.entries()) {
    if (state.closedFor[h] !== 0 && end.closedFor[h] !== 0 && !gotHosts.has(h)) continue;
    let fitting = 0;
    let g = gpuStart[h] as number;
    for (const { model, count } of gpus) {
      const isAccepted = asked === undefined || asked.models.length === 0 || asked.models.includes(model);
      for (let i = 0; i < count; i++, g++) {
        if (state.gpuClosedFor[g] !== 0 && end.gpuClosedFor[g] !== 0 && !gotGpus.has(g)) continue;
        const free = state.gpuFreeMilli[g] as number;
        milli += free;
        if (free === GPU_MILLI) wholeGpus += 1;
        const isShared = state.cards[g] !== undefined;
        // What it got was free, though of decisions that are made together the record may have others first.
        const hasRoom =
          gotGpus.has(g) || (isByCard ? isShared && free > 0 : !isShared && free >= (asked?.gpuMilli ?? 1));
        if (isAccepted && hasRoom) fitting += 1;
      }
    }
    const hasRest =
      asked === undefined ||
      gotHosts.has(h) ||
      ((state.cpuFreeMilli[h] as number) >= asked.cpuMilli &&
        (state.memoryFreeMib[h] as number) >= asked.memoryMib);
    if (hasRest && fitting >= (asked?.gpuCount ?? 0)) hostsThatDo += 1;
  }
  return { wholeGpus, milli, gpus: gpuCount, hostsThatDo, hosts: hosts.length, isByCard };
}
