import { type Chunks, texts } from './csv-rows.ts';
import type { ReportBuilder } from './import-report.ts';

/** One item of a JSON array. */
export interface JsonItem {
  /** Line on which it starts, from 1. */
  readonly line: number;
  readonly value: unknown;
  /** Why it could not be parsed; `value` is then its text, cut short. */
  readonly fault?: string;
}

/** Longest item taken, in characters: bounds what a file with an open bracket holds in memory. */
export const MAX_ITEM_CHARS = 1 << 24;

/**
 * The items of a file that is one JSON array, one after the other, so that the file need not be in memory at once. An
 * item with a fault costs itself; what makes the array itself unreadable refuses the file.
 */
export async function* jsonItemBatches(
  chunks: Chunks,
  report: ReportBuilder,
): AsyncGenerator<JsonItem[], void, undefined> {
  const splitter = new JsonSplitter();
  for await (const text of texts(chunks)) {
    const items = splitter.push(text);
    if (items.length > 0) yield items;
    if (splitter.refusal !== undefined) break;
  }
  const refusal = splitter.refusal ?? splitter.endRefusal();
  if (refusal !== undefined) report.refuse(refusal);
}

const [QUOTE, BACKSLASH, NEWLINE, COMMA] = [34, 92, 10, 44];
const [OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP] = [91, 93, 123, 125];
const MAX_FAULT_CHARS = 100;

class JsonSplitter {
  refusal: string | undefined;
  #place: 'before' | 'inside' | 'after' = 'before';
  #line = 1;
  /** The item that has begun: earlier pieces of its text, and where it began. */
  #item = '';
  #itemLine = 1;
  #itemHasBegun = false;
  #depth = 0;
  #isString = false;
  #isEscaped = false;
  #items = 0;

  push(text: string): JsonItem[] {
    const items: JsonItem[] = [];
    let start = 0;
    for (let i = 0; i < text.length && this.refusal === undefined; i++) {
      const code = text.charCodeAt(i);
      if (code === NEWLINE) this.#line += 1;
      if (this.#place === 'inside' && (this.#isString || !this.#endsItem(code))) {
        if (!this.#itemHasBegun && !isSpace(code)) {
          this.#itemHasBegun = true;
          this.#itemLine = this.#line;
        }
        this.#follow(code);
        continue;
      }
      if (this.#place === 'inside') {
        this.#take(items, this.#item + text.slice(start, i), code === CLOSE_LIST);
        this.#item = '';
        start = i + 1;
        if (code === CLOSE_LIST) this.#place = 'after';
      } else if (!isSpace(code)) {
        if (this.#place === 'before' && code === OPEN_LIST) {
          this.#place = 'inside';
          start = i + 1;
        } else {
          const needed = this.#place === 'before' ? 'must be a JSON array, [...]' : 'must end with the array';
          this.refusal = `line ${this.#line}: ${needed}, got "${text.slice(i, i + 20)}"`;
        }
      }
    }
    if (this.#place === 'inside') this.#item += text.slice(start);
    if (this.#item.length > MAX_ITEM_CHARS) {
      this.refusal ??= `line ${this.#itemLine}: the item that starts here is longer than ${MAX_ITEM_CHARS} characters, or a bracket or quote in it is not closed`;
    }
    return items;
  }

  /** What is wrong with a file that ends here. */
  endRefusal(): string | undefined {
    if (this.#place === 'before') return 'is empty: need a JSON array, [...]';
    if (this.#place === 'after') return undefined;
    const open = this.#itemHasBegun ? `, inside the item that starts on line ${this.#itemLine}` : '';
    return `line ${this.#line}: the file ends before its array does${open}`;
  }

  #endsItem(code: number): boolean {
    return this.#depth === 0 && (code === COMMA || code === CLOSE_LIST);
  }

  #follow(code: number): void {
    if (this.#isString) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (code === BACKSLASH) this.#isEscaped = true;
      else if (code === QUOTE) this.#isString = false;
    } else if (code === QUOTE) this.#isString = true;
    else if (code === OPEN_MAP || code === OPEN_LIST) this.#depth += 1;
    else if (code === CLOSE_MAP || code === CLOSE_LIST) this.#depth = Math.max(0, this.#depth - 1);
  }

  #take(items: JsonItem[], text: string, isLast: boolean): void {
    const isEmptyList = isLast && this.#items === 0 && !this.#itemHasBegun;
    const line = this.#itemHasBegun ? this.#itemLine : this.#line;
    this.#itemHasBegun = false;
    if (isEmptyList) return;
    this.#items += 1;
    try {
      items.push({ line, value: JSON.parse(text) as unknown });
    } catch {
      items.push({
        line,
        value: text.trim().slice(0, MAX_FAULT_CHARS),
        fault: 'must be JSON',
      });
    }
  }
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}
