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
   * Where an objective stands: that of the file at the index if it is the same condition, for settings and overlays may
   * have put another in its place; else the beginning of the file.
   */
  ofObjective(index: number | null, expect: string): SourcePlace {
    const written = index === null ? undefined : valueAt(this.#document, ['objectives', index]);
    const own = isMapping(written) ? written.expect : written;
    const isThere = typeof own === 'string' && own.trim() === expect;
    return this.#place(isThere ? this.#at(['objectives', index as number]) : ':1:1');
  }

  #place(at: string): SourcePlace {
    const [, line = '1', column = '1'] = /:(\d+):(\d+)$/.exec(at) ?? [];
    return { file: this.#file, line: Number(line), column: Number(column) };
  }
}
