import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { ClusterObserver, Job } from '../../sim/cluster/changes.ts';
import type { FleetView } from '../../sim/cluster/fleet.ts';
import type { Part } from '../../sim/cluster/part.ts';
import type { InterventionDesk } from '../../sim/engine/interventions.ts';
import { type Replication, replayHeader, replicate, type Scenario, type TraceData } from '../../sim/index.ts';
import {
  openReplay,
  type ReplayOutline,
  type ReplayReading,
  type ReplayState,
  type ReplayTables,
  ReplayWriter,
  readSegment,
  type Segment,
} from '../../sim/observe/replay/index.ts';

/** Answers the requests of a reader from a file in memory. */
export function readFrom<T>(file: Uint8Array, reading: ReplayReading<T>): T {
  let step = reading.next();
  while (step.done !== true) {
    const { value } = step;
    step = reading.next(
      value.need === 'bytes'
        ? file.subarray(value.offset, value.offset + value.length)
        : new Uint8Array(inflateRawSync(value.bytes)),
    );
  }
  return step.value;
}

export function outlineOf(file: Uint8Array): ReplayOutline {
  return readFrom(file, openReplay(file.length));
}

export function segmentsOf(file: Uint8Array): readonly Segment[] {
  const outline = outlineOf(file);
  return outline.segments.map((entry) => readFrom(file, readSegment(outline, entry, file.length)));
}

/** What the engine itself says of a moment. */
export interface Seen {
  readonly atUs: number;
  readonly cpuFree: readonly number[];
  readonly memoryFree: readonly number[];
  readonly closed: readonly number[];
  readonly gpuFree: readonly number[];
  readonly gpuClosed: readonly number[];
  /** By GPU: its slots, its layout, what it is cut into. */
  readonly cards: readonly (object | null)[];
  readonly jobs: readonly object[];
}

export interface RecordedRun {
  readonly file: Uint8Array;
  readonly seen: readonly Seen[];
  readonly events: number;
  readonly rawBytes: number;
  readonly run: Replication;
  /** Length of each piece that was written, in order. */
  readonly written: readonly number[];
}

interface Options {
  readonly traces?: TraceData;
  /** What the header says of the scenario. */
  readonly document?: unknown;
  readonly isPacked?: boolean;
}

/**
 * Runs a scenario and writes its replay; what the engine holds is noted at the times given. A fill run has no times: there
 * it is noted after so many jobs.
 */
export function runWithReplay(
  scenario: Scenario,
  timesUs: readonly number[],
  { traces = {}, document = {}, isPacked = true }: Options = {},
): RecordedRun {
  const isFill = scenario.experiment.kind === 'fill';
  const fillTimes = new Set(timesUs);
  const chunks: Uint8Array[] = [];
  const seen: Seen[] = [];
  let writer: ReplayWriter | undefined;
  let fleetSeen: FleetView | undefined;
  /** Names of jobs that may be in the system. */
  const present = new Map<number, Job>();
  const worked = new Map<number, readonly number[]>();
  const filled: object[] = [];
  const keeper: ClusterObserver = {
    arrived: (_at, job) => void present.set(job.number, job),
    rejected: (atUs, job) => {
      present.delete(job.number);
      if (isFill && fillTimes.has(atUs))
        seen.push(lookAtFleet(atUs, fleetSeen as FleetView, [...filled], worked));
    },
    placed: (atUs, job, parts) => {
      if (!isFill) return;
      filled.push(jobSeen(job, 'running', parts));
      if (fillTimes.has(atUs)) seen.push(lookAtFleet(atUs, fleetSeen as FleetView, [...filled], worked));
    },
    failed: (_at, job) => void present.delete(job.number),
    worked: (_at, gpu, work, isBusy, link) => void worked.set(gpu, [work, isBusy ? 1 : 0, link]),
  };
  const run = replicate(scenario, traces, scenario.seed, {
    observers: (fleet, waits, _waterfall, mix) => {
      fleetSeen = fleet;
      writer = new ReplayWriter(
        fleet,
        replayHeader(scenario, document, scenario.seed, 'test', fleet, mix),
        { write: (bytes) => void chunks.push(bytes.slice()) },
        isPacked ? (raw) => new Uint8Array(deflateRawSync(raw)) : undefined,
      );
      if (waits !== undefined) writer.follow(waits);
      return [writer, keeper];
    },
    interventions: timesUs.map((atUs) => ({
      atUs,
      act: (desk) => {
        seen.push(look(desk, fleetSeen as FleetView, present, worked));
        return undefined;
      },
    })),
  });
  const tables: ReplayTables = { digest: run.digest, endUs: 0 };
  (writer as ReplayWriter).close(tables);
  const { events, rawBytes } = writer as ReplayWriter;
  return {
    file: Buffer.concat(chunks),
    seen,
    events,
    rawBytes,
    run,
    written: chunks.map(({ length }) => length),
  };
}

function jobSeen(
  job: Job,
  phase: string,
  parts: readonly Part[],
  to: readonly Part[] = [],
): Readonly<Record<string, unknown>> {
  const places = (list: readonly Part[]) => list.map(({ host, gpus }) => ({ host, gpus: [...gpus] }));
  const { number, name, arrivalUs, durationUs, estimateUs, claim } = job;
  return {
    number,
    name,
    phase,
    arrivalUs,
    durationUs,
    estimateUs,
    tenant: claim.tenant,
    label: claim.label,
    priority: claim.priority,
    parts: places(phase === 'waiting' ? [] : parts),
    to: places(to),
    slots: parts.flatMap(({ grant }) => grant.map(({ label }) => label)),
  };
}

function look(
  desk: InterventionDesk,
  fleet: FleetView,
  present: Map<number, Job>,
  worked: ReadonlyMap<number, readonly number[]>,
): Seen {
  const jobs: object[] = [];
  for (const [number, { name }] of present) {
    const live = desk.find(name);
    if (live?.job.number !== number) {
      present.delete(number);
      continue;
    }
    const { phase, job, parts, move } = live;
    jobs.push(jobSeen(job, move === undefined ? phase : 'moving', parts, move?.parts));
  }
  return lookAtFleet(desk.nowUs, fleet, jobs, worked);
}

function lookAtFleet(
  atUs: number,
  fleet: FleetView,
  jobs: readonly object[],
  worked: ReadonlyMap<number, readonly number[]>,
): Seen {
  return {
    atUs,
    cpuFree: [...fleet.cpuFreeMilli],
    memoryFree: [...fleet.memoryFreeMib],
    closed: [...fleet.closedFor],
    gpuFree: [...fleet.gpuFreeMilli],
    gpuClosed: [...fleet.gpuClosedFor],
    cards: Array.from(fleet.cards, (card, gpu) =>
      card === undefined
        ? null
        : {
            sharing: JSON.stringify(fleet.sharing[gpu]?.config),
            slots: card.slots.map((slot) => slotText(slot)).sort(),
            standing: card.layout?.standing ?? null,
            held: card.layout?.held ?? 0,
            cut: card.cut?.present?.text ?? null,
            isCutHeld: card.cut?.isHeld ?? false,
            work: worked.get(gpu) ?? [0, 0, 0],
          },
    ),
    jobs,
  };
}

function slotText({
  label,
  start,
  size,
  milli,
  memoryMib,
}: {
  readonly label: string;
  readonly start: number;
  readonly size: number;
  readonly milli: number;
  readonly memoryMib: number;
}): string {
  return [label, start, size, milli, memoryMib].join('|');
}

/** The same of a replay: a state that was read back. */
export function seenIn(segments: readonly Segment[], atUs: number): Seen {
  const segment = segments.findLast(({ firstUs }, i) => i === 0 || firstUs <= atUs) as Segment;
  const cursor = segment.open();
  cursor.advanceTo(atUs);
  return seenOf(cursor.state, atUs);
}

function seenOf(state: ReplayState, atUs: number): Seen {
  const jobs = state.jobs
    .filter((job) => job !== undefined)
    .sort((a, b) => a.number - b.number)
    .map(({ number, name, phase, arrivalUs, durationUs, estimateUs, kind, parts, to }) => ({
      number,
      name,
      phase,
      arrivalUs,
      durationUs,
      estimateUs,
      tenant: kind.claim.tenant,
      label: kind.claim.label,
      priority: kind.claim.priority,
      parts: parts.map(({ host, gpus }) => ({ host, gpus: [...gpus] })),
      to: (to ?? []).map(({ host, gpus }) => ({ host, gpus: [...gpus] })),
      slots: parts.flatMap(({ grant }) => grant.map(({ label }) => label)),
    }));
  return {
    atUs,
    cpuFree: [...state.cpuFreeMilli],
    memoryFree: [...state.memoryFreeMib],
    closed: [...state.closedFor],
    gpuFree: [...state.gpuFreeMilli],
    gpuClosed: [...state.gpuClosedFor],
    cards: Array.from({ length: state.gpuCount }, (_, gpu) => {
      const card = state.cards[gpu];
      if (card === undefined) return null;
      const slots = (state.occupants[gpu] ?? []).map(({ slot }) =>
        slot === undefined ? '' : slotText(slot),
      );
      const { work, isBusy, linkBytesPerSec } = state;
      return { ...card, slots: slots.sort(), work: [work[gpu], isBusy[gpu], linkBytesPerSec[gpu]] };
    }),
    jobs,
  };
}
