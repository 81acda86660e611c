import { readdirSync, readFileSync } from 'node:fs';
import { type Replication, replicate } from '../../sim/index.ts';
import {
  applyOverlay,
  type NormalizeResult,
  normalizeScenario,
  parseScenarioText,
} from '../../sim/scenario/index.ts';

const FOLDER = new URL('../../scenarios/catalog/', import.meta.url);
const FOLDERS = ['claims/'];

/** Names of the files of the catalogue and of its folders, sorted. */
export const CATALOGUE: readonly string[] = ['', ...FOLDERS]
  .flatMap((folder) => readdirSync(new URL(folder, FOLDER)).map((file) => `${folder}${file}`))
  .filter((file) => !FOLDERS.includes(`${file}/`))
  .map((file) => file.replace(/\.yaml$/, ''))
  .sort();

/** A file of the catalogue as plain data, with settings as `--set` takes them. */
function catalogueDocument(name: string, settings: readonly string[] = []): unknown {
  const text = parseScenarioText(readFileSync(new URL(`${name}.yaml`, FOLDER), 'utf8'), `${name}.yaml`);
  if (!text.ok) throw new Error(text.problems.map((each) => `${each.at} ${each.message}`).join('\n'));
  const overlaid = applyOverlay(text.document, settings);
  if (!overlaid.ok) throw new Error(overlaid.problems.map((each) => each.message).join('\n'));
  return overlaid.document;
}

export type Valid = Extract<NormalizeResult, { ok: true }>;

export function catalogueScenario(name: string, settings: readonly string[] = []): Valid {
  const result = normalizeScenario(catalogueDocument(name, settings));
  if (!result.ok) {
    throw new Error(
      `${name}: ${result.problems.map(({ path, message }) => `${path}: ${message}`).join('\n')}`,
    );
  }
  return result;
}

/** A run of a scenario of the catalogue, with its readings by name. */
export function catalogueRun(
  name: string,
  settings: readonly string[] = [],
  seed = 42,
): { readonly run: Replication; readonly value: (metric: string) => number } {
  const run = replicate(catalogueScenario(name, settings).scenario, {}, seed);
  const readings = new Map(run.readings);
  return { run, value: (metric) => readings.get(metric)?.value ?? Number.NaN };
}
