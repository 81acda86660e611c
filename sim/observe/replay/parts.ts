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
}

/** Writes where a job is: a GPU says on which host, and its requests how many GPUs. */
export function writeParts(
  to: ByteWriter,
  words: DictionaryWriter,
  { gpuStart }: GpuPlaces,
  { requests }: JobKind,
  parts: readonly HeldPart[],
): void {
  to.whole(parts.length);
  for (const { request, host, gpus, grant } of parts) {
    if (requests.length > 1) to.whole(request);
    if (gpus.length === 0) to.whole(host);
    let last = -1;
    for (const index of gpus) {
      to.whole(last < 0 ? (gpuStart[host] as number) + index : index - last - 1);
      last = index;
    }
    to.whole(grant.length);
    for (const slot of grant) to.whole(words.slot(slot));
  }
}

/** @throws {ReplayBytesError} if the data name a GPU or host that is not there */
export function readParts(
  from: ByteReader,
  words: Dictionary,
  { gpuStart, hostOfGpu }: GpuPlaces,
  { requests }: JobKind,
): readonly HeldPart[] {
  const count = from.whole();
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
      gpus = indices(first - (gpuStart[host] ?? 0), asked.gpuCount, from);
    }
    if (!(host >= 0 && host + 1 < gpuStart.length))
      throw new ReplayBytesError('a job is on a host that is not there');
    const last = gpus.at(-1);
    if (last !== undefined && (gpuStart[host] as number) + last >= (gpuStart[host + 1] as number))
      throw new ReplayBytesError('a job is on a GPU that its host does not have');
    const slots = from.whole();
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

function indices(first: number, count: number, from: ByteReader): readonly number[] {
  const shared = count === 1 ? LISTS_OF_ONE[first] : undefined;
  if (shared !== undefined) return shared;
  const all = [first];
  for (let k = 1; k < count; k++) all.push((all[k - 1] as number) + from.whole() + 1);
  return all;
}
