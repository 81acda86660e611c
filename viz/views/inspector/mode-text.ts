/** Options of a sharing mode, as words: `vgpu, sizes equal, scheduler best-effort`; those without a value are left out. */
export function modeText(sharing: string): string {
  let config: Readonly<Record<string, unknown>>;
  try {
    config = JSON.parse(sharing) as typeof config;
  } catch {
    return sharing;
  }
  const { mode, ...options } = config;
  const words = Object.entries(options)
    .filter(([, value]) => value !== null && value !== false)
    .map(
      ([key, value]) =>
        `${spaced(key)}${value === true ? '' : ` ${Array.isArray(value) ? value.join(', ') : String(value)}`}`,
    );
  return [String(mode), ...words].join('; ');
}

/** `threadPercent` as words. */
function spaced(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

const BYTE_UNITS = ['B/s', 'kB/s', 'MB/s', 'GB/s', 'TB/s'] as const;

/** `1.25 GB/s`. */
export function byteRateText(bytesPerSec: number): string {
  let [value, unit] = [bytesPerSec, 0];
  while (value >= 1000 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${Number(value.toPrecision(3))} ${BYTE_UNITS[unit]}`;
}

/** `512 MiB`, `40 GiB`, `1.5 TiB`. */
export function memoryText(mib: number): string {
  if (mib < 1024) return `${mib} MiB`;
  const gib = mib / 1024;
  return gib < 1024 ? `${Number(gib.toPrecision(4))} GiB` : `${Number((gib / 1024).toPrecision(4))} TiB`;
}
