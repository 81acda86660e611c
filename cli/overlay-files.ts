import { type Path, parseScenarioText } from '../sim/scenario/index.ts';
import { isMapping, valueAt } from '../sim/scenario/path.ts';
import { type Problem, UsageError } from './errors.ts';

/** A file with a part of a scenario document, such as the `overheads` that `calibrate` writes. */
export interface OverlayFile {
  readonly path: string;
  readonly document: Readonly<Record<string, unknown>>;
  /** Place of a path in the file. */
  readonly at: (path: Path) => string;
}

/**
 * Reads overlay files.
 *
 * @param readText the text of a file
 * @throws {UsageError} with every problem of all files
 */
export function readOverlays(
  paths: readonly string[],
  readText: (path: string) => string,
): readonly OverlayFile[] {
  const problems: Problem[] = [];
  const overlays: OverlayFile[] = [];
  for (const path of paths) {
    try {
      const text = parseScenarioText(readText(path), path);
      if (!text.ok) problems.push(...text.problems);
      else if (isMapping(text.document)) overlays.push({ path, document: text.document, at: text.at });
      else problems.push({ path: '', at: path, message: 'must be a mapping of keys of a scenario' });
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new UsageError('cannot read the overlay', problems);
  return overlays;
}

/**
 * A document with an overlay laid over it: mappings are joined key by key, anything else (lists too) takes the place of
 * what was there, and null removes it.
 */
export function mergeOverlay(document: unknown, overlay: unknown): unknown {
  if (!isMapping(overlay)) return overlay;
  const merged = new Map(isMapping(document) ? Object.entries(document) : []);
  for (const [key, value] of Object.entries(overlay)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergeOverlay(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}

/** Where a value comes from when an overlay gave it: the last one that has the path, or a single value or list above it. */
export function overlayPlace(overlays: readonly OverlayFile[], path: Path): string | undefined {
  return overlays.findLast(({ document }) => gives(document, path))?.at(path);
}

function gives(document: unknown, path: Path): boolean {
  for (let length = 1; length <= path.length; length++) {
    const value = valueAt(document, path.slice(0, length));
    if (value === undefined || value === null) return false;
    if (!isMapping(value)) return true;
  }
  // The scenario may have keys of its own inside a mapping; a problem of the whole mapping is told where it was last changed.
  return true;
}
