/** `12,345` and `1,234.5`: the same on every machine, no locale. */
export function groupDigits(value: number): string {
  const [whole, ...rest] = String(value).split('.');
  return [(whole as string).replace(/\B(?=(\d{3})+(?!\d))/g, ','), ...rest].join('.');
}
