import { parseSync } from 'vite';

/** A node of a syntax tree in ESTree form with TypeScript's additions; which fields it has depends on its type. */
export interface SyntaxNode {
  readonly type: string;
  /** Offset in the text, in characters. */
  readonly start: number;
  readonly [field: string]: unknown;
}

/**
 * Parses JavaScript or TypeScript, told apart by the extension of `path`. Comments are not in the tree.
 *
 * @throws {SyntaxError} with the path and the first fault
 */
export function parseSource(path: string, text: string): SyntaxNode {
  const { program, errors } = parseSync(path, text, { preserveParens: false, sourceType: 'module' });
  const [fault] = errors;
  if (fault !== undefined) throw new SyntaxError(`Cannot parse ${path}: ${fault.message}`);
  return program as unknown as SyntaxNode;
}

/** The nodes right below a node, each with the field that holds it, in the order of the text. */
export function* childrenOf(
  node: SyntaxNode,
): Generator<{ readonly child: SyntaxNode; readonly field: string }> {
  for (const [field, value] of Object.entries(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) yield { child, field };
  }
}

/** All nodes of a tree, each after the node that holds it. */
export function* nodesOf(node: SyntaxNode): Generator<SyntaxNode> {
  yield node;
  for (const { child } of childrenOf(node)) yield* nodesOf(child);
}

/** The node in a field, undefined where it is empty or no node. */
export function nodeIn(node: SyntaxNode, field: string): SyntaxNode | undefined {
  const value = node[field];
  return isNode(value) ? value : undefined;
}

/** Line of an offset, from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function isNode(value: unknown): value is SyntaxNode {
  return (
    typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
  );
}
