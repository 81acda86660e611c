/** Text without halves of surrogate pairs, which no encoding can write. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}
