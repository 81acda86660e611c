import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A source file of the repository. */
export interface SourceFile {
  /** From the root, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** What npm, builds and runs leave behind. */
const NOT_SOURCE = /^(node_modules|dist|dist\..+|dist-viewer|out|coverage|\..+)$/;

/** All TypeScript and JavaScript files below the working directory, which is the root in a test run, sorted by path. */
export function sourceFiles(): readonly SourceFile[] {
  return pathsBelow('').map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}

function pathsBelow(folder: string): string[] {
  const entries = readdirSync(folder === '' ? '.' : folder, { withFileTypes: true });
  return entries
    .filter((entry) => !NOT_SOURCE.test(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name).replaceAll('\\', '/');
      if (entry.isDirectory()) return pathsBelow(path);
      return /\.(ts|tsx|mts|js|mjs)$/.test(entry.name) ? [path] : [];
    });
}
