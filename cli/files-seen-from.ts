import { isAbsolute, relative, resolve, sep } from 'node:path';
import { normalizeScenario } from '../sim/index.ts';
import { traceFiles } from './load-traces.ts';

/**
 * A scenario as it reads in another folder: relative paths of the files that it reads lead to the same files from there.
 *
 * @param document canonical, in `folder`
 * @param to folder that it will stand in
 */
export function seenFrom(document: object, folder: string, to: string): object {
  const read = normalizeScenario(document);
  if (!read.ok) return document;
  const files = new Set(traceFiles(read.scenario).filter((path) => !isAbsolute(path)));
  if (files.size === 0) return document;
  const moved = (path: string) => relative(resolve(to), resolve(folder, path)).split(sep).join('/');
  const visit = (value: unknown): unknown => {
    if (typeof value === 'string') return files.has(value) ? moved(value) : value;
    if (Array.isArray(value)) return value.map(visit);
    if (typeof value !== 'object' || value === null) return value;
    // A file may be called like its format.
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, key === 'format' ? each : visit(each)]),
    );
  };
  const { fleet, workload } = document as { readonly fleet?: unknown; readonly workload?: object };
  // Files are named in the fleet, the trace and the mix, and nowhere else.
  const { trace, typical } = (workload ?? {}) as { readonly trace?: unknown; readonly typical?: unknown };
  return {
    ...document,
    fleet: visit(fleet),
    workload: {
      ...workload,
      ...(trace === undefined ? {} : { trace: visit(trace) }),
      ...(typical === undefined ? {} : { typical: visit(typical) }),
    },
  };
}
