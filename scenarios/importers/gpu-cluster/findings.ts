import { didYouMean } from '../../../sim/scenario/nearest-name.ts';
import { formatPath, isMapping, type Path } from '../../../sim/scenario/path.ts';
import { type Problem, quoteValue } from '../../../sim/scenario/problem.ts';

/** More are counted, not listed: a file that is wrong all over needs no ten thousand lines to say so. */
const MOST_LISTED = 500;

/** Reads parts of a file whose shape nobody has checked, and collects everything that is wrong with it. */
export class Findings {
  readonly #problems: Problem[] = [];
  readonly #at: (path: Path) => string;
  #unlisted = 0;

  /** @param at place of a path in the text, `file:line:column` */
  constructor(at: (path: Path) => string) {
    this.#at = at;
  }

  get problems(): readonly Problem[] {
    if (this.#unlisted === 0) return this.#problems;
    const message = `has ${this.#unlisted} more problems that are not listed`;
    return [...this.#problems, { path: '', message }];
  }

  add(path: Path, message: string, value?: unknown, hint?: string): void {
    if (this.#problems.length >= MOST_LISTED) {
      this.#unlisted += 1;
      return;
    }
    this.#problems.push({
      path: formatPath(path),
      ...(value === undefined ? {} : { value }),
      message,
      ...(hint === undefined ? {} : { hint }),
      at: this.#at(path),
    });
  }

  /** A mapping with these keys at most; undefined for anything else, which is reported. Unknown keys are reported. */
  mapping(path: Path, value: unknown, keys: readonly string[]): Record<string, unknown> | undefined {
    if (!isMapping(value)) {
      this.add(path, `must be a mapping with the keys ${keys.join(', ')}${got(value)}`, value);
      return undefined;
    }
    for (const key of Object.keys(value)) {
      if (keys.includes(key)) continue;
      const hint = [didYouMean(key, keys), `accepted: ${keys.join(', ')}`].filter(Boolean).join(' ');
      this.add([...path, key], 'unknown key', undefined, hint);
    }
    return value;
  }

  /** A list of at least `min` and at most `max` items; empty for anything else, which is reported. */
  list(path: Path, value: unknown, noun: string, min: number, max: number): readonly unknown[] {
    const accepted = `must be a list of ${min} to ${max} ${noun}`;
    if (Array.isArray(value) && value.length >= min && value.length <= max) return value;
    const found = Array.isArray(value) ? `, got ${value.length}` : got(value);
    const hint = isMapping(value) ? 'begin each item with "- "' : undefined;
    this.add(path, `${accepted}${found}`, Array.isArray(value) ? undefined : value, hint);
    return [];
  }

  /** Text of 1 to 64 characters on one line; undefined for anything else, which is reported. */
  line(path: Path, value: unknown, what: string): string | undefined {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
    if (typeof value === 'string' && /^[^\u0000-\u001f\u007f]{1,64}$/.test(value)) return value;
    this.add(path, `must be ${what}: text of 1 to 64 characters${got(value)}`, value);
    return undefined;
  }

  /** A name that scenarios take, too; undefined for anything else, which is reported. Numbers are taken as text. */
  name(path: Path, value: unknown, what: string): string | undefined {
    const text = typeof value === 'number' ? String(value) : value;
    if (typeof text === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text)) return text;
    const accepted = '1 to 64 letters, digits, ".", "_" or "-", starting with a letter or digit';
    this.add(path, `must be ${what}: ${accepted}${got(value)}`, value);
    return undefined;
  }
}

function got(value: unknown): string {
  return value === undefined ? ', is missing' : `, got ${quoteValue(value)}`;
}
