import { resolve } from 'node:path';
import { normalizeScenario, type Scenario } from '../../../sim/index.ts';
import { fileDigest } from '../../file-digests.ts';
import { traceFiles } from '../../load-traces.ts';
import type { SweepContext, SweepRun } from '../executor.ts';
import { hash128 } from '../hash.ts';

/** All keys of the product in a server that others may use too. */
export const PREFIX = 'slicewise';

/** One queue for each version: who has another one never sees its runs. The name cannot contain a colon. */
export function queueName(version: string): string {
  return `runs-${version}`;
}

/** What a worker is given to do. */
export interface RunJob {
  readonly run: SweepRun;
  readonly sweepId: string;
  readonly version: string;
  /** Where relative trace paths start, on every machine. */
  readonly folder: string;
  /** Hash of the document and the seed. */
  readonly scenarioHash: string;
  /** SHA-256 by file that the scenario reads, as the scenario writes its path. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * A run as it is sent. What its files must say is what the sweep was begun with.
 *
 * @throws {UsageError} if that is not known and a file cannot be read here
 */
export async function runJob(
  { files: known, ...run }: SweepRun,
  { sweepId, version, folder }: Pick<SweepContext, 'sweepId' | 'version' | 'folder'>,
): Promise<RunJob> {
  const scenarioHash = hash128([run.document, run.seed]);
  const files = known ?? (await filesNow(run.document, folder));
  return { run, sweepId, version, folder, scenarioHash, files };
}

async function filesNow(document: object, folder: string): Promise<Readonly<Record<string, string>>> {
  const normalized = normalizeScenario(document);
  return normalized.ok ? await fileDigests(normalized.scenario, folder) : {};
}

/** SHA-256 of the files that a scenario reads, by path as the scenario writes it. */
async function fileDigests(scenario: Scenario, folder: string): Promise<Readonly<Record<string, string>>> {
  const digests: [string, string][] = [];
  for (const path of traceFiles(scenario)) digests.push([path, await fileDigest(resolve(folder, path))]);
  return Object.fromEntries(digests);
}

/**
 * Name of a job: the sweep, the run, and what the run was made from. A trace file that has changed since gives another
 * name, so that a result left over from before is not taken for one of now.
 */
export function jobId({ run, sweepId, scenarioHash, files }: RunJob): string {
  return `${jobPrefix(sweepId)}${run.id}.${hash128([scenarioHash, files]).slice(0, 16)}`;
}

/** What the names of all jobs of a sweep begin with. */
export function jobPrefix(sweepId: string): string {
  return `${sweepId.slice(0, 32).replaceAll(':', '-')}.`;
}

/**
 * Why this machine would not find what the sweep's own machine would find, in a sentence; undefined where it would. Looked
 * at before a run begins.
 *
 * @param version of the product that asks
 */
export async function misfit(job: RunJob, version: string): Promise<string | undefined> {
  if (job.version !== version) return `the sweep is of version ${job.version}, this worker of ${version}`;
  const normalized = normalizeScenario(job.run.document);
  if (!normalized.ok) {
    const [first] = normalized.problems;
    return `the scenario does not validate here: ${first?.path}: ${first?.message}`;
  }
  if (hash128([normalized.document, job.run.seed]) !== job.scenarioHash)
    return 'the scenario reads differently here (its hash differs): this is another build of the same version';
  let own: Readonly<Record<string, string>>;
  try {
    own = await fileDigests(normalized.scenario, job.folder);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const other = Object.keys(job.files).find((path) => own[path] !== job.files[path]);
  return other === undefined
    ? undefined
    : `${other} in ${job.folder} is not the file that the sweep was begun with (its SHA-256 differs)`;
}
