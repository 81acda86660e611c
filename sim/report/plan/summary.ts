import type { ParetoReport, PlanResult, RegretReport, ReportedPlan } from '../../experiment/plan/index.ts';
import { type Block, layOut, row, table } from '../blocks.ts';
import { costBlocks } from '../cost.ts';
import { quantity } from '../document/quantity.ts';
import { plural, printable } from '../format.ts';
import { objectiveBlocks, outcomeText } from '../objectives.ts';
import { answerSentences, changesWanted, headline } from './answer.ts';
import { bindingSentences } from './binding.ts';
import { plannedGroups } from './fleet.ts';
import { growthSentences } from './growth.ts';
import { demandName, regretCell, regretFailures, regretSentence } from './regret.ts';
import { rivalDifference, whyLost } from './rivals.ts';
import { searchedSentence } from './search.ts';
import { type WeighedPlan, weighedPlans } from './weighed.ts';
import { amountWords, CRITERIA, countWords, planWords, sentence } from './words.ts';

const MOST_COLUMNS = 120;
const FEWEST_COLUMNS = 80;
/** Options and plans that are listed; the report has the others. */
const LISTED = 8;

/**
 * A plan for a terminal: the answer, what it costs, what holds it up, and what stands around it.
 *
 * @param columns of the terminal; lines have that many, but 80 at least and 120 at most
 */
export function planText(result: PlanResult, columns: number): string {
  const width = Math.max(FEWEST_COLUMNS, Math.min(MOST_COLUMNS, columns));
  const parts: readonly (readonly Block[])[] = [
    answer(result),
    result.plan === null ? nearest(result) : objectiveBlocks(result.plan.objectives),
    bill(result),
    labelled('Held up by', bindingSentences(result)),
    rivals(result),
    result.pareto === null ? [] : front(result.pareto, weighedPlans(result.pareto, result.plan), width),
    result.growth === null ? [] : labelled('Growth', growthSentences(result, result.growth)),
    result.regret === null ? [] : regret(result, result.regret),
    [
      row('Search', searchedSentence(result)),
      ...result.notes.map((note) => ({ start: 'Note: ', text: note })),
    ],
  ];
  const blocks = parts.flatMap((part) => (part.length === 0 ? [] : [...part.map(shown), '']));
  return `${layOut(blocks.slice(0, -1), width)
    .map((line) => line.replaceAll('\u00a0', ' ').trimEnd())
    .join('\n')}\n`;
}

/** What others named can move the cursor: it is spelled out before lines are broken. */
function shown(block: Block): Block {
  if (typeof block === 'string') return printable(block);
  if ('table' in block) return table(block.table.map((line) => line.map(printable)));
  return { start: printable(block.start), text: printable(block.text) };
}

function answer(result: PlanResult): readonly Block[] {
  const { plan, name, planned } = result;
  const head = [
    row('Plan of', name),
    row('Answer', [headline(result), ...answerSentences(result)].join(' ')),
  ];
  if (plan === null) return head;
  const sharing = (plannedGroups(planned) ?? []).flatMap((group) =>
    group.sharing === '' ? [] : [`${group.name}: ${group.sharing}`],
  );
  return [
    ...head,
    ...(plan.counts.length === 0 ? [] : [row('Counts', plan.counts.map(countWords).join(', '))]),
    ...(sharing.length === 0 ? [] : [row('Sharing', sharing.join('; '))]),
  ];
}

/** The plan that comes closest, and what could be changed. */
function nearest(result: PlanResult): readonly Block[] {
  const { closest, infeasible } = result;
  return [
    ...infeasible.flatMap(({ name, nearest: found, by }) =>
      found === undefined ? [row('Cannot serve', `${by === undefined ? '' : `${by}: `}${name}`)] : [],
    ),
    ...infeasible.flatMap(({ nearest: found, by }) =>
      found === undefined
        ? []
        : [
            row(
              'Nobody keeps',
              `${found.name}${by === undefined ? '' : `; ${by} comes closest`}: ${outcomeText(found)}`,
            ),
          ],
    ),
    ...(closest === null
      ? []
      : [row('Closest', `${planWords(closest)}, ${amountOf(closest)}`), ...closestBlocks(closest)]),
    ...labelled(
      'To change',
      changesWanted(result).map((each) => `${each}.`),
    ),
  ];
}

const amountOf = ({ amount }: ReportedPlan) => amountWords(amount.value, amount.unit);

function closestBlocks({ objectives, broken }: ReportedPlan): readonly Block[] {
  return [...broken.map((each) => row('', `${sentence(each)}.`)), ...objectiveBlocks(objectives)];
}

/** The bill as `run` prints it; what the years come to is in it. */
function bill({ cost, plan }: PlanResult): readonly Block[] {
  return cost === null || plan === null ? [] : costBlocks({ cost, metrics: plan.metrics });
}

/** Options with the same fate share a line. */
function rivals(result: PlanResult): readonly Block[] {
  const { rivals: all } = result;
  if (all.length === 0) return [];
  const reasons = new Map<string, string[]>();
  for (const rival of all) {
    const difference = rivalDifference(result, rival);
    const why = `${lower(whyLost(result, rival))}${difference === '-' ? '' : `, ${difference}`}`;
    reasons.set(why, [...(reasons.get(why) ?? []), rival.name]);
  }
  const lines = [...reasons];
  const left = lines.slice(LISTED).reduce((sum, [, names]) => sum + names.length, 0);
  return [
    'Other options',
    ...lines.slice(0, LISTED).map(([why, names]) => ({ start: '  ', text: `${names.join('; ')}: ${why}.` })),
    ...more(left, 'options'),
  ];
}

const lower = (text: string) => `${text.charAt(0).toLowerCase()}${text.slice(1)}`;

const more = (left: number, what: string): readonly Block[] =>
  left > 0
    ? [
        {
          start: '  ',
          text: `and ${left} more ${left === 1 ? what.replace(/s\b/, '') : what}, in the report`,
        },
      ]
    : [];

/** The front, the cheapest first, with as many of its criteria as there is room for. */
function front(
  { criteria, runs }: ParetoReport,
  plans: readonly WeighedPlan[],
  width: number,
): readonly Block[] {
  const onFront = plans.filter(({ isOnFront, isAnswer }) => isOnFront || isAnswer);
  if (onFront.length < 2) return [];
  const listed = onFront.slice(0, LISTED);
  const cells = (many: number) =>
    table([
      ['', ...criteria.slice(0, many).map(({ metric }) => shortCriterion(metric))],
      ...listed.map((plan) => [
        `  ${plan.text}`,
        ...plan.values.slice(0, many).map((value, c) => quantity(value, criteria[c]?.unit ?? '')),
      ]),
    ]);
  const fits = (block: Block) => layOut([shown(block)], width).every((line) => line.length <= width);
  let many = criteria.length;
  while (many > 1 && !fits(cells(many))) many -= 1;
  return [
    `Trade-offs: plans that no other beats in everything, by the same ${plural(runs, 'run')} of each`,
    cells(many),
    ...more(onFront.length - listed.length, 'plans of the front'),
  ];
}

/** Names of metrics are shorter than their words; what plans themselves are weighed by has short words. */
const shortCriterion = (metric: string) => CRITERIA[metric] ?? metric;

function regret(result: PlanResult, report: RegretReport): readonly Block[] {
  const { demands, plans } = report;
  const { unit } = result;
  const listed = plans.slice(0, LISTED);
  return [
    row('Other demand', regretSentence(result, report)),
    ...listed.map((plan) => ({
      start: '  ',
      text: `${planWords(plan)}: ${plan.under
        .map((each, d) => {
          const demand = demands[d];
          return `${demand === undefined ? '' : demandName(demand)} ${regretCell(unit, each)}`;
        })
        .join('; ')}`,
    })),
    ...more(plans.length - listed.length, 'plans'),
    ...failures(report),
  ];
}

function failures(report: RegretReport): readonly Block[] {
  const all = regretFailures(report);
  const listed = all.slice(0, LISTED);
  return [
    ...listed.map(({ plan, demand, why }) => ({ start: '  ', text: `${plan} under ${demand}: ${why}.` })),
    ...more(all.length - listed.length, 'plans that fail'),
  ];
}

/** Sentences behind one label, each on lines of its own. */
function labelled(label: string, sentences: readonly string[]): readonly Block[] {
  return sentences.map((text, i) => row(i === 0 ? label : '', text));
}
