import { resolve } from 'node:path';
import type { Scenario } from '../../sim/index.ts';
import { UsageError } from '../errors.ts';
import { fileDigest } from '../file-digests.ts';
import { gpuModelsOf, type LoadedTraces, loadTraces, namedModels, traceFiles } from '../load-traces.ts';

/** What reading the traces of a scenario came to, and the SHA-256 of each file, of the bytes that were read. */
interface Reading {
  readonly outcome: { readonly loaded: LoadedTraces } | { readonly error: unknown };
  readonly sha256: ReadonlyMap<string, string>;
}

/** By the files a scenario reads. A thread sees few different ones; the last few stay. */
const kept = new Map<string, Promise<Reading>>();
const KEPT = 4;

/** Trace files are not, or no longer, those that a run is to be made with. */
export class OtherTraces extends UsageError {
  constructor(file: string, message: string) {
    super('a trace file is not the one that the sweep was begun with', [
      {
        path: file,
        message,
        hint: 'put it back, and the same command goes on; for what it says now, begin anew in another directory',
      },
    ]);
    this.name = 'OtherTraces';
  }
}

/**
 * The traces of a scenario, read once for all scenarios that read the same: those get the same object.
 *
 * @param folder where relative paths start
 * @param wanted SHA-256 by file, as the scenario writes its path; absent: as they were found when they were first read
 * @throws {OtherTraces} if the files have other contents than those wanted
 */
export async function keptTraces(
  scenario: Scenario,
  folder: string,
  wanted?: Readonly<Record<string, string>>,
): Promise<LoadedTraces> {
  const key = JSON.stringify([
    folder,
    scenario.fleet.kind === 'trace' ? scenario.fleet : gpuModelsOf(scenario.fleet),
    scenario.workload.trace,
    // A fleet that is cut down keeps the models that are named.
    namedModels(scenario.workload),
    scenario.workload.typicalPath,
    scenario.experiment.kind,
  ]);
  const early = kept.get(key);
  // What was read for an earlier sweep may be outdated; what was read for this one stays right when the file changes.
  const isRight = early !== undefined && (wanted === undefined || misfit(await early, wanted) === undefined);
  const reading = isRight ? early : readOnce(key, scenario, folder);
  const { outcome, sha256 } = await reading;
  const other = wanted === undefined ? undefined : misfit({ outcome, sha256 }, wanted);
  if (other !== undefined) {
    const found = sha256.get(other)?.slice(0, 12);
    throw new OtherTraces(
      resolve(folder, other),
      found === undefined
        ? 'cannot be read any more'
        : `has changed: its SHA-256 was ${wanted?.[other]?.slice(0, 12)}..., now it is ${found}...`,
    );
  }
  if ('error' in outcome) throw outcome.error;
  return outcome.loaded;
}

/** A file that is not as it should be. */
function misfit({ sha256 }: Reading, wanted: Readonly<Record<string, string>>): string | undefined {
  return Object.keys(wanted).find((path) => sha256.get(path) !== wanted[path]);
}

function readOnce(key: string, scenario: Scenario, folder: string): Promise<Reading> {
  kept.delete(key);
  if (kept.size >= KEPT) kept.delete(kept.keys().next().value as string);
  const reading = read(scenario, folder);
  kept.set(key, reading);
  return reading;
}

async function read(scenario: Scenario, folder: string): Promise<Reading> {
  const sha256 = new Map<string, string>();
  const seen = (path: string, digest: string) => {
    // Read twice, such as for the typical mix, it must be the same both times.
    sha256.set(path, (sha256.get(path) ?? digest) === digest ? digest : 'changed while it was read');
  };
  try {
    return { outcome: { loaded: await loadTraces(scenario, folder, seen) }, sha256 };
  } catch (error) {
    // What was not read to its end is as it is found now.
    for (const path of traceFiles(scenario)) {
      if (sha256.has(path)) continue;
      const digest = await fileDigest(resolve(folder, path)).catch(() => undefined);
      if (digest !== undefined) sha256.set(path, digest);
    }
    return { outcome: { error }, sha256 };
  }
}
