import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { inflate } from '../../viz/replay/inflate.ts';

afterEach(() => void vi.unstubAllGlobals());

/** Counts what comes out of streams that unpack. */
function countUnpacked(): { bytes: number } {
  const count = { bytes: 0 };
  const Plain = DecompressionStream;
  vi.stubGlobal(
    'DecompressionStream',
    class {
      readonly writable: WritableStream;
      readonly readable: ReadableStream;
      constructor(format: CompressionFormat) {
        const plain = new Plain(format);
        this.writable = plain.writable;
        this.readable = plain.readable.pipeThrough(
          new TransformStream({
            transform(piece: Uint8Array, to) {
              count.bytes += piece.length;
              to.enqueue(piece);
            },
          }),
        );
      }
    },
  );
  return count;
}

describe('unpacking in the browser', () => {
  test('gives back what zlib has packed, however long', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 2000 }), fc.nat(300), async (part, times) => {
        const raw = Buffer.concat(Array.from({ length: times + 1 }, () => part));
        expect(Buffer.compare(await inflate(deflateRawSync(raw), raw.length), raw)).toBe(0);
      }),
      { numRuns: 40 },
    );
    // Several pieces of packed data: bytes that cannot be packed.
    const noise = Uint8Array.from({ length: 300_000 }, (_, i) => (Math.imul(i, 2_654_435_761) >>> 13) & 255);
    expect(Buffer.compare(await inflate(deflateRawSync(noise), noise.length), noise)).toBe(0);
  });

  test('ends soon where more comes out than should: 200 MB are never made of 200 kB', async () => {
    const packed = deflateRawSync(Buffer.alloc(200_000_000));
    const count = countUnpacked();
    expect(await inflate(packed, 5000)).toHaveLength(0);
    expect(count.bytes).toBeGreaterThan(5000);
    expect(count.bytes).toBeLessThan(2_000_000);
  });

  test('says by its length that less came out, and gives nothing for data that are none', async () => {
    expect(await inflate(deflateRawSync(Buffer.alloc(100)), 5000)).toHaveLength(100);
    expect(await inflate(Uint8Array.of(255, 255, 255, 255), 5000)).toHaveLength(0);
    const cut = deflateRawSync(Buffer.from('a text that goes on'.repeat(50))).subarray(0, 10);
    expect(await inflate(cut, 950)).toHaveLength(0);
    expect(await inflate(new Uint8Array(), 5000)).toHaveLength(0);
  });
});
