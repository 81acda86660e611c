import type { PlanResult } from '../../experiment/plan/index.ts';
import { confidenceQuantity } from '../../scenario/quantities/ratio.ts';
import { count, plural } from '../format.ts';
import { askedOf } from './answer.ts';
import { MINIMISED_WORDS } from './words.ts';

/** How many plans there are and what became of them, in one sentence. */
export function searchedSentence({ searched }: PlanResult): string {
  const { options, plans, proven, run, refuted, runs } = searched;
  const others = plans - proven - run;
  const each = options === 1 ? '' : ` of ${plural(options, 'combination')} of options`;
  const refutedText =
    refuted === 0
      ? ''
      : ` ${plural(refuted, 'plan')} served in the search and did not with fresh random numbers, and ${refuted === 1 ? 'was' : 'were'} left.`;
  if (run === 0)
    return plans === 1
      ? `The one plan${each} was not run: it is proven not to serve, or not valid.`
      : `None of the ${plural(plans, 'plan')}${each} was run: all are proven not to serve, or not valid.`;
  return `There ${plans === 1 ? 'is' : 'are'} ${plural(plans, 'plan')}${each}: ${count(proven)} ${proven === 1 ? 'is' : 'are'} proven not to serve, or not valid, before anything was run, ${count(run)} ${run === 1 ? 'was' : 'were'} run, in ${plural(runs, 'run')} with all that is told around the plan${others > 0 ? ', and the others are ruled out by these' : ''}.${refutedText}`;
}

/** What the bound and the search rest on, in sentences. */
export function restsOn(result: PlanResult): readonly string[] {
  const { minimise } = result;
  const { replications: { search = 3, most = 12, verify = 10 } = {}, confidence = '95%' } = askedOf(result);
  return [
    minimise === 'cost'
      ? 'The bound is the least bill of all plans that are not proven to fail: hosts, licences and what else is due, with GPUs that idle and nothing rented by the hour.'
      : `The bound is ${MINIMISED_WORDS[minimise]} of the smallest plan that is not proven to fail.`,
    'A plan is proven to fail where some job has no place even on the empty fleet, where more work is offered in the long run than all layouts of its cards can do, or where so many come at once that a limit on waiting cannot be kept, whatever the policy.',
    'What is not run is ruled out by what is: more of a count is taken to serve no worse and, unless hosts come when work waits or outages are paid for, to cost no less where its least bill is no lower.',
    `A plan serves when every objective holds by its ${confidenceWords(confidence)} interval over ${search} to ${most} runs of the same seeds for all plans; the plan that is found is run ${verify} times more, or twice as often where that leaves it open.`,
  ];
}

function confidenceWords(written: string | number): string {
  const read = confidenceQuantity.read(written);
  return String(confidenceQuantity.write(read.ok ? read.value : 0.95)).replace('%', ' %');
}
