import { stopText } from '../../../sim/experiment/explain/job-timeline.ts';
import { classText, demandText, durationText, PHASE_TEXT, reasonText, tenantText } from '../../draw/words.ts';
import type { Account } from '../../replay/divergence-account.ts';
import { gpusText } from '../jobs/why-text.ts';

/** Who a job is and what it asks for; undefined where neither run has it at that moment. */
export function jobText(accounts: readonly Account[]): string | undefined {
  const kind = accounts.find(({ job }) => job !== undefined)?.job?.kind;
  if (kind === undefined) return undefined;
  return `${classText(kind)}, ${tenantText(kind)}, asks for ${demandText(kind.requests as never)}`;
}

/** What a run did about a job, how it was with the job, and what was free: a sentence each. */
export function accountSentences(account: Account, other: Account): readonly string[] {
  const { atUs, did, why, job, free, others, otherCount } = account;
  const texts: string[] = [];
  texts.push(did.length === 0 ? 'Did nothing about it at this moment.' : `${capital(did.join(', then '))}.`);
  for (const { kind, reason } of why)
    texts.push(`Why: ${kind === 'preempted' ? stopText(reason) : reasonText(reason)}.`);
  if (job === undefined)
    texts.push(
      did.length === 0 ? 'It is not in the system any more.' : 'It had only just come into the system.',
    );
  else {
    const before = did.length === 0 ? 'It is' : 'Until then it was';
    const since =
      atUs > job.sinceUs ? `, for ${durationText(atUs - job.sinceUs)}` : ', since this very moment';
    const where = job.places === '' ? '' : ` on ${job.places}`;
    // Who has just come waits for no reason yet.
    const isKnown = job.reason !== undefined && job.reason !== '' && atUs > job.sinceUs;
    const reason = !isKnown ? '' : `: ${reasonText(job.reason ?? '')}`;
    texts.push(`${before} ${PHASE_TEXT[job.phase]}${where}${since}${reason}.`);
  }
  const isAsked = (account.job ?? other.job) !== undefined;
  const doing = isAsked ? 'would do for a worker of it' : 'take jobs in';
  const byCard = free.isByCard ? ', as far as CPU, memory and cards that are not full tell' : '';
  texts.push(
    `Free ${did.length === 0 ? 'then' : 'just before'}: ${gpusText(free.milli)} of ${free.gpus} GPUs, ${free.wholeGpus} of them whole; ${free.hostsThatDo} of ${free.hosts} hosts ${doing}${byCard}.`,
  );
  if (otherCount > 0)
    texts.push(
      `Decided at the same moment about others: ${others.join('; ')}${otherCount > others.length ? `; and ${otherCount - others.length} more` : ''}.`,
    );
  return texts;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
