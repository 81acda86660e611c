import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { csvRows } from '../sharing/files.ts';

/** One MIG instance with the processes that serve a model on it. */
export interface Segment {
  /** Place in the file. */
  readonly number: number;
  /** Host and GPU: `0-3`. */
  readonly gpu: string;
  readonly model: string;
  /** Start that the file gives. */
  readonly placement: number;
  readonly slices: number;
  readonly batch: number;
  readonly processes: number;
  /** Profile: seconds that a batch takes in one of the processes, and requests a second of all of them. */
  readonly batchSec: number;
  readonly capacity: number;
  /** Seconds of a batch of 1, 2, ... requests. */
  readonly timesSec: readonly number[];
  /** Requests a second that it gets: the model's rate by capacity. */
  readonly rate: number;
}

/** What is asked for one model. */
interface Objective {
  readonly requestsPerSec: number;
  readonly latencySec: number;
}

/** A folder of the deployments with its row of objectives. */
export interface Deployment {
  readonly name: string;
  readonly segments: readonly Segment[];
  readonly objectives: ReadonlyMap<string, Objective>;
}

/** A profile row of a model. */
export interface Profile {
  /** Requests a second of one process; 0 = out of memory. */
  readonly throughput: number;
  /** Rounded to milliseconds in the file. */
  readonly latencySec: number;
}

/**
 * Every deployment folder, in the order of its row in the objective files.
 *
 * @throws {RangeError} if a segment has no profile, a model no objective, or a profile's two figures contradict each other
 */
export function readDeployments(folder: string): Deployment[] {
  const profiles = readAllProfiles(folder);
  const models = [...profiles.keys()];
  const latencies = table(join(folder, 'SLO', 'SLO_latency.csv'));
  const rates = table(join(folder, 'SLO', 'SLO_req_rate.csv'));
  const names = readdirSync(join(folder, 'deployment')).sort();
  return names.map((name, row) => {
    const objectives = new Map<string, Objective>();
    for (const [column, model] of models.entries()) {
      const latencyMs = Number(latencies[row]?.[column]);
      if (!(latencyMs > 0)) continue;
      objectives.set(model, {
        requestsPerSec: Number(rates[row]?.[column]),
        latencySec: latencyMs / 1000,
      });
    }
    const file = readdirSync(join(folder, 'deployment', name)).find((each) => each.endsWith('.csv'));
    const plain = csvRows(join(folder, 'deployment', name, file as string)).map((each, number) => {
      const slices = Number(each['Instance size']);
      const batch = Number(each['Batch size']);
      const processes = Number(each['Num proc']);
      const model = each.Model as string;
      const known = profiles.get(model) ?? new Map<string, Profile>();
      const profile = known.get(profileKey(slices, batch, processes));
      if (profile === undefined || profile.throughput === 0) {
        throw new RangeError(
          `${name}: ${model} has no profile for ${slices}g, batch ${batch}, ${processes} processes`,
        );
      }
      // The latency is rounded to milliseconds, the throughput is not.
      const batchSec = batch / profile.throughput;
      if (Math.abs(batchSec - profile.latencySec) > 0.00051) {
        throw new RangeError(
          `${name}: ${model}: batch ${batch} at ${profile.throughput}/s is not ${profile.latencySec} s`,
        );
      }
      return {
        number,
        gpu: `${each['Num instance']}-${each['Num GPU']}`,
        model,
        placement: Number(each.Placement),
        slices,
        batch,
        processes,
        batchSec,
        capacity: profile.throughput * processes,
        timesSec: timesBySize(known, slices, batch, processes),
      };
    });
    const segments = plain.map((segment): Segment => {
      const objective = objectives.get(segment.model);
      if (objective === undefined) throw new RangeError(`${name}: nothing is asked for ${segment.model}`);
      const ofModel = plain.filter((each) => each.model === segment.model);
      const capacity = ofModel.reduce((sum, each) => sum + each.capacity, 0);
      return { ...segment, rate: (objective.requestsPerSec * segment.capacity) / capacity };
    });
    return { name, segments, objectives };
  });
}

/** Whether the files are there. */
export function isParvaFolder(folder: string): boolean {
  return ['prof_data', 'deployment', 'SLO/SLO_latency.csv', 'SLO/SLO_req_rate.csv'].every((each) =>
    existsSync(join(folder, each)),
  );
}

/** By model, in alphabetical order: its profiles by instance, batch and processes (`profileKey`). */
export function readAllProfiles(folder: string): ReadonlyMap<string, ReadonlyMap<string, Profile>> {
  const models = readdirSync(join(folder, 'prof_data'))
    .filter((file) => file.endsWith('.csv'))
    .map((file) => file.slice(0, -'.csv'.length))
    .sort();
  return new Map(models.map((model) => [model, readProfiles(join(folder, 'prof_data', `${model}.csv`))]));
}

function readProfiles(file: string): ReadonlyMap<string, Profile> {
  return new Map(
    csvRows(file).map((row) => [
      profileKey(Number(row['Mig instance']), Number(row['Batch size']), Number(row['Workload Number'])),
      { throughput: Number(row.Throughput), latencySec: Number(row.Latency) },
    ]),
  );
}

function profileKey(slices: number, batch: number, processes: number): string {
  return `${slices} ${batch} ${processes}`;
}

/** Times of batches up to a size that is a power of two: straight lines between the profiled sizes, powers of two as well. */
export function timesBySize(
  profiles: ReadonlyMap<string, Profile>,
  slices: number,
  batch: number,
  processes: number,
): number[] {
  const times: number[] = [];
  let size = 1;
  let sec = timeOf(profiles, slices, 1, processes);
  times.push(sec);
  while (size < batch) {
    const next = timeOf(profiles, slices, size * 2, processes);
    for (let step = 1; step <= size; step++) times.push(sec + (step / size) * (next - sec));
    size *= 2;
    sec = next;
  }
  return times;
}

/** @throws {RangeError} if the size was not profiled */
function timeOf(
  profiles: ReadonlyMap<string, Profile>,
  slices: number,
  size: number,
  processes: number,
): number {
  const profile = profiles.get(profileKey(slices, size, processes));
  if (profile === undefined || profile.throughput === 0) {
    throw new RangeError(`There is no profile for ${slices}g, batch ${size}, ${processes} processes`);
  }
  return size / profile.throughput;
}

/** A file of numbers without a header. */
function table(file: string): string[][] {
  return readFileSync(file, 'utf8')
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(',').map((cell) => cell.trim()));
}
