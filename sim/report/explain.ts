import {
  CHANGE_KIND_TEXT,
  CHANGE_KINDS,
  type Harm,
  type JobExplanation,
  type Step,
  type TriedKind,
  type WorkingChange,
} from '../experiment/explain/index.ts';
import { plural, printable, spanText, wrapText } from './format.ts';

/** Width of the column of times. */
const TIMES = 17;

/** What became of a job and what would have started it, as text of up to `columns`. */
export function explainText(explanation: JobExplanation, columns: number): string {
  const lines = [
    ...heading(explanation, columns),
    '',
    'What happened',
    ...explanation.steps.flatMap((step) => stepLines(step, explanation, columns)),
    '',
    ...changesLines(explanation, columns),
  ];
  return `${lines.map((line) => printable(line).replaceAll('\u00a0', ' ').trimEnd()).join('\n')}\n`;
}

function heading(explanation: JobExplanation, columns: number): string[] {
  const { job, kind, label, tenant, priority, demand, namesakes, seed } = explanation;
  const who = [
    ...(kind === 'batch' ? [] : [kind]),
    ...(label === '' ? [] : [`class ${label}`]),
    ...(tenant === '' ? [] : [`of ${tenant}`]),
    ...(priority === 0 ? [] : [`priority ${priority}`]),
  ];
  const text = `${job}${who.length === 0 ? '' : ` (${who.join(', ')})`} asks for ${demand}. Seed ${seed}.`;
  const same =
    namesakes > 1 ? ` ${namesakes} jobs of the run have this name: this is the first to arrive.` : '';
  return wrapText(text + same, columns);
}

function stepLines(step: Step, explanation: JobExplanation, columns: number): string[] {
  const { kind, atSec, untilSec, text, freeShare } = step;
  const when = timeText(atSec, explanation);
  if (kind !== 'waited' || untilSec === undefined) return entry(when, text, columns);
  const free =
    freeShare === undefined || !asksForGpus(explanation)
      ? ''
      : ` (${share(freeShare)} of the GPUs that would do were free)`;
  return entry(when, `waited ${spanText(untilSec - atSec)}: ${text}${free}`, columns);
}

function asksForGpus({ demand }: JobExplanation): boolean {
  return !demand.endsWith('CPU cores');
}

/** A time and what happened then; what does not fit goes on below, as far in. */
function entry(when: string, text: string, columns: number): string[] {
  const width = Math.max(TIMES, when.length + 2);
  const lines = wrapText(text, Math.max(20, columns - width - 2));
  return lines.map((line, i) => `  ${(i === 0 ? when : '').padEnd(width)}${line}`);
}

function changesLines(explanation: JobExplanation, columns: number): string[] {
  const { atSec, startedSec, before, changes, tried } = explanation;
  if (atSec === null) {
    return wrapText('It started when it arrived and never had to wait: nothing to change.', columns);
  }
  const at = timeText(atSec, explanation);
  if (tried.length === 0) return wrapText(`At ${at} it does not wait: nothing to change.`, columns);
  const was = startedSec === null ? 'it never did' : `it did at ${timeText(startedSec, explanation)}`;
  const queue =
    before === null
      ? ''
      : before === 0
        ? ' It was first in its queue then.'
        : ` ${plural(before, 'job')} ${before === 1 ? 'was' : 'were'} before it in its queue then.`;
  const inTime = changes.filter(({ isInTime }) => isInTime);
  const sooner = changes.filter(({ isInTime }) => !isInTime);
  return [
    ...wrapText(
      `What would have started it at ${at} (${was})${inTime.length === 0 ? ': no single change of those tried' : ''}`,
      columns,
    ),
    ...wrapText(
      `Each is one change, shown by a run with it from the same seed. Smallest first.${queue}`,
      columns - 2,
    ).map((line) => `  ${line}`),
    ...listed(inTime, explanation, columns),
    ...(sooner.length === 0
      ? []
      : [
          '',
          'What would have started it later than that, but sooner',
          ...listed(sooner, explanation, columns),
        ]),
    '',
    ...triedLines(tried, columns),
  ];
}

function listed(changes: readonly WorkingChange[], explanation: JobExplanation, columns: number): string[] {
  return CHANGE_KINDS.flatMap((kind) => {
    const ofKind = changes.filter((change) => change.kind === kind);
    if (ofKind.length === 0) return [];
    return [
      `  ${CHANGE_KIND_TEXT[kind]}`,
      ...ofKind.flatMap(({ text, setting, startSec, harm }) => [
        ...hanging(`- ${text}`, 4, columns),
        ...hanging(`starts at ${timeText(startSec, explanation)}; ${harmText(harm)}`, 6, columns),
        ...(setting === undefined ? [] : hanging(`--set ${setting}`, 6, columns)),
      ]),
    ];
  });
}

function hanging(text: string, indent: number, columns: number): string[] {
  const more = text.startsWith('- ') ? 2 : 0;
  return wrapText(text, Math.max(20, columns - indent - more)).map(
    (line, i) => `${' '.repeat(indent + (i === 0 ? 0 : more))}${line}`,
  );
}

/** What it costs others, and what they gain. */
function harmText(harm: Harm): string {
  const {
    delayedJobs,
    addedJobHours,
    addedGpuHours,
    hastenedJobs,
    savedJobHours,
    savedGpuHours,
    lostGpuHours,
    rejectedJobs,
  } = harm;
  const parts = [
    delayedJobs === 0
      ? 'delays nobody'
      : `delays ${plural(delayedJobs, 'other job')} by ${hours(addedJobHours, addedGpuHours)}`,
    ...(hastenedJobs === 0
      ? []
      : [`hastens ${plural(hastenedJobs, 'other job')} by ${hours(savedJobHours, savedGpuHours)}`]),
    ...(lostGpuHours === 0 ? [] : [`loses ${amount(lostGpuHours)} GPU-hours of work`]),
    ...(rejectedJobs === 0 ? [] : [`rejects ${plural(rejectedJobs, 'other job')}`]),
  ];
  return parts.join('; ');
}

function hours(jobHours: number, gpuHours: number): string {
  return `${amount(jobHours)} job-hours (${amount(gpuHours)} GPU-hours)`;
}

function triedLines(tried: readonly TriedKind[], columns: number): string[] {
  const without = tried.filter(({ inTime, sooner }) => inTime + sooner === 0);
  const words = without.flatMap(({ kind, tried: runs }) =>
    runs === 0 ? [] : [`${CHANGE_KIND_TEXT[kind]} (${runs} tried)`],
  );
  const none = without.flatMap(({ kind, tried: runs }) => (runs === 0 ? [CHANGE_KIND_TEXT[kind]] : []));
  const left = tried
    .filter(({ found, tried: runs }) => found > runs)
    .map(({ kind, found, tried: runs }) => `${found - runs} more of "${CHANGE_KIND_TEXT[kind]}"`);
  return [
    ...(words.length === 0 ? [] : wrapText(`Does not help: ${words.join(', ')}.`, columns)),
    ...(none.length === 0 ? [] : wrapText(`None there that could make room: ${none.join(', ')}.`, columns)),
    ...(left.length === 0 ? [] : wrapText(`Not tried: ${left.join(', ')}.`, columns)),
  ];
}

function timeText(sec: number, { clock }: JobExplanation): string {
  return clock === 'arrivals' ? `arrival ${Math.round(sec * 1e6) + 1}` : spanText(sec);
}

function amount(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

function share(part: number): string {
  return `${Math.round(part * 100)} %`;
}
