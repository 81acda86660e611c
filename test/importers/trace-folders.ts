import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'vitest';

/** Where the public traces lie, beside the checkout. */
const FOLDER = fileURLToPath(new URL('../../../shared/traces/', import.meta.url));

/** Path of a public trace, given by its folder and name. */
export function traceFile(...names: readonly string[]): string {
  return join(FOLDER, ...names);
}

export function traceStream(...names: readonly string[]) {
  return createReadStream(traceFile(...names));
}

/** Skips a test, saying why, where the traces of a folder are not at hand. */
export function needsTraces(context: TestContext, folder: string): void {
  context.skip(!existsSync(traceFile(folder)), `needs the public traces in ../shared/traces/${folder}`);
}
