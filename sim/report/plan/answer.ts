import type { PlanResult, ReportedPlan } from '../../experiment/plan/index.ts';
import { parametersInUse } from '../../experiment/uncertainty/index.ts';
import { normalizeScenario } from '../../scenario/normalize.ts';
import { isMapping } from '../../scenario/path.ts';
import type { PlanDocument } from '../../scenario/schema/plan.ts';
import { quantity } from '../document/quantity.ts';
import { percent, plural } from '../format.ts';
import { orderWords, plannedGroups } from './fleet.ts';
import { weighedPlans } from './weighed.ts';
import {
  amountWords,
  andList,
  countsWords,
  countWords,
  criterionWords,
  intervalWords,
  planWords,
} from './words.ts';

/** The question, as the scenario states it. */
export function askedOf({ scenario }: PlanResult): PlanDocument {
  const plan = isMapping(scenario) ? scenario.plan : undefined;
  return isMapping(plan) ? (plan as PlanDocument) : {};
}

/** The axis of a name, with its path. */
export function axisOf(result: PlanResult, name: string): { readonly name: string; readonly path: string } {
  const found = askedOf(result).counts?.find((each) => (each.name ?? each.path) === name);
  return { name, path: found?.path ?? '' };
}

/** What to have, and what that comes to, as one sentence. */
export function headline(result: PlanResult): string {
  const { plan, planned } = result;
  if (plan === null) return 'No plan of these choices meets what is asked.';
  const groups = plannedGroups(planned);
  const counted = plan.counts.length === 0 ? `Take ${plan.name}` : `Have ${countsWords(plan.counts)}`;
  const order = groups === undefined ? counted : orderWords(groups);
  if (result.minimise !== 'cost') return `${order}.`;
  const { amount } = plan;
  const interval = intervalWords(amount, result.bound ?? 0);
  return `${order}, for ${amountWords(amount.value, amount.unit)}${interval === '' ? '' : ` ${interval}`}.`;
}

/** Sentences that say what it costs, how it was checked and what could be saved at most. */
export function answerSentences(result: PlanResult): readonly string[] {
  const { plan } = result;
  if (plan === null) return nothingServes(result);
  const { gpus, hosts, options } = plan;
  const chosen =
    options.length === 0
      ? ''
      : ` Of the choices it takes ${andList(options.map(({ choice, option }) => `${option} (${choice})`))}.`;
  const size = [plural(gpus, 'GPU'), plural(hosts, 'host')].join(' on ');
  return [
    `It has ${size}.${chosen}`,
    keeps(result, plan),
    boundSentence(result),
    ...aroundBound(result),
    ...contenderSentences(result),
    ...nearlyAsCheap(result),
  ];
}

/** Objectives that one sentence may name. */
const MOST_NAMED = 3;

function keeps(result: PlanResult, { objectives, runs, isVerified }: ReportedPlan): string {
  const what =
    objectives.length === 0
      ? 'It turns nobody away and lets hardly anybody wait at the end'
      : objectives.length > MOST_NAMED
        ? `It keeps all ${objectives.length} objectives`
        : `It keeps ${andList(objectives.map((each) => `"${each.name}"`))}`;
  const seeds = isVerified ? ' with fresh random numbers' : '';
  const drawn = isVerified && drawsOverheads(result) ? ', each with overheads drawn from their ranges' : '';
  return `${what} in ${plural(runs, 'simulated run')}${seeds}${drawn}.`;
}

/** Whether the runs that verified the plan had overheads of their own. */
function drawsOverheads(result: PlanResult): boolean {
  if (askedOf(result).uncertainty === false || !isMapping(result.planned)) return false;
  const read = normalizeScenario(result.planned);
  return read.ok && parametersInUse(read.scenario).varied.length > 0;
}

/** What no plan of the choices goes below, and so what could be saved at most. */
function boundSentence(result: PlanResult): string {
  const { plan, bound, gap, unit, minimise, closest } = result;
  const verb = minimise === 'cost' ? 'costs' : 'has';
  const less = minimise === 'cost' ? 'less' : 'fewer';
  if (plan === null)
    return bound === null
      ? 'It is proven that no plan of these choices can serve.'
      : `Whatever plan would serve, it is proven that it ${verb} no ${less} than ${amountWords(bound, closest?.amount.unit ?? unit)}.`;
  if (bound === null) return 'Nothing is proven of how cheap a plan could be.';
  const least = `It is proven that no plan of these choices ${verb} ${less} than ${amountWords(bound, unit)}`;
  if (gap === null) return `${least}.`;
  return gap === 0
    ? `${least}: nothing could be saved.`
    : `${least}: at most ${percent(gap)} could still be saved.`;
}

/** Contenders that are told. */
const MOST_TOLD = 3;

/** Plans that nobody can tell from this one by what they cost. */
function contenderSentences({ contenders }: PlanResult): readonly string[] {
  return contenders
    .filter(({ isToldApart }) => !isToldApart)
    .slice(0, MOST_TOLD)
    .map(({ name, counts, more: { value, unit, ci95, n } }) => {
      const what = planWords({ name, counts });
      if (value === 0 && ci95 !== undefined && ci95[0] === 0 && ci95[1] === 0)
        return `In each of ${plural(n, 'run')} this plan costs the same: ${what}.`;
      const range =
        ci95 === undefined ? '' : ` (${amountWords(ci95[0], unit)} to ${amountWords(ci95[1], unit)})`;
      return `As far as ${plural(n, 'run')} ${n === 1 ? 'shows' : 'show'}, it may as well be this plan: ${what}. It costs ${amountWords(value, unit)} more on average${range}, which is not told from nothing.`;
    });
}

/** Part of the cost up to which a better plan is told beside the answer. */
const NEARLY = 0.01;

/** A plan that is better in something, worse in nothing but the cost, and costs next to nothing more. */
function nearlyAsCheap({ pareto, plan, minimise, unit }: PlanResult): readonly string[] {
  if (pareto === null || minimise !== 'cost') return [];
  const weighed = weighedPlans(pareto, plan);
  const own = weighed.find(({ isAnswer }) => isAnswer)?.values;
  const cost = own?.[0];
  if (own === undefined || cost == null) return [];
  for (const { values, isOnFront, isAnswer, text } of weighed) {
    const more = (values[0] ?? Number.POSITIVE_INFINITY) - cost;
    if (!isOnFront || isAnswer || more < 0 || more > NEARLY * cost) continue;
    const gains = pareto.criteria.map(({ better }, c) => {
      const [from, to] = [own[c], values[c]];
      if (c === 0 || from == null || to == null) return 0;
      return better === 'higher' ? to - from : from - to;
    });
    if (gains.some((gain) => gain < 0) || gains.every((gain) => gain === 0)) continue;
    const better = pareto.criteria.flatMap(({ metric, unit: of }, c) =>
      (gains[c] as number) > 0
        ? [`${criterionWords(metric)} (${quantity(values[c], of)} instead of ${quantity(own[c], of)})`]
        : [],
    );
    return [
      `Next to nothing dearer is ${text}. For ${amountWords(more, unit)} more (${percent(more / cost)}) it is better, by the same ${plural(pareto.runs, 'run')}, in ${andList(better)}.`,
    ];
  }
  return [];
}

/** What the bound leaves open. */
function aroundBound(result: PlanResult): readonly string[] {
  if (result.bound === null || result.gap === null || result.gap === 0) return [];
  return [cheaperSentence(result), usageSentence(result)].filter((each) => each !== '');
}

/** What became of plans between the bound and the plan. */
function cheaperSentence({ cheaper }: PlanResult): string {
  if (cheaper === null || cheaper.plans === 0) return '';
  const { plans, run, gap } = cheaper;
  const were = run === 1 ? 'was' : 'were';
  if (run === plans)
    return plans === 1
      ? 'The one cheaper plan that this leaves was simulated, and does not serve for less: as far as simulation shows, nothing could be saved.'
      : `All ${plans} cheaper plans that this leaves were simulated, and none serves for less: as far as simulation shows, nothing could be saved.`;
  return `Of the ${plans} cheaper plans that this leaves, ${run} ${were} simulated and none serves for less; the others have less than one of these that does not serve, or more than one that costs as much. Counting only what was proven or simulated, at most ${percent(gap)} could be saved.`;
}

/** Part of the cost from which on it is told. */
const TOLD_USAGE = 0.01;

/** What of the cost the bound leaves out. */
function usageSentence({ plan, usage, unit }: PlanResult): string {
  if (usage === null || plan?.amount.value == null || usage < TOLD_USAGE * plan.amount.value) return '';
  return `The bound leaves out what depends on use, such as energy of the work and licences of users who may not be there: ${amountWords(usage, unit)} of this plan.`;
}

function nothingServes(result: PlanResult): readonly string[] {
  const { searched, closest, infeasible } = result;
  const kept = infeasible.filter(({ nearest }) => nearest !== undefined).map(({ name }) => name);
  const ran =
    searched.run === 0
      ? searched.plans === 1
        ? 'The one plan there is is proven not to serve, or not valid, before anything was run.'
        : `All ${plural(searched.plans, 'plan')} are proven not to serve, or not valid, before anything was run.`
      : `${plural(searched.run, 'plan')} of ${searched.plans} ${searched.run === 1 ? 'was' : 'were'} run${searched.run === searched.plans ? '' : ', the others are ruled out by them or by proof'}; none serves.`;
  const what =
    kept.length > 0
      ? [`No plan that was run keeps ${andList(kept.map((each) => `"${each}"`))}.`]
      : closest === null || searched.run === 0
        ? []
        : ['Each objective is kept by some plan, but no plan keeps all that is asked of it.'];
  return [ran, ...what, ...(searched.run === 0 && result.bound === null ? [] : [boundSentence(result)])];
}

/** What would have to change so that something serves. */
export function changesWanted(result: PlanResult): readonly string[] {
  const { closest, infeasible } = result;
  const { counts = [] } = askedOf(result);
  const axes = counts.flatMap(({ name, path, to, step = 1, from = 1 }) => {
    const most = { name: name ?? path, path, count: from + step * Math.floor((to - from) / step) };
    const isUsedUp =
      closest === null || closest.counts.some((each) => each.name === most.name && each.count === most.count);
    return isUsedUp ? [countWords(most)] : [];
  });
  const limits = infeasible.flatMap(({ nearest }) => (nearest === undefined ? [] : [`"${nearest.name}"`]));
  return [
    ...(axes.length === 0
      ? []
      : [
          `Allow more than ${andList(axes)} (to, in plan.counts)${closest === null ? '' : ': the plan that comes closest has as many as are allowed'}`,
        ]),
    ...(limits.length === 0 ? [] : [`Ask for less where nothing comes close: ${andList(limits)}`]),
    'Add options to the choices (plan.choices), such as larger cards, another way of sharing or another policy',
  ];
}
