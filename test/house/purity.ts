import { type Import, importsOf } from './imports.ts';
import type { SourceFile } from './source-files.ts';
import { lineAt, nodeIn, nodesOf, parseSource, type SyntaxNode } from './syntax.ts';
import { type UnboundName, unboundNames } from './unbound-names.ts';

/** Packages that sim/ may use: they run in the browser, and give the same answer everywhere. */
const PACKAGES = /^(zod|yaml|immer|seedrandom(\/lib\/alea\.js)?|@stdlib\/[\w-]+)$/;

/** Globals of the language that are neither clock, chance, locale nor waiting. Math has a rule of its own. */
const PURE_GLOBALS: ReadonlySet<string> = new Set(
  (
    'undefined NaN Infinity isFinite isNaN parseInt parseFloat encodeURIComponent Number String Boolean BigInt Symbol Object Array Map Set ' +
    'WeakMap WeakSet JSON RegExp Error RangeError TypeError SyntaxError Math ArrayBuffer DataView Int8Array Uint8Array ' +
    'Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float32Array Float64Array BigInt64Array BigUint64Array'
  ).split(' '),
);

/** Types that a pure function has no use for. Other types of the language are harmless: the code behind them is not. */
const IMPURE_TYPES = /^(Date|Promise\w*|Async\w+|Awaited|Intl|WeakRef)$/;

/** Members of Math whose value ECMA-262 gives to the last bit. */
const EXACT_MATH =
  /^(abs|ceil|clz32|floor|fround|imul|max|min|round|sign|sqrt|trunc|E|PI|LN2|LN10|LOG2E|LOG10E|SQRT2|SQRT1_2)$/;

/** Methods of ordinary values that depend on the locale, or wait. */
const IMPURE_METHODS: readonly (readonly [RegExp, string])[] = [
  [/^(toLocale\w+|localeCompare)$/, 'depends on the locale'],
  [/^fromAsync$/, 'waits: sim/ runs without async'],
];

/** What keeps a file from being pure: a function of its input alone, the same bits on every engine. One line each. */
export function impurities(file: SourceFile): readonly string[] {
  const program = parseSource(file.path, file.text);
  const found = [
    ...importsOf(file).flatMap((each) => located(each.line, impureImport(each))),
    ...unboundNames(program).flatMap((use) => at(use.node, impureName(use))),
    ...[...nodesOf(program)].flatMap((node) => at(node, impureNode(node))),
  ];
  return found.sort((a, b) => a.line - b.line).map(({ line, text }) => `${file.path}:${line}: ${text}`);

  function at(node: SyntaxNode, text: string | undefined) {
    return located(lineAt(file.text, node.start), text);
  }
}

function located(line: number, text: string | undefined) {
  return text === undefined ? [] : [{ line, text }];
}

function impureImport({ specifier, to }: Import): string | undefined {
  if (to !== undefined || PACKAGES.test(specifier)) return undefined;
  return `${specifier} is not one of the packages that sim/ may use (zod, yaml, immer, seedrandom, @stdlib/*)`;
}

function impureName({ name, node, parent, isType }: UnboundName): string | undefined {
  if (isType) return IMPURE_TYPES.test(name) ? `the type ${name} has no place in a pure function` : undefined;
  if (name === 'Math') return impureMath(parent, node);
  if (PURE_GLOBALS.has(name) || parent.type === 'TSTypeQuery') return undefined;
  return `${name} is not declared here, and no global that is the same everywhere`;
}

function impureMath(parent: SyntaxNode, math: SyntaxNode): string | undefined {
  const member = nodeIn(parent, 'property');
  if (parent.type !== 'MemberExpression' || parent.object !== math || parent.computed === true)
    return 'Math must be followed by the name of a member, so that one can see which it is';
  const name = String(member?.name);
  if (EXACT_MATH.test(name)) return undefined;
  if (name === 'random')
    return 'Math.random is chance without a seed: take a stream from sim/kernel/random.ts';
  return `Math.${name} may differ in the last bit between engines: use sim/kernel/math.ts`;
}

function impureNode(node: SyntaxNode): string | undefined {
  if (node.async === true || node.await === true || node.type === 'AwaitExpression')
    return 'waits: sim/ runs without async';
  if (node.type === 'ImportExpression') return 'import() waits: sim/ runs without async';
  if (node.type === 'MetaProperty' && nodeIn(node, 'meta')?.name === 'import')
    return 'import.meta says where the code runs';
  if (node.type === 'MemberExpression') return impureMethod(node);
  if (node.operator === '**' || node.operator === '**=') return impurePower(node);
  return undefined;
}

function impureMethod(node: SyntaxNode): string | undefined {
  const property = nodeIn(node, 'property');
  const name = node.computed === true ? property?.value : property?.name;
  if (typeof name !== 'string') return undefined;
  const reason = IMPURE_METHODS.find(([names]) => names.test(name))?.[1];
  return reason === undefined ? undefined : `${name} ${reason}`;
}

/**
 * `**` on numbers is Math.pow, so only powers that every engine is sure to get right pass: of 2, and of 10 up to 1e22,
 * both exact in a double. On big integers it is exact.
 */
function impurePower(node: SyntaxNode): string | undefined {
  const base = nodeIn(node, 'left');
  if (typeof base?.bigint === 'string') return undefined;
  const exponent = wholeLiteral(nodeIn(node, 'right'));
  const most = base?.value === 2 ? 1023 : base?.value === 10 ? 22 : -1;
  const least = base?.value === 2 ? -1022 : 0;
  if (exponent !== undefined && exponent >= least && exponent <= most) return undefined;
  return '** is Math.pow, which may differ in the last bit between engines: use sim/kernel/math.ts';
}

function wholeLiteral(node: SyntaxNode | undefined): number | undefined {
  const isMinus = node?.type === 'UnaryExpression' && node.operator === '-';
  const value = isMinus ? nodeIn(node, 'argument')?.value : node?.value;
  if (!Number.isInteger(value)) return undefined;
  return isMinus ? -(value as number) : (value as number);
}
