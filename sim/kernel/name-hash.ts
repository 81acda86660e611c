/**
 * 128-bit MurmurHash3 (x86 variant) of a text's UTF-16 code units, low byte first. Names that differ in one character,
 * as numbered ones do, get unrelated hashes.
 *
 * @returns four 32-bit unsigned words
 * @see Austin Appleby, MurmurHash3, function MurmurHash3_x86_128 (public domain), https://github.com/aappleby/smhasher
 */
export function nameHash(text: string): [number, number, number, number] {
  let h1 = 0;
  let h2 = 0;
  let h3 = 0;
  let h4 = 0;
  // Blocks of 16 bytes are 8 code units. A last, partial block is filled up with zeros, which the reference does too:
  // it skips the words that are missing, and a zero word mixes to zero.
  for (let at = 0; at < text.length; at += 8) {
    h1 ^= mix(word(text, at), 0x239b961b, 15, 0xab0e9789);
    const k2 = mix(word(text, at + 2), 0xab0e9789, 16, 0x38b34ae5);
    const k3 = mix(word(text, at + 4), 0x38b34ae5, 17, 0xa1e38b93);
    const k4 = mix(word(text, at + 6), 0xa1e38b93, 18, 0x239b961b);
    if (at + 8 > text.length) {
      h2 ^= k2;
      h3 ^= k3;
      h4 ^= k4;
      break;
    }
    h1 = (Math.imul(rotl(h1, 19) + h2, 5) + 0x561ccd1b) | 0;
    h2 ^= k2;
    h2 = (Math.imul(rotl(h2, 17) + h3, 5) + 0x0bcaa747) | 0;
    h3 ^= k3;
    h3 = (Math.imul(rotl(h3, 15) + h4, 5) + 0x96cd1c35) | 0;
    h4 ^= k4;
    h4 = (Math.imul(rotl(h4, 13) + h1, 5) + 0x32ac3b17) | 0;
  }
  const byteLength = text.length * 2;
  h1 ^= byteLength;
  h2 ^= byteLength;
  h3 ^= byteLength;
  h4 ^= byteLength;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = finish(h1);
  h2 = finish(h2);
  h3 = finish(h3);
  h4 = finish(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  return [h1 >>> 0, (h2 + h1) >>> 0, (h3 + h1) >>> 0, (h4 + h1) >>> 0];
}

/** Two code units, or zeros behind the end. */
function word(text: string, at: number): number {
  const low = at < text.length ? text.charCodeAt(at) : 0;
  const high = at + 1 < text.length ? text.charCodeAt(at + 1) : 0;
  return low | (high << 16);
}

function mix(value: number, before: number, bits: number, after: number): number {
  return Math.imul(rotl(Math.imul(value, before), bits), after);
}

function rotl(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function finish(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
