import { formatPath, type Path } from './path.ts';

/** One thing that is wrong with a scenario. */
export interface Problem {
  /** Path of the offending value: `fleet.hosts[0].memory`. Empty for the document as a whole. */
  readonly path: string;
  /** The value found there; absent when the key is missing. */
  readonly value?: unknown;
  /** What is wrong and what is accepted. */
  readonly message: string;
  /** A nearest name or another way out. */
  readonly hint?: string;
  /** Place in the source text, `file:line:column`. */
  readonly at?: string;
}

/** A problem before its path is written out: the form in which the checks report. */
export interface Finding {
  readonly path: Path;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** Something worth saying about a valid scenario: a rounding, a setting without effect. */
export interface Note {
  readonly path: string;
  readonly message: string;
}

const LONGEST_QUOTE = 60;

/** A value as messages quote it: JSON, cut at 60 characters; numbers JSON cannot write by their name. */
export function quoteValue(value: unknown): string {
  if (typeof value === 'number' || value === undefined) return String(value);
  if (typeof value === 'bigint') return `${value}`;
  let text: string | undefined;
  try {
    // The replacer keeps a big list short, so that a problem in it costs no more than its quote.
    text = JSON.stringify(typeof value === 'string' ? value.slice(0, 4 * LONGEST_QUOTE) : shallow(value));
  } catch {
    text = undefined;
  }
  text ??= typeof value;
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE - 1)}…` : text;
}

/** The first few entries of a container, its own containers reduced to a mark. */
function shallow(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 10).map(mark);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, 10)
      .map(([key, item]) => [key, mark(item)]),
  );
}

function mark(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : ['…'];
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0 ? {} : { '…': '…' };
  return typeof value === 'bigint' ? `${value}` : value;
}

/** Writes a finding about `document` as a problem: path in text, the value there, the place in the source. */
export function problemFrom(
  finding: Finding,
  value: unknown,
  at: ((path: Path) => string | undefined) | undefined,
): Problem {
  const place = at?.(finding.path);
  return {
    path: formatPath(finding.path),
    ...(value === undefined ? {} : { value }),
    message: finding.message,
    ...(finding.hint === undefined ? {} : { hint: finding.hint }),
    ...(place === undefined ? {} : { at: place }),
  };
}
