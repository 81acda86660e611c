import { existsSync, readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import type { SourcePlace } from '../sim/report/sarif.ts';
import { type Path, parseScenarioText } from '../sim/scenario/index.ts';
import { isMapping, valueAt } from '../sim/scenario/path.ts';

/** Places in a scenario file, as reports for reviewers name them: relative to the working folder. */
export class ScenarioPlaces {
  readonly #file: string;
  readonly #at: (path: Path) => string;
  readonly #document: unknown;

  /** @param filePath of a scenario; one that cannot be read has no places but its own beginning */
  constructor(filePath: string) {
    this.#file = relative(process.cwd(), filePath).split(sep).join('/');
    const text = existsSync(filePath) ? parseScenarioText(readFileSync(filePath, 'utf8'), '') : undefined;
    this.#at = text?.ok === true ? text.at : () => ':1:1';
    this.#document = text?.ok === true ? text.document : undefined;
  }

  /**
   * Where an objective stands: that of the file at the index if it is the same condition, for settings, overlays and
   * variants may have put another in its place; undefined where the file does not have it.
   */
  ofObjective(index: number | null, expect: string): SourcePlace | undefined {
    const written = index === null ? undefined : valueAt(this.#document, ['objectives', index]);
    const own = isMapping(written) ? written.expect : written;
    const isThere = typeof own === 'string' && own.trim() === expect;
    return isThere ? this.#place(['objectives', index as number]) : undefined;
  }

  /** Where a variant of the scenario stands; undefined where the file does not have it, as of an overlay. */
  ofVariant(name: string): SourcePlace | undefined {
    const variants = valueAt(this.#document, ['whatIf']);
    if (!Array.isArray(variants)) return undefined;
    const index = variants.findIndex((variant) => isMapping(variant) && variant.name === name);
    return index < 0 ? undefined : this.#place(['whatIf', index]);
  }

  get beginning(): SourcePlace {
    return { file: this.#file, line: 1, column: 1 };
  }

  #place(path: Path): SourcePlace {
    const [, line = '1', column = '1'] = /:(\d+):(\d+)$/.exec(this.#at(path)) ?? [];
    return { file: this.#file, line: Number(line), column: Number(column) };
  }
}
