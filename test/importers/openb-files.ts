import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'vitest';

/** Where the published openb lists lie, beside the checkout. */
export const OPENB_FOLDER = fileURLToPath(new URL('../../../shared/traces/openb/', import.meta.url));

/** Skips a test, saying why, where the published lists are not at hand. */
export function needsOpenbFiles(context: TestContext): void {
  context.skip(!existsSync(OPENB_FOLDER), 'needs the published lists in ../shared/traces/openb');
}
