import { posix } from 'node:path';
import type { SourceFile } from './source-files.ts';
import { lineAt, nodeIn, nodesOf, parseSource } from './syntax.ts';

/** One import of a file, of values or of types alone. */
export interface Import {
  /** File that imports, from the root. */
  readonly from: string;
  readonly line: number;
  /** Whether nothing of it is left at run time. */
  readonly isTypeOnly: boolean;
  /** As written. */
  readonly specifier: string;
  /** Imported file, from the root; undefined for a package or a module of Node. */
  readonly to: string | undefined;
}

/**
 * Every import, re-export, `import()` of a literal and `import()` type of a file. What `import()` computes is not seen.
 */
export function importsOf({ path, text }: SourceFile): readonly Import[] {
  const found: Import[] = [];
  for (const node of nodesOf(parseSource(path, text))) {
    if (!IMPORTING.has(node.type)) continue;
    const specifier = nodeIn(node, 'source')?.value;
    if (typeof specifier !== 'string') continue;
    const to = /^\.\.?(\/|$)/.test(specifier)
      ? posix.join(posix.dirname(path), specifier.replace(/\?.*$/, ''))
      : undefined;
    const isTypeOnly =
      node.type === 'TSImportType' || node.importKind === 'type' || node.exportKind === 'type';
    found.push({ from: path, line: lineAt(text, node.start), isTypeOnly, specifier, to });
  }
  return found;
}

const IMPORTING: ReadonlySet<string> = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
]);
