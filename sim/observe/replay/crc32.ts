/** By byte; behind those, what a byte does that is one, two and three places further from the end. */
const TABLE = new Uint32Array(4 * 256);
for (let byte = 0; byte < 256; byte++) {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value & 1) === 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  TABLE[byte] = value;
}
for (let i = 256; i < TABLE.length; i++) {
  const before = TABLE[i - 256] as number;
  TABLE[i] = (before >>> 8) ^ (TABLE[before & 255] as number);
}

/** Checksum of ISO 3309 and zlib: notices bytes that are not those that were written. Four bytes at a time. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  const fours = bytes.length & ~3;
  let at = 0;
  for (; at < fours; at += 4) {
    const next = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    crc ^= next;
    crc =
      TABLE[768 + (crc & 255)]! ^
      TABLE[512 + ((crc >>> 8) & 255)]! ^
      TABLE[256 + ((crc >>> 16) & 255)]! ^
      TABLE[crc >>> 24]!;
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ (TABLE[(crc ^ bytes[at]!) & 255] as number);
  return (crc ^ 0xffffffff) >>> 0;
}
