import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { UsageError } from './errors.ts';
import { fileErrorText } from './file-errors.ts';

/** By file as it was when it was read: a sweep's runs mostly read the same few. */
const known = new Map<string, Promise<string>>();
const MOST_KNOWN = 1000;

/**
 * SHA-256 of a file, as hex; read again only where its size or times say that it may be another.
 *
 * @throws {UsageError} if it cannot be read
 */
export async function fileDigest(file: string): Promise<string> {
  try {
    const { size, mtimeNs, ctimeNs, ino } = await stat(file, { bigint: true });
    const key = [file, size, mtimeNs, ctimeNs, ino].join('\n');
    let digest = known.get(key);
    if (digest === undefined) {
      if (known.size >= MOST_KNOWN) known.clear();
      digest = digestOf(file);
      known.set(key, digest);
      digest.catch(() => known.delete(key));
    }
    return await digest;
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${fileErrorText(error)}`);
  }
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
