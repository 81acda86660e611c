import { AREAS, type Area } from './arrows.ts';
import type { Import } from './imports.ts';

/** The area a file belongs to, undefined for a file in none. */
export function areaOf(path: string): Area | undefined {
  let best: Area | undefined;
  for (const area of AREAS) {
    const leads = path === area.name || path.startsWith(`${area.name}/`);
    if (leads && area.name.length > (best?.name.length ?? 0)) best = area;
  }
  return best;
}

/** What is wrong with an import, in a line that says why; undefined for an import along an arrow, or of a package. */
export function wrongArrow({ from, line, to }: Import): string | undefined {
  if (to === undefined) return undefined;
  const area = areaOf(from);
  if (area === undefined) return `${from} is in no area of test/house/arrows.ts: give its folder one`;
  const target = areaOf(to);
  if (target === area || area.mayImport.some((allowed) => covers(allowed, to))) return undefined;
  const allowed = area.mayImport.length === 0 ? 'nothing else here' : area.mayImport.join(', ');
  return `${from}:${line} imports ${to}, but ${area.name} may import ${allowed}: ${area.reason}`;
}

/** Whether a path is what a pattern names, or below it. */
function covers(pattern: string, path: string): boolean {
  const parts = path.split('/');
  return pattern.split('/').every((part, i) => part === '*' || part === parts[i]);
}

/** Circles of imports, each as the files along it and the first again; at least one of each group that imports itself. */
export function importCircles(imports: readonly Import[]): readonly (readonly string[])[] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of imports) {
    if (to === undefined) continue;
    targets.set(from, [...(targets.get(from) ?? []), to]);
  }
  const circles: string[][] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const follow = (file: string): void => {
    const at = trail.indexOf(file);
    if (at >= 0) circles.push([...trail.slice(at), file]);
    if (at >= 0 || done.has(file)) return;
    trail.push(file);
    for (const target of targets.get(file) ?? []) follow(target);
    trail.pop();
    done.add(file);
  };
  for (const file of targets.keys()) follow(file);
  return circles;
}
