/** Bytes that are handed over at a time: of data that are made up, so many times 1,032 are unpacked at most before they are refused. */
const PIECE = 32 * 1024;

/**
 * Unpacks raw DEFLATE, but no more than it should come to: a block of a few bytes may hold gigabytes.
 *
 * @param rawLength of what comes out, bytes
 * @returns what comes out; empty where that is more than it should be, or the data are none
 */
export async function inflate(bytes: Uint8Array, rawLength: number): Promise<Uint8Array> {
  let at = 0;
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull(controller) {
        controller.enqueue(bytes.subarray(at, at + PIECE) as Uint8Array<ArrayBuffer>);
        at += PIECE;
        if (at >= bytes.length) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  const reader = source.pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      length += step.value.length;
      if (length > rawLength) {
        await reader.cancel();
        return new Uint8Array();
      }
      pieces.push(step.value);
    }
  } catch {
    return new Uint8Array();
  }
  const [first] = pieces;
  if (pieces.length === 1 && first !== undefined) return first;
  const raw = new Uint8Array(length);
  let end = 0;
  for (const piece of pieces) {
    raw.set(piece, end);
    end += piece.length;
  }
  return raw;
}
