/** Numbers as people read them, the same on every machine: no locale. */

/** `12,345` */
export function groupDigits(value: number): string {
  const [whole, ...rest] = String(value).split('.');
  return [(whole as string).replace(/\B(?=(\d{3})+(?!\d))/g, ','), ...rest].join('.');
}

/** `95.3 %` of a fraction; `-` where there is none. */
export function percent(fraction: number | null | undefined, digits = 1): string {
  return fraction == null ? '-' : `${(fraction * 100).toFixed(digits)} %`;
}

/** A time in the unit that suits it: `350 ms`, `12.5 s`, `3.2 min`, `4.1 h`, `2.5 d`. */
export function seconds(value: number | null | undefined): string {
  if (value == null) return '-';
  if (value === 0) return '0 s';
  if (value < 1) return `${short(value * 1000)} ms`;
  if (value < 120) return `${short(value)} s`;
  if (value < 7200) return `${short(value / 60)} min`;
  if (value < 172_800) return `${short(value / 3600)} h`;
  return `${groupDigits(Number(short(value / 86_400)))} d`;
}

/** A count that may be a mean: `8,334`, `8,334.5`. */
export function count(value: number | null | undefined): string {
  return value == null ? '-' : groupDigits(Number(value.toFixed(Number.isInteger(value) ? 0 : 1)));
}

function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toFixed(1)));
}
