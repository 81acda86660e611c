import { ReplayFileError } from '../../sim/observe/replay/index.ts';

/** Bytes of which any part can be read: a file on disk, an address, or bytes in memory. */
export interface RandomAccess {
  /** Length of the whole, bytes. */
  readonly size: number;
  /** @throws {ReplayFileError} where they cannot be read (any more) */
  read(offset: number, length: number): Promise<Uint8Array>;
}

export function accessBlob(blob: Blob): RandomAccess {
  return {
    size: blob.size,
    async read(offset, length) {
      try {
        return new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
      } catch {
        // A file on disk that was changed or moved after it was chosen.
        throw new ReplayFileError('cannot be read any more: open it again');
      }
    },
  };
}

function accessBytes(bytes: Uint8Array): RandomAccess {
  return { size: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length) };
}

/**
 * Bytes at an address: read part by part where the server can do that, else all at once.
 *
 * @throws {ReplayFileError} where there is nothing, or nobody answers
 */
export async function accessUrl(url: string): Promise<RandomAccess> {
  const head = await answered(url, { method: 'HEAD' });
  const size = Number(head.headers.get('content-length') ?? Number.NaN);
  if (head.headers.get('accept-ranges') !== 'bytes' || !Number.isSafeInteger(size))
    return accessBytes(new Uint8Array(await (await answered(url, {})).arrayBuffer()));
  return {
    size,
    async read(offset, length) {
      if (length === 0 || offset >= size) return new Uint8Array();
      const last = Math.min(size, offset + length) - 1;
      const part = await answered(url, { headers: { range: `bytes=${offset}-${last}` } });
      if (part.status !== 206 || part.headers.get('content-range') !== `bytes ${offset}-${last}/${size}`)
        throw new ReplayFileError('has changed since it was opened: open it again');
      return new Uint8Array(await part.arrayBuffer());
    },
  };
}

async function answered(url: string, request: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { ...request, cache: 'no-store' });
  } catch {
    throw new ReplayFileError('cannot be reached: is `slicewise view` still running?');
  }
  if (!response.ok) throw new ReplayFileError(`cannot be read: the server answered ${response.status}`);
  return response;
}
