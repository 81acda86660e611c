import { existsSync, readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { dirname, extname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  applyOverlay,
  type CanonicalDocument,
  type Note,
  normalizeScenario,
  type OverlayResult,
  type Path,
  parseScenarioText,
  type Scenario,
} from '../sim/scenario/index.ts';
import { nameHint } from '../sim/scenario/nearest-name.ts';
import type { AppliedSetting } from '../sim/scenario/overlay.ts';
import { UsageError } from './errors.ts';
import { fileErrorText } from './file-errors.ts';
import { mergeOverlay, overlayPlace, readOverlays } from './overlay-files.ts';

/** A scenario read from a file or from the catalogue, with the command line's settings applied. */
export interface LoadedScenario {
  readonly filePath: string;
  /** Overlay files, in order. */
  readonly overlayPaths: readonly string[];
  /** Folder that the paths in the scenario are relative to. */
  readonly folder: string;
  readonly document: CanonicalDocument;
  /** The same as it was written, with overlays and settings: what further settings apply to. */
  readonly written: object;
  /** The settings, with the places that they changed. */
  readonly settings: readonly AppliedSetting[];
  readonly scenario: Scenario;
  readonly notes: readonly Note[];
}

/**
 * Reads, overlays and normalizes a scenario.
 *
 * @param reference path of a YAML or JSON file, or the name of a scenario of the catalogue
 * @param settings the values of `--set path=value`, in order
 * @param overlayPaths files whose mappings are merged into the document before the settings, in order
 * @throws {UsageError} with every problem, each with its place in the file or the setting it comes from
 */
export function loadScenario(
  reference: string,
  settings: readonly string[] = [],
  overlayPaths: readonly string[] = [],
): LoadedScenario {
  const filePath = findScenario(reference);
  const fileName = reference === filePath ? filePath : `${reference}.yaml`;
  const text = parseScenarioText(readText(filePath), fileName);
  const overlays = readOverlays(overlayPaths, readText);
  if (!text.ok) throw new UsageError(`cannot read scenario ${reference}`, text.problems);
  const base = overlays.reduce(
    (document, overlay) => mergeOverlay(document, overlay.document),
    text.document,
  );
  const normalizeWith = (overlaid: Extract<OverlayResult, { ok: true }>) =>
    normalizeScenario(overlaid.document, {
      at: (path) =>
        placeOf(path, overlaid.settings, fileName) ?? overlayPlace(overlays, path) ?? text.at(path),
    });
  const overlaid = applyOverlay(base, settings);
  if (!overlaid.ok) {
    // Not only the settings: what is wrong without those that cannot be applied is told at once, too.
    const sound = settings.filter((setting) => applyOverlay(base, [setting]).ok);
    const rest = applyOverlay(base, sound);
    const result = rest.ok ? normalizeWith(rest) : undefined;
    const others = result === undefined || result.ok ? [] : result.problems;
    throw new UsageError(`cannot apply settings to scenario ${reference}`, [...overlaid.problems, ...others]);
  }
  const result = normalizeWith(overlaid);
  if (!result.ok) throw new UsageError(`scenario ${reference} is not valid`, result.problems);
  const { document, scenario, notes } = result;
  const written = overlaid.document as object;
  const folder = dirname(resolve(filePath));
  return {
    written,
    settings: overlaid.settings,
    filePath,
    overlayPaths,
    folder,
    document,
    scenario,
    notes,
  };
}

/** Where a value comes from when not from its own place in the file; undefined when it does. */
function placeOf(path: Path, settings: readonly AppliedSetting[], fileName: string): string | undefined {
  const leadsTo = (start: Path) => start.length <= path.length && start.every((key, i) => key === path[i]);
  const setBy = settings.findLast((setting) => !setting.isRemoval && leadsTo(setting.path));
  if (setBy !== undefined) return `--set ${setBy.text}`;
  // Positions in a list that lost an item are not those of the file.
  const hasMoved = settings.some(
    (setting) =>
      setting.isRemoval && typeof setting.path.at(-1) === 'number' && leadsTo(setting.path.slice(0, -1)),
  );
  return hasMoved ? fileName : undefined;
}

const SCENARIO_EXTENSIONS = ['.yaml', '.yml', '.json'];

/** A path that exists is a file; anything else must be a name of the catalogue. */
function findScenario(reference: string): string {
  const found = statOf(reference);
  if (found !== undefined && !found.isDirectory()) return reference;
  const looksLikePath = /[\\/]/.test(reference) || SCENARIO_EXTENSIONS.includes(extname(reference));
  const folder = catalogFolder();
  const isName = catalogNames(folder).includes(reference);
  if (isName) return join(folder, `${reference}.yaml`);
  const noFile = found === undefined ? 'no such file' : 'is a folder: must be a file';
  throw new UsageError(`cannot find scenario ${reference}`, [
    {
      path: reference,
      value: reference,
      message: looksLikePath ? noFile : 'is neither a file nor a scenario of the catalogue',
      ...(looksLikePath ? {} : { hint: nameHint(reference, catalogNames(folder)) }),
    },
  ]);
}

function statOf(reference: string): Stats | undefined {
  try {
    return statSync(reference, { throwIfNoEntry: false });
  } catch (error) {
    throw new UsageError(`cannot find scenario ${reference}`, [
      { path: reference, value: reference, message: fileErrorText(error) },
    ]);
  }
}

/** Names that `loadScenario` takes instead of a path, sorted; those of a folder in it, such as claims/c01, come with its name. */
export function catalogNames(folder: string = catalogFolder()): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => extname(file) === '.yaml')
    .map((file) => file.slice(0, -'.yaml'.length).replaceAll(sep, '/'))
    .sort();
}

/** `scenarios/catalog` of the package: above this file in a checkout, above the built file in a package. */
function catalogFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const candidate = join(folder, 'scenarios', 'catalog');
    const above = dirname(folder);
    if (existsSync(candidate) || above === folder) return candidate;
    folder = above;
  }
}

function readText(filePath: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(filePath));
  } catch (error) {
    const isNotText = error instanceof TypeError;
    throw new UsageError(`cannot read scenario ${filePath}`, [
      { path: filePath, message: isNotText ? 'is not UTF-8 text' : fileErrorText(error) },
    ]);
  }
}
