import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { normalizeScenario } from '../../../sim/index.ts';
import { UsageError } from '../../errors.ts';
import { fileErrorText } from '../../file-errors.ts';
import { traceFiles } from '../../load-traces.ts';

/** By file as it was when it was read: a sweep's runs mostly read the same few. */
const known = new Map<string, Promise<string>>();
const MOST_KNOWN = 1000;

/**
 * SHA-256 of the files that a scenario reads, by path as the scenario writes it.
 *
 * @param folder where relative paths start
 * @throws {UsageError} if a file cannot be read
 */
export async function fileDigests(
  document: unknown,
  folder: string,
): Promise<Readonly<Record<string, string>>> {
  const normalized = normalizeScenario(document);
  if (!normalized.ok) return {};
  const digests: Record<string, string> = {};
  for (const path of traceFiles(normalized.scenario)) {
    const file = resolve(folder, path);
    try {
      const { size, mtimeMs, ino } = await stat(file);
      const key = JSON.stringify([file, size, mtimeMs, ino]);
      let digest = known.get(key);
      if (digest === undefined) {
        if (known.size >= MOST_KNOWN) known.clear();
        digest = digestOf(file);
        known.set(key, digest);
        digest.catch(() => known.delete(key));
      }
      digests[path] = await digest;
    } catch (error) {
      throw new UsageError(`cannot read ${file}: ${fileErrorText(error)}`);
    }
  }
  return digests;
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
