/** An amount as Kubernetes writes it, exact: `numerator / denominator`. */
interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const QUANTITY = /^\+?(\d{0,30})(?:\.(\d{0,30}))?(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d{1,2}))?$/;
const DECIMAL_POWER = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 } as const;
const BINARY_POWER = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 } as const;
const MIB = 2n ** 20n;

/**
 * Reads a quantity: `2`, `500m`, `1.5Gi`, `129e6`, `64M`. Signs other than plus are refused: nothing here is negative.
 *
 * @returns undefined for anything else
 * @see Kubernetes, apimachinery, pkg/api/resource/quantity.go
 */
function readFraction(value: unknown): Fraction | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const match = QUANTITY.exec(String(value));
  if (match === null) return undefined;
  const [, whole = '', part = '', suffix, exponent] = match;
  if (whole === '' && part === '') return undefined;
  const digits = BigInt(`${whole}${part}`);
  const binary = Object.hasOwn(BINARY_POWER, suffix ?? '')
    ? BINARY_POWER[suffix as keyof typeof BINARY_POWER]
    : 0;
  const decimal = Object.hasOwn(DECIMAL_POWER, suffix ?? '')
    ? DECIMAL_POWER[suffix as keyof typeof DECIMAL_POWER]
    : 0;
  const power = decimal + Number(exponent ?? 0) - part.length;
  return {
    numerator: digits * 2n ** BigInt(binary) * 10n ** BigInt(Math.max(0, power)),
    denominator: 10n ** BigInt(Math.max(0, -power)),
  };
}

/** Kubernetes rounds what is asked up; what there is is rounded down here. */
export type Rounding = 'up' | 'down';

/** Thousandths of a unit, whole; undefined for what is no quantity, or is above what a number holds exactly. */
export function readMilli(value: unknown, rounding: Rounding): number | undefined {
  return scaled(readFraction(value), 1000n, 1n, rounding);
}

/** MiB of a number of bytes, whole. */
export function readMib(value: unknown, rounding: Rounding): number | undefined {
  return scaled(readFraction(value), 1n, MIB, rounding);
}

/** A whole number; undefined for anything else, fractions too. */
export function readCount(value: unknown): number | undefined {
  const fraction = readFraction(value);
  if (fraction === undefined || fraction.numerator % fraction.denominator !== 0n) return undefined;
  return scaled(fraction, 1n, 1n, 'up');
}

function scaled(
  fraction: Fraction | undefined,
  times: bigint,
  over: bigint,
  rounding: Rounding,
): number | undefined {
  if (fraction === undefined) return undefined;
  const numerator = fraction.numerator * times;
  const denominator = fraction.denominator * over;
  const result = rounding === 'up' ? (numerator + denominator - 1n) / denominator : numerator / denominator;
  return result <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(result) : undefined;
}
