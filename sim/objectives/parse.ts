import { nameHint } from '../scenario/nearest-name.ts';
import {
  type CompareOp,
  type Condition,
  type Expression,
  type FoldName,
  GROUP_KINDS,
  type GroupKind,
  isCondition,
  type MetricRef,
  type Quantity,
  type Side,
} from './expression.ts';
import { knownUnit, likelyNames, STATISTICS, statisticsOf, unaliased, unaliasedStem } from './names.ts';
import { ExpressionError, type Token, tokensOf } from './tokens.ts';
import { namedUnit, per, UNIT_NAMES } from './units.ts';

const COMPARISONS: readonly string[] = ['<', '<=', '>', '>=', '==', '!='];
const FOLDS: readonly string[] = ['min', 'max', 'abs'];
const CHANGES: readonly string[] = ['delta', 'change'];
const FUNCTIONS = [...new Set([...STATISTICS, ...FOLDS, ...CHANGES, 'metric'])];
/** Brackets in brackets; more exhaust the stack. */
const DEEPEST = 50;

export interface Parsed {
  readonly expression: Expression;
  /** Names that nothing has. */
  readonly unknown: readonly ExpressionError[];
}

/**
 * Reads an expression by recursive descent: `or` binds least, then `and`, `not`, comparisons, `+ -`, `* /`, signs.
 *
 * @throws {ExpressionError} at the first thing that does not fit; names that are not known are gathered instead
 */
export function parseExpression(text: string): Parsed {
  const parser = new Parser(tokensOf(text));
  return { expression: parser.whole(), unknown: parser.unknown };
}

class Parser {
  readonly unknown: ExpressionError[] = [];
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Expression {
    const expression = this.#or();
    if (this.#next.kind !== 'end') throw this.#unexpected('and, or, a comparison, + - * /, or the end');
    return expression;
  }

  get #next(): Token {
    return this.#tokens[this.#at] as Token;
  }

  #take(): Token {
    const token = this.#next;
    this.#at += 1;
    return token;
  }

  #isSign(...signs: readonly string[]): boolean {
    return this.#next.kind === 'sign' && signs.includes(this.#next.text);
  }

  #isWord(word: string): boolean {
    return this.#next.kind === 'name' && this.#next.text === word;
  }

  #expect(sign: string): Token {
    if (!this.#isSign(sign)) throw this.#unexpected(JSON.stringify(sign));
    return this.#take();
  }

  #unexpected(accepted: string): ExpressionError {
    const { kind, text, from } = this.#next;
    const found =
      kind === 'end' ? 'the end' : kind === 'text' ? `the text ${JSON.stringify(text)}` : `"${text}"`;
    return new ExpressionError(from, `found ${found}`, `accepted: ${accepted}`);
  }

  #or(): Expression {
    return this.#joined('or', 'any', () => this.#and());
  }

  #and(): Expression {
    return this.#joined('and', 'all', () => this.#not());
  }

  #joined(word: 'or' | 'and', kind: 'any' | 'all', part: () => Expression): Expression {
    const first = part();
    if (!this.#isWord(word)) return first;
    const of = [condition(first, `before ${word}`)];
    while (this.#isWord(word)) {
      this.#take();
      of.push(condition(part(), `after ${word}`));
    }
    return { kind, of, from: first.from, to: (of.at(-1) as Condition).to };
  }

  #not(): Expression {
    if (!this.#isWord('not')) return this.#comparison();
    const { from } = this.#take();
    const of = this.#within(() => condition(this.#not(), 'after not'));
    return { kind: 'not', of, from, to: of.to };
  }

  #comparison(): Expression {
    const left = this.#sum();
    if (this.#isSign('=')) throw this.#unexpected('< <= > >= == !=');
    if (!this.#isSign(...COMPARISONS)) return left;
    const sign = this.#take();
    const right = quantity(this.#sum(), `after ${sign.text}`);
    if (this.#isSign(...COMPARISONS)) {
      throw new ExpressionError(
        this.#next.from,
        `found "${this.#next.text}" after a comparison`,
        'write a < b and b < c',
      );
    }
    return {
      kind: 'comparison',
      op: sign.text as CompareOp,
      left: quantity(left, `before ${sign.text}`),
      right,
      from: left.from,
      to: right.to,
    };
  }

  #sum(): Expression {
    return this.#arithmetic(['+', '-'], () => this.#product());
  }

  #product(): Expression {
    return this.#arithmetic(['*', '/'], () => this.#signed());
  }

  #arithmetic(signs: readonly string[], part: () => Expression): Expression {
    let left = part();
    while (this.#isSign(...signs)) {
      const { text } = this.#take();
      const right = quantity(part(), `after ${text}`);
      const op = text as '+' | '-' | '*' | '/';
      left = {
        kind: 'arithmetic',
        op,
        left: quantity(left, `before ${op}`),
        right,
        from: left.from,
        to: right.to,
      };
    }
    return left;
  }

  #signed(): Expression {
    if (!this.#isSign('-')) return this.#primary();
    const { from } = this.#take();
    const of = this.#within(() => quantity(this.#signed(), 'after -'));
    return { kind: 'negative', of, from, to: of.to };
  }

  #primary(): Expression {
    const token = this.#next;
    if (token.kind === 'number') return this.#number();
    if (token.kind === 'name') return this.#named();
    if (this.#isSign('(')) {
      this.#take();
      const inner = this.#within(() => this.#or());
      const { to } = this.#expect(')');
      return { ...inner, from: token.from, to };
    }
    throw this.#unexpected('a number, the name of a metric, a function, or "("');
  }

  #within<T>(part: () => T): T {
    if (this.#depth >= DEEPEST)
      throw new ExpressionError(this.#next.from, `must not be nested deeper than ${DEEPEST} levels`);
    this.#depth += 1;
    const result = part();
    this.#depth -= 1;
    return result;
  }

  /** A number and its unit: `60s`, `95 %`, `40000 USD/month`. */
  #number(): Quantity {
    const { text, from, to } = this.#take();
    const value = Number(text.replaceAll('_', ''));
    if (!Number.isFinite(value))
      throw new ExpressionError(from, `found ${text}`, 'accepted: a finite number');
    const bare: Quantity = { kind: 'number', value, dimension: {}, text, from, to };
    const token = this.#next;
    if (this.#isSign('%')) {
      this.#take();
      return { ...bare, value: value / 100, text: `${text} %`, to: token.to };
    }
    if (token.kind !== 'name' || token.text === 'and' || token.text === 'or') return bare;
    let unit = namedUnit(token.text);
    if (unit === undefined) {
      const hint = nameHint(token.text, UNIT_NAMES);
      throw new ExpressionError(token.from, `found "${token.text}" after a number: not a unit`, hint);
    }
    this.#take();
    let end = token.to;
    let name = token.text;
    // `USD/month` is a unit; with spaces around it `/` divides.
    for (;;) {
      const [slash, below] = [this.#next, this.#tokens[this.#at + 1]];
      if (!this.#isSign('/') || slash.from !== end || below?.kind !== 'name' || below.from !== slash.to)
        break;
      const divisor = namedUnit(below.text);
      if (divisor === undefined) break;
      unit = per(unit, divisor);
      name += `/${below.text}`;
      end = below.to;
      this.#at += 2;
    }
    return {
      ...bare,
      value: value * unit.factor,
      dimension: unit.dimension,
      text: `${text} ${name}`,
      to: end,
    };
  }

  #named(): Quantity {
    const token = this.#take();
    if (this.#isSign('(')) return this.#call(token);
    return this.#metric(token, (name) => fullName(name, token.from));
  }

  /** @param resolve name of the metric by what stands behind `base.` and `candidate.` */
  #metric(token: Token, resolve: (name: string) => string): Quantity {
    const [, prefix, rest = token.text] = /^(base|candidate)\.(.+)$/.exec(token.text) ?? [];
    const side: Side = prefix === 'base' ? 'base' : 'candidate';
    const { from, to } = token;
    try {
      return { kind: 'metric', side, metric: { name: resolve(rest) }, from, to };
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      this.unknown.push(error);
      return { kind: 'metric', side, metric: { name: rest }, from, to };
    }
  }

  #call({ text: name, from }: Token): Quantity {
    if (!FUNCTIONS.includes(name)) {
      throw new ExpressionError(from, `no function is called "${name}"`, nameHint(name, FUNCTIONS));
    }
    this.#expect('(');
    if (name === 'metric') return this.#quoted(from);
    if (this.#isStatistic(name)) return this.#statistic(name, from);
    const of = this.#arguments(name);
    const { to } = this.#expect(')');
    if (CHANGES.includes(name)) {
      const [only] = of;
      if (of.length !== 1 || only === undefined)
        throw new ExpressionError(from, `${name} takes one quantity, got ${of.length}`);
      return { kind: name as 'delta' | 'change', of: only, from, to };
    }
    if (name === 'abs' && of.length !== 1)
      throw new ExpressionError(from, `abs takes one quantity, got ${of.length}`);
    if (name !== 'abs' && of.length < 2)
      throw new ExpressionError(from, `${name} takes two quantities or more, got ${of.length}`);
    return { kind: 'fold', name: name as FoldName, of, from, to };
  }

  /** `max(wait)` is a statistic, `max(wait.mean, 60s)` the larger of two. */
  #isStatistic(name: string): boolean {
    if (!STATISTICS.includes(name)) return false;
    if (!FOLDS.includes(name)) return true;
    const [first, second, third] = [this.#next, this.#tokens[this.#at + 1], this.#tokens[this.#at + 2]];
    const fourth = this.#tokens[this.#at + 3];
    if (first.kind !== 'name' || second?.kind !== 'sign') return false;
    // A second argument `pool: "a"` selects a part of the run.
    const selects = third?.kind === 'name' && fourth?.kind === 'sign' && fourth.text === ':';
    return second.text === ')' || (second.text === ',' && selects);
  }

  #arguments(name: string): readonly Quantity[] {
    const of = [this.#within(() => quantity(this.#or(), `in ${name}()`))];
    while (this.#isSign(',')) {
      this.#take();
      of.push(this.#within(() => quantity(this.#or(), `in ${name}()`)));
    }
    return of;
  }

  #statistic(name: string, from: number): Quantity {
    const token = this.#next;
    if (token.kind !== 'name') throw this.#unexpected('the name of what it is taken of, such as wait');
    this.#take();
    const found = this.#metric(token, (stem) => statisticName(stem, name, token.from));
    return this.#selected(found, from);
  }

  #quoted(from: number): Quantity {
    const token = this.#next;
    if (token.kind !== 'text') throw this.#unexpected('the name of a metric in quotes, such as "wait.mean"');
    this.#take();
    const found = this.#metric(token, unaliased);
    return this.#selected(found, from);
  }

  /** The rest of a call after a metric: perhaps which part of the run is meant. */
  #selected(found: Quantity, from: number): Quantity {
    let group: MetricRef['group'];
    if (this.#isSign(',')) {
      this.#take();
      const by = this.#next;
      if (by.kind !== 'name' || !(GROUP_KINDS as readonly string[]).includes(by.text)) {
        const error = this.#unexpected(`${GROUP_KINDS.join(', ')}, and then : and a name in quotes`);
        throw by.kind === 'name'
          ? new ExpressionError(
              by.from,
              `nothing is selected by "${by.text}"`,
              nameHint(by.text, GROUP_KINDS),
            )
          : error;
      }
      this.#take();
      this.#expect(':');
      const name = this.#next;
      if (name.kind !== 'text') throw this.#unexpected('a name in quotes');
      this.#take();
      group = { by: by.text as GroupKind, name: name.text };
    }
    if (this.#isSign(',')) throw this.#unexpected('")": one part of the run at a time');
    const { to } = this.#expect(')');
    if (found.kind !== 'metric') return found;
    return { ...found, metric: { ...found.metric, ...(group === undefined ? {} : { group }) }, from, to };
  }
}

/** A metric by its name or a short one. @throws {ExpressionError} if there is none */
function fullName(written: string, from: number): string {
  const name = unaliased(written);
  if (knownUnit(name) !== undefined) return name;
  const statistics = statisticsOf(unaliasedStem(written));
  if (statistics.length > 0) {
    const calls = statistics.map((each) => `${each}(${written})`).join(', ');
    throw new ExpressionError(from, `"${written}" is several numbers`, `accepted: ${calls}`);
  }
  throw unknownName(written, from);
}

function statisticName(stem: string, statistic: string, from: number): string {
  // Counts by reason go on after a dot, so that jobs.rejected.mean would be one of them.
  if (knownUnit(stem) !== undefined) {
    throw new ExpressionError(
      from,
      `"${stem}" is one number, which has no ${statistic}`,
      `write ${stem} alone`,
    );
  }
  const name = `${unaliasedStem(stem)}.${statistic}`;
  if (knownUnit(name) !== undefined) return name;
  const others = statisticsOf(unaliasedStem(stem));
  if (others.length > 0) {
    throw new ExpressionError(from, `"${stem}" has no ${statistic}`, `accepted: ${others.join(', ')}`);
  }
  throw unknownName(stem, from, statistic);
}

function unknownName(written: string, from: number, statistic?: string): ExpressionError {
  const likely = likelyNames(statistic === undefined ? written : `${written}.${statistic}`);
  const hint = nameHint(statistic === undefined ? written : `${written}.${statistic}`, [], likely);
  const nearest = /^did you mean "[^"]*"\?/.exec(hint)?.[0];
  const more = 'accepted: the metrics of docs/results.md, or metric("NAME") for any other';
  return new ExpressionError(
    from,
    `no metric is called "${written}"`,
    nearest === undefined ? more : `${nearest} ${more}`,
  );
}

function quantity(node: Expression, where: string): Quantity {
  if (!isCondition(node)) return node;
  throw new ExpressionError(node.from, `found a condition ${where}`, 'accepted: a quantity');
}

function condition(node: Expression, where: string): Condition {
  if (isCondition(node)) return node;
  throw new ExpressionError(
    node.from,
    `found a quantity ${where}`,
    'accepted: a condition such as wait.mean < 60s',
  );
}
