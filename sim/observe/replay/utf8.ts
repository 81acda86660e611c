const REPLACEMENT = 0xfffd;

/**
 * Text as UTF-8; half a surrogate pair becomes U+FFFD. Not `TextEncoder`: the simulator uses nothing but the language, so
 * that it runs wherever that does.
 */
export function toUtf8(text: string): Uint8Array {
  const bytes = new Uint8Array(3 * text.length);
  let n = 0;
  for (let i = 0; i < text.length; i++) {
    let code = text.codePointAt(i) as number;
    if (code > 0xffff) i += 1;
    else if (code >= 0xd800 && code <= 0xdfff) code = REPLACEMENT;
    if (code < 0x80) bytes[n++] = code;
    else if (code < 0x800) {
      bytes[n++] = 0xc0 | (code >> 6);
      bytes[n++] = 0x80 | (code & 63);
    } else if (code < 0x10000) {
      bytes[n++] = 0xe0 | (code >> 12);
      bytes[n++] = 0x80 | ((code >> 6) & 63);
      bytes[n++] = 0x80 | (code & 63);
    } else {
      bytes[n++] = 0xf0 | (code >> 18);
      bytes[n++] = 0x80 | ((code >> 12) & 63);
      bytes[n++] = 0x80 | ((code >> 6) & 63);
      bytes[n++] = 0x80 | (code & 63);
    }
  }
  return bytes.subarray(0, n);
}

/** The text of UTF-8 that `toUtf8` has written; bytes that are none become U+FFFD. */
export function fromUtf8(bytes: Uint8Array): string {
  const parts: string[] = [];
  let codes: number[] = [];
  for (let i = 0; i < bytes.length; ) {
    const first = bytes[i++] as number;
    const more =
      first < 0x80 ? 0 : first < 0xc0 ? -1 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf8 ? 3 : -1;
    let code = more <= 0 ? first : first & (0x3f >> more);
    let isWhole = more >= 0;
    for (let k = 0; k < more; k++) {
      const next = bytes[i];
      if (next === undefined || (next & 0xc0) !== 0x80) {
        isWhole = false;
        break;
      }
      code = code * 64 + (next & 63);
      i += 1;
    }
    codes.push(isWhole && isCharacter(code, more) ? code : REPLACEMENT);
    if (codes.length === 4096) {
      parts.push(String.fromCodePoint(...codes));
      codes = [];
    }
  }
  parts.push(String.fromCodePoint(...codes));
  return parts.join('');
}

/** Least code that needs so many further bytes: a longer form of a smaller one is none. */
const LEAST = [0, 0x80, 0x800, 0x10000] as const;

function isCharacter(code: number, more: number): boolean {
  return code >= (LEAST[more] ?? 0) && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
}
