import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  checkDesign,
  PointProblems,
  pointDocument,
  type StatedDesign,
  type SweepManifest,
  sweepPoints,
} from '../../sim/experiment/sweep/index.ts';
import { type Problem, UsageError } from '../errors.ts';
import { fileErrorText } from '../file-errors.ts';
import type { LoadedScenario } from '../load-scenario.ts';
import { traceFiles } from '../load-traces.ts';
import type { SweepRun } from './executor.ts';
import { hash128 } from './hash.ts';
import { manifestOf } from './manifest.ts';

/** A sweep that is ready to run. */
export interface SweepPlan {
  readonly manifest: SweepManifest;
  /** Where relative trace paths start. */
  readonly folder: string;
  /** Ids of all runs, in order of their indices. */
  readonly ids: readonly string[];
  /** The runs with these indices, made one by one as they are asked for. */
  runs(indices: Iterable<number>): Iterable<SweepRun>;
}

/**
 * Makes the plan of a sweep: every point is checked, so that no sweep ends halfway because of one.
 *
 * @param most runs that are still meant
 * @param earlier problems that are told with those found here
 * @throws {UsageError} with every problem at once
 */
export function planSweep(
  loaded: LoadedScenario,
  stated: StatedDesign,
  replications: number,
  most: number,
  overlays: readonly string[],
  earlier: readonly Problem[] = [],
): SweepPlan {
  const { scenario, folder } = loaded;
  const base = withoutVariants(loaded.written);
  const checked = checkDesign(base, stated, scenario.seed, Math.floor(most / replications), loaded.settings);
  const problems = [...earlier, ...(checked.ok ? [] : checked.problems)];
  if (!checked.ok || problems.length > 0) throw new UsageError('wrong options', problems);
  const { design } = checked;
  const points = sweepPoints(design);
  const seeds = Array.from({ length: replications }, (_, i) => scenario.seed + i);

  const wrong = new PointProblems(stated.factors);
  const pointOf = new Map<string, number>();
  const same: (readonly [number, number])[] = [];
  const kept: number[] = [];
  const ids: string[] = [];
  const files = new Set<string>();
  for (let at = 0; at < points.count; at++) {
    const { settings } = points.at(at);
    const result = pointDocument(base, settings);
    if (!result.ok) {
      wrong.add(result.problems, settings);
      continue;
    }
    const document = withoutVariants(result.document);
    const said = hash128(document);
    const earlierPoint = pointOf.get(said);
    if (earlierPoint !== undefined) {
      same.push([at, earlierPoint]);
      continue;
    }
    pointOf.set(said, at);
    kept.push(at);
    for (const seed of seeds) ids.push(hash128({ document: said, seed }));
    for (const file of traceFiles(result.scenario)) files.add(file);
  }
  if (!wrong.isEmpty) throw new UsageError('points of the sweep are not valid', wrong.list());

  const unreadable: Problem[] = [];
  const traces = [...files].sort().flatMap((path) => {
    const file = resolve(folder, path);
    try {
      return [{ path, sha256: createHash('sha256').update(readFileSync(file)).digest('hex') }];
    } catch (error) {
      unreadable.push({ path: file, message: fileErrorText(error) });
      return [];
    }
  });
  const sha256Of = new Map(traces.map(({ path, sha256 }) => [path, sha256]));
  if (unreadable.length > 0) throw new UsageError('cannot read the traces of the scenario', unreadable);

  const manifest = manifestOf({
    name: loaded.document.name ?? 'scenario',
    scenario: withoutVariants(loaded.document),
    overlays,
    design,
    seeds,
    points: kept.length,
    same,
    runs: ids.length,
    traces,
  });
  return {
    manifest,
    folder,
    ids,
    *runs(indices) {
      let last: ({ readonly point: number } & PointRun) | undefined;
      for (const index of indices) {
        const point = kept[Math.floor(index / replications)] as number;
        if (last?.point !== point) last = { point, ...pointRun(base, points.at(point).settings, sha256Of) };
        const seed = seeds[index % replications] as number;
        yield { id: ids[index] as string, index, document: last.document, seed, files: last.files };
      }
    },
  };
}

/** What all runs of a point have in common. */
type PointRun = Required<Pick<SweepRun, 'document' | 'files'>>;

function pointRun(
  base: object,
  settings: readonly string[],
  sha256Of: ReadonlyMap<string, string>,
): PointRun {
  const result = pointDocument(base, settings);
  if (!result.ok) throw new RangeError(`Cannot make a point again: ${result.problems[0]?.message}`);
  const files = Object.fromEntries(
    traceFiles(result.scenario).map((path) => [path, sha256Of.get(path) as string]),
  );
  return { document: withoutVariants(result.document), files };
}

function withoutVariants(document: object): object {
  const { whatIf: _variants, ...rest } = document as Record<string, unknown>;
  return rest;
}
