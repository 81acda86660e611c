/**
 * What a `Range` header asks for of something with `size` bytes: first and last byte. Only one range of bytes is known;
 * another wish is answered with the whole, as the rules of HTTP allow (RFC 9110, section 14.2).
 *
 * @returns undefined for the whole; `outside` if no byte of the range is there
 */
export function rangeOf(
  header: string | undefined,
  size: number,
): readonly [first: number, last: number] | 'outside' | undefined {
  const found = /^bytes=(\d*)-(\d*)$/i.exec(header ?? '');
  if (found === null) return undefined;
  const [, from = '', to = ''] = found;
  if (from === '' && to === '') return undefined;
  if (from === '') {
    const length = Math.min(Number(to), size);
    return length === 0 ? 'outside' : [size - length, size - 1];
  }
  if (to !== '' && Number(to) < Number(from)) return undefined;
  if (Number(from) >= size) return 'outside';
  return [Number(from), to === '' ? size - 1 : Math.min(Number(to), size - 1)];
}
