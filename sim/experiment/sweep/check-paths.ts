import { type AppliedSetting, applyOverlay } from '../../scenario/overlay.ts';
import { formatPath, type Path, parsePath } from '../../scenario/path.ts';
import type { Problem } from '../../scenario/problem.ts';
import { valueAt } from './factor.ts';
import type { StatedFactor } from './read-design.ts';

/** Parts of a scenario that are no input of a point, and why. */
const NO_INPUT: ReadonlyMap<string, string> = new Map([
  ['apiVersion', 'names the format'],
  ['name', 'changes no run'],
  ['description', 'changes no run'],
  ['sources', 'changes no run'],
  ['seed', 'is the same at all points, so that they can be compared in pairs: give --replications'],
  ['replications', 'is the same at all points: give --replications'],
  ['whatIf', 'changes no run'],
  ['objectives', 'changes no run'],
]);

/** Settings that were applied before the sweep's own. */
export type EarlierSettings = readonly Pick<AppliedSetting, 'text' | 'path' | 'isRemoval'>[];

/**
 * The factors whose paths lead to inputs, each to another place; what is wrong with the others goes to `problems`. Names of
 * list items are resolved to positions first: `fleet.hosts.a.count` may be `fleet.hosts[0].count`.
 *
 * @param document the scenario that is swept
 * @param earlier settings that a factor may not undo at every point
 */
export function checkPaths(
  document: object,
  factors: readonly StatedFactor[],
  earlier: EarlierSettings,
  problems: Problem[],
): readonly StatedFactor[] {
  const known: { readonly path: Path; readonly at: string }[] = [];
  const sound: string[] = [];
  const kept = lastingSettings(earlier);
  return factors.filter(({ factor, at }) => {
    const stated = parsePath(factor.path);
    const tell = (message: string) => problems.push({ path: at, value: factor.path, message });
    if (stated === undefined) {
      tell('must start with a path such as policy.placement or fleet.hosts[0].count');
      return false;
    }
    const reason = NO_INPUT.get(String(stated[0]));
    if (reason !== undefined) tell(`${stated[0]} ${reason}`);
    const setting = `${factor.path}=${valueAt(factor, 0)}`;
    const path = placeOf(document, [setting]) ?? placeOf(document, [...sound, setting]) ?? stated;
    const place = formatPath(path);
    const isRenamed = place !== formatPath(stated);
    const other = known.find((each) => isAtOrAbove(each.path, path) || isAtOrAbove(path, each.path));
    if (other !== undefined)
      tell(`is swept already by ${other.at}${isRenamed ? `: ${factor.path} is ${place}` : ''}`);
    const undone = kept.find((each) => isAtOrAbove(path, each.path));
    if (undone !== undefined)
      tell(
        `sets at every point what --set ${undone.text} set${isRenamed ? ` (${factor.path} is ${place})` : ''}: leave one of them out`,
      );
    known.push({ path, at });
    const isSound = reason === undefined && other === undefined && undone === undefined;
    if (isSound && placeOf(document, [...sound, setting]) !== undefined) sound.push(setting);
    return isSound;
  });
}

const isAtOrAbove = (start: Path, path: Path) =>
  start.length <= path.length && start.every((key, i) => key === path[i]);

/** Where the last of some settings leads; undefined: nowhere. A factor may make the item that a later one names. */
function placeOf(document: object, settings: readonly string[]): Path | undefined {
  const overlaid = applyOverlay(document, settings);
  return overlaid.ok ? overlaid.settings.at(-1)?.path : undefined;
}

/** Settings that took nothing away and whose places are still those that they had. */
function lastingSettings(settings: EarlierSettings): EarlierSettings {
  return settings.filter((each, i) => !each.isRemoval && !isMoved(each.path, settings.slice(i + 1)));
}

/** Whether a place is another one after later settings: an item that is taken out of a list moves those behind it. */
const isMoved = (path: Path, later: EarlierSettings) =>
  later.some(
    (each) =>
      each.isRemoval && typeof each.path.at(-1) === 'number' && isAtOrAbove(each.path.slice(0, -1), path),
  );

/**
 * Places that two settings of one point set, although their factors did not show it: values of a factor may give items of a
 * list other names.
 *
 * @param settings of one point, as they were applied
 */
export function clashes(settings: EarlierSettings): readonly Problem[] {
  const problems: Problem[] = [];
  for (const [i, later] of settings.entries())
    for (const [j, first] of settings.slice(0, i).entries())
      if (
        (isAtOrAbove(first.path, later.path) || isAtOrAbove(later.path, first.path)) &&
        !isMoved(first.path, settings.slice(j, i))
      )
        problems.push({
          path: formatPath(later.path),
          message: `is set twice, by ${first.text} and by ${later.text}`,
        });
  return problems;
}
