import { normalizeScenario } from '../../scenario/normalize.ts';
import { applyOverlay } from '../../scenario/overlay.ts';
import type { Problem } from '../../scenario/problem.ts';
import { checkPaths, clashes, type EarlierSettings } from './check-paths.ts';
import { countPoints, type SweepDesign } from './design.ts';
import { isRanged, type RangedFactor, type SweepFactor, valueAt } from './factor.ts';
import type { StatedDesign, StatedFactor } from './read-design.ts';

/** Steps that the scenario may need, the finest first. */
const STEPS = [undefined, 1e-6, 1e-3, 0.1, 1] as const;
/** Places at which a step is tried: no fraction with a short decimal. */
const PROBES = [0.31830988618, 0.5772156649, 0.86602540378];
const JUST_BELOW_1 = 1 - Number.EPSILON;

type CheckedDesign =
  | { readonly ok: true; readonly design: SweepDesign }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Makes a design of what is stated: paths must be different and be inputs, lists equally long, samples told where there is
 * something to draw. A range without a step gets the finest that the scenario accepts, such as whole numbers for counts.
 *
 * @param document the scenario that is swept, valid
 * @param most points that are still meant
 * @param earlier settings that made the document
 */
export function checkDesign(
  document: object,
  stated: Pick<StatedDesign, 'factors' | 'samples' | 'isWrong'>,
  seed: number,
  most: number,
  earlier: EarlierSettings = [],
): CheckedDesign {
  const problems: Problem[] = [];
  const { factors } = stated;
  // What was refused may have been what is asked for here.
  const isWhole = stated.isWrong !== true;
  if (factors.length === 0 && isWhole)
    problems.push({
      path: '',
      message: 'nothing is swept: give --grid, --list, --random, --lhs or --design',
    });
  const distinct = checkPaths(document, factors, earlier, problems);
  checkLists(factors, problems);
  const drawn = factors.filter(({ factor }) => factor.part === 'random' || factor.part === 'lhs');
  if (drawn.length > 0 && stated.samples === undefined)
    problems.push({ path: '--samples', message: `says how many points ${drawn[0]?.at} draws: is needed` });
  if (drawn.length === 0 && stated.samples !== undefined && factors.length > 0 && isWhole)
    problems.push({
      path: '--samples',
      value: stated.samples,
      message: 'has nothing to draw: give --random or --lhs',
    });
  const around = surroundings(document, distinct, problems);
  const stepped = factors.map((each) => withStep(around.get(each), each, problems));
  // Else every point is looked at, as values may only be right together.
  if (problems.length > 0) for (const each of factors) checkValues(around.get(each), each, problems);
  const design = { factors: stepped, samples: drawn.length === 0 ? 1 : (stated.samples ?? 1), seed };
  const points = countPoints(design);
  if (points > most)
    problems.push({
      path: '--budget',
      value: most,
      message: `allows ${most} points, the design has ${points}`,
    });
  return problems.length > 0 ? { ok: false, problems } : { ok: true, design };
}

function checkLists(factors: readonly StatedFactor[], problems: Problem[]): void {
  const lists = factors.flatMap(({ factor, at }) =>
    factor.part === 'list' && !isRanged(factor) ? [{ at, length: factor.values.length }] : [],
  );
  const [first, ...others] = lists;
  for (const { at, length } of others) {
    if (length === first?.length) continue;
    const message = `goes side by side with ${first?.at}: needs ${first?.length} values, got ${length}`;
    problems.push({ path: at, value: length, message });
  }
}

/** What a factor is looked at in: the scenario at the first values of all others. */
interface Surroundings {
  readonly document: object;
  /** What is wrong there whatever the factor says. */
  readonly known: ReadonlySet<string>;
}

/** The surroundings of each factor; one whose path leads nowhere is told and has none. */
function surroundings(
  document: object,
  factors: readonly StatedFactor[],
  problems: Problem[],
): ReadonlyMap<StatedFactor, Surroundings> {
  const settingOf = ({ factor }: StatedFactor) => `${factor.path}=${valueAt(factor, 0)}`;
  const sound: StatedFactor[] = [];
  for (const each of factors) {
    const overlaid = applyOverlay(document, [...sound, each].map(settingOf));
    if (overlaid.ok) sound.push(each);
    else
      for (const { message, hint } of overlaid.problems)
        problems.push({
          path: each.at,
          value: each.factor.path,
          message,
          ...(hint === undefined ? {} : { hint }),
        });
  }
  return new Map(
    sound.map((each) => {
      const others = applyOverlay(document, sound.filter((other) => other !== each).map(settingOf));
      const base = others.ok ? (others.document as object) : document;
      const result = normalizeScenario(base);
      return [each, { document: base, known: new Set(result.ok ? [] : result.problems.map(keyOf)) }];
    }),
  );
}

const keyOf = ({ path, message }: Problem) => `${path} ${message}`;

/** Values of a list that are looked at one by one. */
const MOST_VALUES = 50;

function checkValues(
  around: Surroundings | undefined,
  { factor, at }: StatedFactor,
  problems: Problem[],
): void {
  if (around === undefined || isRanged(factor)) return;
  for (const value of factor.values.slice(0, MOST_VALUES))
    for (const problem of wrongWith(around, factor.path, value))
      problems.push({ ...problem, path: at, value });
}

/** The factor with the finest step that the scenario accepts; its ends must be accepted, too. */
function withStep(
  around: Surroundings | undefined,
  { factor, at }: StatedFactor,
  problems: Problem[],
): SweepFactor {
  if (around === undefined || !isRanged(factor)) return factor;
  const steps = factor.range.step === undefined ? STEPS : [factor.range.step];
  let wrong: readonly Problem[] = [];
  for (const step of steps) {
    const tried: RangedFactor = step === undefined ? factor : { ...factor, range: { ...factor.range, step } };
    const values = [0, ...PROBES, JUST_BELOW_1].map((place) => valueAt(tried, place));
    wrong = values.flatMap((value) => wrongWith(around, factor.path, value));
    if (wrong.length === 0) return tried;
  }
  for (const problem of wrong.slice(0, 1)) problems.push({ ...problem, path: at, value: factor.path });
  return factor;
}

function wrongWith({ document, known }: Surroundings, path: string, value: string): readonly Problem[] {
  const overlaid = applyOverlay(document, [`${path}=${value}`]);
  const result = overlaid.ok ? normalizeScenario(overlaid.document) : overlaid;
  if (result.ok) return [];
  return result.problems
    .filter((problem) => !known.has(keyOf(problem)))
    .map(({ path: place, message, hint }) => ({
      path,
      message: overlaid.ok ? `with ${value}, ${place} ${message}` : `${value}: ${message}`,
      ...(hint === undefined ? {} : { hint }),
    }));
}

/** Problems that are still told. */
const MOST_PROBLEMS = 50;

/** What is wrong with the points of a design, each problem once with the first point that has it. */
export class PointProblems {
  readonly #found = new Map<string, { readonly problem: Problem; readonly first: string; points: number }>();
  readonly #stated: readonly StatedFactor[];

  constructor(stated: readonly StatedFactor[]) {
    this.#stated = stated;
  }

  get isEmpty(): boolean {
    return this.#found.size === 0;
  }

  /** @param problems of one point, as `applyOverlay` or `normalizeScenario` tells them */
  add(problems: readonly Problem[], settings: readonly string[]): void {
    for (const problem of problems) {
      const key = `${problem.path} ${problem.message}`;
      const known = this.#found.get(key);
      if (known !== undefined) known.points += 1;
      else if (this.#found.size < MOST_PROBLEMS)
        this.#found.set(key, { problem, first: settings.join(', '), points: 1 });
    }
  }

  list(): readonly Problem[] {
    return [...this.#found.values()].map(({ problem, first, points }) => {
      const { path, message } = problem;
      const setting = /^--set (.*)$/s.exec(path)?.[1];
      if (setting !== undefined) {
        const by = this.#stated.find(({ factor }) => setting.startsWith(`${factor.path}=`));
        return {
          ...problem,
          path: by?.at ?? path,
          message: `${setting.split('=').slice(1).join('=')}: ${message}`,
        };
      }
      const others = points === 1 ? '' : ` and ${points - 1} other point${points === 2 ? '' : 's'}`;
      return { ...problem, message: `${message} (with ${first}${others})` };
    });
  }
}

/** The document of a point: what is swept with its settings applied, or what is wrong with them. */
export function pointDocument(document: object, settings: readonly string[]) {
  const overlaid = applyOverlay(document, settings);
  if (!overlaid.ok) return overlaid;
  const problems = clashes(overlaid.settings);
  return problems.length > 0 ? { ok: false as const, problems } : normalizeScenario(overlaid.document);
}
