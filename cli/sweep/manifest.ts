import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SWEEP_SCHEMA, type SweepManifest } from '../../sim/experiment/sweep/index.ts';
import { isMapping } from '../../sim/scenario/path.ts';
import { type Problem, UsageError } from '../errors.ts';
import { fileErrorText } from '../file-errors.ts';
import { writeWhole } from '../output-file.ts';
import { packageVersion } from '../version.ts';
import { hash128 } from './hash.ts';

export const MANIFEST = 'manifest.json';

/** A manifest of the parts that settle which sweep it is. */
export function manifestOf(
  parts: Omit<SweepManifest, 'schema' | 'sweepId' | 'version' | 'scenarioHash'>,
): SweepManifest {
  const { scenario, design, seeds, traces } = parts;
  const scenarioHash = hash128(scenario);
  const sweepId = hash128({ scenarioHash, design, seeds, traces });
  return { schema: SWEEP_SCHEMA, sweepId, version: packageVersion, scenarioHash, ...parts };
}

/** @throws {UsageError} if the directory has no manifest that this version understands */
export function readManifest(folder: string): SweepManifest {
  const path = join(folder, MANIFEST);
  let read: unknown;
  try {
    read = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const message = error instanceof SyntaxError ? `is not JSON: ${error.message}` : fileErrorText(error);
    throw new UsageError('cannot read the sweep', [{ path, message }]);
  }
  const schema = isMapping(read) ? read.schema : undefined;
  if (schema === SWEEP_SCHEMA) {
    const manifest = read as unknown as SweepManifest;
    const { scenarioHash, design, seeds, traces, sweepId, scenario } = manifest;
    if (hash128(scenario) === scenarioHash && hash128({ scenarioHash, design, seeds, traces }) === sweepId)
      return manifest;
    const message = `was changed: its ids are not those of what it says; take it from another shard, or begin anew in another directory`;
    throw new UsageError('cannot read the sweep', [{ path, message }]);
  }
  const message = `is of ${JSON.stringify(schema) ?? 'no schema'}, this version reads ${SWEEP_SCHEMA}: use the version that made it, or another directory`;
  throw new UsageError('cannot read the sweep', [{ path, value: schema, message }]);
}

export const hasManifest = (folder: string): boolean => existsSync(join(folder, MANIFEST));

/** Writes the manifest of a new directory. */
export function writeManifest(folder: string, manifest: SweepManifest): void {
  writeWhole(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Why a directory is not one of this sweep, each with what to do; none: it is. */
export function differences(there: SweepManifest, wanted: SweepManifest, folder: string): readonly Problem[] {
  const path = join(folder, MANIFEST);
  const other = 'give another --out, or remove the directory';
  const tell = (what: string, hint: string): Problem => ({ path, message: what, hint });
  const problems: Problem[] = [];
  if (there.version !== wanted.version) {
    const hint = `run version ${there.version} here, or ${other}`;
    problems.push(
      tell(`was made by version ${there.version}, this is ${wanted.version}: results may differ`, hint),
    );
  }
  if (there.sweepId === wanted.sweepId) return problems;
  if (there.scenarioHash !== wanted.scenarioHash) {
    const names = `"${there.name}" (${there.scenarioHash.slice(0, 8)}), not "${wanted.name}" (${wanted.scenarioHash.slice(0, 8)})`;
    problems.push(tell(`is of another scenario: ${names}`, other));
  }
  const parts = [
    ['design', 'has another design'],
    ['seeds', 'has other seeds'],
    ['traces', 'was begun with other contents of the trace files'],
  ] as const;
  for (const [part, what] of parts)
    if (hash128(there[part]) !== hash128(wanted[part])) problems.push(tell(what, other));
  return problems;
}
