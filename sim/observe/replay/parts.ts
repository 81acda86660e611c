import type { TaskRequest } from '../../cluster/request.ts';
import type { Slot } from '../../sharing/index.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import { ReplayBytesError } from './bytes.ts';
import type { Dictionary, DictionaryWriter } from './dictionary.ts';
import type { HeldPart, JobKind } from './job-kind.ts';

/** Where the GPUs of each host begin, in numbers of the fleet. */
export interface GpuPlaces {
  readonly gpuStart: Int32Array;
  readonly hostOfGpu: Int32Array;
  /** Plain places that many jobs hold one after another, by `first GPU * MOST_SHARED + GPUs`. */
  readonly plainPlaces: Map<number, readonly HeldPart[]>;
}

/** Jobs with up to so many GPUs share what says where they are with those that were there before and come after. */
const MOST_SHARED = 16;
/** Places that are kept at most. */
const MOST_PLACES = 65_536;

/** Whether it is the place of most jobs, which is written without saying so: one worker, no slots. */
export function isPlain(parts: readonly HeldPart[]): boolean {
  return parts.length === 1 && (parts[0] as HeldPart).grant.length === 0;
}

/**
 * Writes where a job is: a GPU says on which host, and its requests how many GPUs.
 *
 * @param plain whether the parts are plain, and whoever reads them knows
 */
export function writeParts(
  to: ByteWriter,
  words: DictionaryWriter,
  { gpuStart }: GpuPlaces,
  { requests }: JobKind,
  parts: readonly HeldPart[],
  plain = false,
): void {
  if (!plain) to.whole(parts.length);
  for (const { request, host, gpus, grant } of parts) {
    if (requests.length > 1) to.whole(request);
    if (gpus.length === 0) to.whole(host);
    else writeIndices(to, gpuStart[host] as number, gpus);
    if (plain) continue;
    to.whole(grant.length);
    for (const slot of grant) to.whole(words.slot(slot));
  }
}

/** @throws {ReplayBytesError} if the data name a GPU or host that is not there */
export function readParts(
  from: ByteReader,
  words: Dictionary,
  places: GpuPlaces,
  { requests }: JobKind,
  plain = false,
): readonly HeldPart[] {
  const { gpuStart, hostOfGpu } = places;
  const count = plain ? 1 : from.whole();
  const parts: HeldPart[] = [];
  for (let i = 0; i < count; i++) {
    const request = requests.length > 1 ? from.whole() : 0;
    const asked: TaskRequest | undefined = requests[request];
    if (asked === undefined) throw new ReplayBytesError('a job holds a part that it did not ask for');
    let host = -1;
    let gpus: readonly number[] = NO_GPUS;
    if (asked.gpuCount === 0) host = from.whole();
    else {
      const first = from.whole();
      host = hostOfGpu[first] ?? -1;
      const index = first - (gpuStart[host] ?? 0);
      // Before a list of them is made: the job must fit on its host.
      if (host < 0 || index + asked.gpuCount > (gpuStart[host + 1] ?? 0) - (gpuStart[host] ?? 0))
        throw new ReplayBytesError('a job is on a GPU that its host does not have');
      const passed = asked.gpuCount === 1 ? 0 : from.whole();
      if (plain && passed === 0 && request === 0 && asked.gpuCount < MOST_SHARED)
        return plainPlace(places, first, host, asked.gpuCount);
      gpus = readIndices(index, asked.gpuCount, passed, from);
    }
    if (!(host >= 0 && host + 1 < gpuStart.length))
      throw new ReplayBytesError('a job is on a host that is not there');
    const last = gpus.at(-1);
    if (last !== undefined && (gpuStart[host] as number) + last >= (gpuStart[host + 1] as number))
      throw new ReplayBytesError('a job is on a GPU that its host does not have');
    const slots = plain ? 0 : from.whole();
    let grant = NO_SLOTS;
    if (slots > 0) {
      const granted: Slot[] = [];
      for (let k = 0; k < slots; k++) granted.push(words.slot(from.whole()));
      grant = granted;
    }
    parts.push({ request, host, gpus, grant });
  }
  return parts;
}

/** Most jobs hold one GPU: lists of one are shared, so that going through a long span makes little to throw away. */
const NO_GPUS: readonly number[] = [];
const NO_SLOTS: readonly Slot[] = [];
const LISTS_OF_ONE = Array.from({ length: 64 }, (_, index): readonly number[] => [index]);

/** One worker on GPUs side by side, without slots: made once. */
function plainPlace(
  { gpuStart, plainPlaces }: GpuPlaces,
  first: number,
  host: number,
  count: number,
): readonly HeldPart[] {
  const key = first * MOST_SHARED + count;
  const known = plainPlaces.get(key);
  if (known !== undefined) return known;
  const index = first - (gpuStart[host] as number);
  const gpus = Array.from({ length: count }, (_, i) => index + i);
  const place: readonly HeldPart[] = [{ request: 0, host, gpus, grant: NO_SLOTS }];
  if (plainPlaces.size < MOST_PLACES) plainPlaces.set(key, place);
  return place;
}

/** The first; of several, how many are passed over between first and last, and where there are any, before which. */
function writeIndices(to: ByteWriter, start: number, gpus: readonly number[]): void {
  const first = gpus[0] as number;
  to.whole(start + first);
  if (gpus.length === 1) return;
  let passed = (gpus.at(-1) as number) - first + 1 - gpus.length;
  to.whole(passed);
  // What is before the last one follows from the others.
  for (let k = 1; k + 1 < gpus.length && passed > 0; k++) {
    const here = (gpus[k] as number) - (gpus[k - 1] as number) - 1;
    to.whole(here);
    passed -= here;
  }
}

/** @param between how many are passed over between first and last */
function readIndices(first: number, count: number, between: number, from: ByteReader): readonly number[] {
  const shared = count === 1 ? LISTS_OF_ONE[first] : undefined;
  if (shared !== undefined) return shared;
  let passed = between;
  const all = [first];
  for (let k = 1; k < count; k++) {
    const here = passed === 0 ? 0 : k + 1 < count ? from.whole() : passed;
    passed -= here;
    if (passed < 0) throw new ReplayBytesError('the GPUs of a job are in no order');
    all.push((all[k - 1] as number) + here + 1);
  }
  return all;
}
