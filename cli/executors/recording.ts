import { deflateRawSync } from 'node:zlib';
import {
  type ClusterObserver,
  type Fleet,
  type Part,
  type ReplayRecording,
  type ReplicationHooks,
  recordReplay,
  type Scenario,
} from '../../sim/index.ts';
import type { OutputFile } from '../output-file.ts';
import { packageVersion } from '../version.ts';

/** What a run writes while it goes on. */
export interface Recording {
  readonly decisions: OutputFile | undefined;
  readonly events: OutputFile | undefined;
  readonly replay: OutputFile | undefined;
  readonly scenario: Scenario;
  /** The scenario, normalized. */
  readonly document: unknown;
  /** Given the replay when the run begins: it is to be closed when the result is known. */
  began(replay: ReplayRecording): void;
}

/** Low: a replay is mostly small numbers, and higher levels cost more time than they save space. */
const DEFLATE = { level: 3 };

/** Hooks that write decisions, events and the replay to files while a replication runs. */
export function recordingHooks(recording: Recording): Pick<ReplicationHooks, 'observers'> {
  const { decisions, events, replay, scenario, document } = recording;
  if (decisions === undefined && events === undefined && replay === undefined) return {};
  return {
    observers: (fleet, waits, waterfall, mix) => {
      const observers: ClusterObserver[] = [];
      if (decisions !== undefined) observers.push(decisionWriter(fleet, decisions));
      if (events !== undefined) observers.push(eventWriter(fleet, events));
      if (replay !== undefined) {
        const recorded = recordReplay(
          { scenario, document, version: packageVersion, fleet, waits, waterfall, mix },
          { write: (bytes) => replay.writeBytes(bytes) },
          (raw) => deflateRawSync(raw, DEFLATE),
        );
        recording.began(recorded);
        observers.push(recorded.writer);
      }
      return observers;
    },
  };
}

/** `job,host,gpus` in the order of the decisions: GPU indices joined by `-`, an empty host for a rejected job. */
function decisionWriter(fleet: Fleet, file: OutputFile): ClusterObserver {
  file.write('job,host,gpus\n');
  const hostNames = fleet.hostNames.map(csvField);
  return {
    placed: (_atUs, job, parts) => {
      for (const { host, gpus } of parts) {
        file.write(`${csvField(job.name)},${hostNames[host]},${gpus.join('-')}\n`);
      }
    },
    rejected: (_atUs, job) => file.write(`${csvField(job.name)},,\n`),
  };
}

/** One JSON object a line: `atUs`, `kind`, `job`, and what belongs to the kind. */
function eventWriter(fleet: Fleet, file: OutputFile): ClusterObserver {
  const line = (atUs: number, kind: string, job: string, rest: object) =>
    file.write(`${JSON.stringify({ atUs, kind, job, ...rest })}\n`);
  /** A job with one worker has a host; one with several lists a place for each. */
  const place = (parts: readonly Part[]) => {
    const places = parts.map(({ host, gpus }) => ({ host: fleet.hostNames[host], gpus }));
    return places.length === 1 ? (places[0] as object) : { workers: places };
  };
  return {
    arrived: (atUs, { name, shape }) =>
      line(atUs, 'arrived', name, {
        cpuMilli: shape.cpuMilli,
        memoryMib: shape.memoryMib,
        gpuCount: shape.gpuCount,
        gpuMilli: shape.gpuMilli,
        models: shape.models,
      }),
    placed: (atUs, job, parts) => line(atUs, 'placed', job.name, place(parts)),
    finished: (atUs, job, parts) => line(atUs, 'finished', job.name, place(parts)),
    preempted: (atUs, job, parts, reason, lostUs) =>
      line(atUs, 'preempted', job.name, { ...place(parts), reason, lostUs }),
    moved: (atUs, job, parts) => line(atUs, 'moved', job.name, place(parts)),
    failed: (atUs, job, parts, reason) => line(atUs, 'failed', job.name, { ...place(parts), reason }),
    rejected: (atUs, job, reason) => line(atUs, 'rejected', job.name, { reason }),
    blocked: (atUs, job, reason) => line(atUs, 'blocked', job.name, { reason }),
  };
}

function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
