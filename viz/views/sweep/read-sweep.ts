import {
  keptPoints,
  SWEEP_SCHEMA,
  type SweepManifest,
  stableJson,
} from '../../../sim/experiment/sweep/manifest.ts';
import { joinPoints, type SweepResults } from '../../../sim/experiment/sweep/results.ts';
import { decodeLine, StoredRuns } from '../../../sim/experiment/sweep/stored-runs.ts';
import { linesOf } from './lines.ts';
import { type SweepFiles, SweepReadError } from './sources.ts';

/** A sweep as far as its files say. */
export interface ReadSweep {
  readonly manifest: SweepManifest;
  readonly results: SweepResults;
  /** What is damaged or contradicts itself, each a sentence. */
  readonly notes: readonly string[];
}

const MOST_NOTES = 50;

/**
 * Reads the files of a sweep. A line that cannot be read counts as a run that is missing, and is told of.
 *
 * @param progress told how many lines have been read
 * @throws {SweepReadError} where there is no manifest that can be read, or a file is gone
 */
export async function readSweep(files: SweepFiles, progress: (lines: number) => void): Promise<ReadSweep> {
  const manifest = await readManifest(await files.manifest());
  const notes: string[] = [];
  const runs = new StoredRuns<string>(manifest.runs, (place) => place);
  const decoder = new TextDecoder();
  const textOf = (bytes: Uint8Array) => decoder.decode(bytes);
  let read = 0;
  for (const { name, bytes } of files.results) {
    for await (const lines of linesOf(await bytes())) {
      for (const { bytes: line, line: number, isOpen } of lines) {
        const outcome = decodeLine(line, textOf);
        const place = `${decodeURIComponent(name)}, line ${number}`;
        if (outcome === undefined)
          notes.push(
            isOpen
              ? `${place} is torn at its end: it is being written, or a process was stopped while it wrote. Its run counts as missing; the next start of the sweep runs it.`
              : `${place} is damaged (its checksum is not that of what it says): its run counts as missing.`,
          );
        else {
          const wrong = runs.add(outcome, place);
          if (wrong !== undefined) notes.push(`${place}: ${wrong.message}; ${wrong.hint}.`);
        }
      }
      read += lines.length;
      progress(read);
    }
  }
  if (files.results.length === 0)
    notes.unshift(
      'There are no result files: choose those of the folder results, too, or wait for the first run.',
    );
  const results = joinPoints(manifest, keptPoints(manifest), runs.outcomes);
  const more = notes.length - MOST_NOTES;
  return {
    manifest,
    results,
    notes: more > 0 ? [...notes.slice(0, MOST_NOTES), `… and ${more} others.`] : notes,
  };
}

async function readManifest(text: string): Promise<SweepManifest> {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    throw new SweepReadError(
      'manifest.json is torn or damaged: it is not whole JSON. Take it from a copy, or from another shard of the sweep.',
    );
  }
  const { schema } = (read ?? {}) as { readonly schema?: unknown };
  if (schema !== SWEEP_SCHEMA)
    throw new SweepReadError(
      `manifest.json is of ${schema === undefined ? 'something else than a sweep' : JSON.stringify(schema)}: this viewer shows ${SWEEP_SCHEMA}.`,
    );
  const manifest = read as SweepManifest;
  const { scenarioHash, design, seeds, traces, sweepId, scenario } = manifest;
  // A page that is not from this machine and not over https has no hashes: it goes without that check.
  if (
    globalThis.crypto?.subtle !== undefined &&
    ((await hash128(scenario)) !== scenarioHash ||
      (await hash128({ scenarioHash, design, seeds, traces })) !== sweepId)
  )
    throw new SweepReadError(
      'manifest.json was changed by hand: its ids are not those of what it says. Take it from a copy, or from another shard of the sweep.',
    );
  return manifest;
}

/** As the command line makes ids: the first 128 bits of the SHA-256 of what a value says, as hex. */
async function hash128(value: unknown): Promise<string> {
  const sum = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(stableJson(value)));
  return [...new Uint8Array(sum, 0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
