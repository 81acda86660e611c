import { layoutText } from '../../../sim/hardware/index.ts';
import type {
  PlannedStep,
  RepartitionPlan,
  RepartitionProblem,
} from '../../../sim/policies/repartition/index.ts';
import { plural, printable, spanText, wrapText } from '../../../sim/report/format.ts';
import type { RepartitionAnswer } from './answer.ts';

/** Width of the column of times. */
const TIMES = 14;
/** Width of the labels below the steps. */
const LABEL = 12;

/** A plan, or why there is none, as text of up to `columns`. */
export function answerText({ problem, outcome, after }: RepartitionAnswer, columns: number): string {
  const lines = [...heading(problem, columns), '', ...outcomeLines()];
  return `${lines.map((line) => printable(line.replaceAll('\u00a0', ' ')).trimEnd()).join('\n')}\n`;

  function outcomeLines(): readonly string[] {
    switch (outcome.outcome) {
      case 'planned':
        return planLines(problem, outcome, after, columns);
      case 'unreachable':
        return [
          ...wrapText(`Cannot be reached: ${outcome.detail}.`, columns),
          ...labelled('constraint', `${outcome.constraint}: ${CONSTRAINT_TEXT[outcome.constraint]}`, columns),
        ];
      case 'undecided':
        return wrapText(
          `Not decided: ${outcome.detail}. Let it look at more with --states, or ask for fewer cards at a time.`,
          columns,
        );
    }
  }
}

const CONSTRAINT_TEXT = {
  geometry: 'the wanted instances do not fit on the cards, whoever runs there',
  'jobs-that-stay': 'jobs without known end that may not be stopped and cannot move out of the way',
  'driver-placement': 'where the driver puts new instances (creation: chosen would do)',
  unknown: 'not told apart',
} as const;

function heading({ geometry, cards, target, objective, creation }: RepartitionProblem, columns: number) {
  const order = {
    'loss-first': 'least GPU time lost, then fewest jobs touched',
    'touches-first': 'fewest jobs touched, then least GPU time lost',
    weighted:
      objective.order === 'weighted'
        ? `least GPU time lost, a job touched counting ${objective.gpuMinutesPerTouch} GPU-minutes`
        : '',
  }[objective.order];
  const by = creation === 'driver-default' ? ' New instances go where the driver puts them.' : '';
  return [
    ...wrapText(
      `${plural(cards.length, 'card')} ${geometry.model.id}. Wanted: ${wantedText(cards, geometry.profiles, target)}.`,
      columns,
    ),
    ...wrapText(`Cheapest: ${order}.${by}`, columns),
  ];
}

function wantedText(
  cards: RepartitionProblem['cards'],
  profiles: RepartitionProblem['geometry']['profiles'],
  { wanted, ready }: RepartitionProblem['target'],
): string {
  const row = (counts: readonly number[]) =>
    counts.flatMap((count, p) => (count > 0 ? [`${count}\u00a0x\u00a0${profiles[p]?.name}`] : [])).join(', ');
  const how = ready === 'idle' ? 'without a job' : 'with or without a job';
  if (wanted.on === 'all-cards') return `${row(wanted.counts)}, ${how}, on any card`;
  const rows = wanted.counts.flatMap((counts, c) => {
    const text = row(counts);
    return text === '' ? [] : [`${text} on ${cards[c]?.id}`];
  });
  return `${rows.join('; ')}; ${how}`;
}

function planLines(
  { geometry, cards }: RepartitionProblem,
  plan: RepartitionPlan,
  after: RepartitionAnswer['after'],
  columns: number,
): readonly string[] {
  const { steps, jobsTouched } = plan;
  if (steps.length === 0) return ['Nothing to do: it is so already.'];
  // Cards that a job only comes to stay as they are.
  const changed = new Set(
    steps.flatMap(({ kind, card }) => (kind === 'create' || kind === 'delete' ? [card] : [])),
  );
  const cut = cards.map(({ id }, c) => ({ id, layout: after[c] ?? 0 })).filter(({ id }) => changed.has(id));
  const names = jobsTouched.length === 0 ? '' : ` (${jobsTouched.join(', ')})`;
  return [
    ...steps.flatMap((step, i) => stepLines(step, i + 1, columns)),
    '',
    ...labelled('done after', spanText(plan.takesUs / 1e6), columns),
    ...labelled('costs', `${minutes(plan.lostGpuMinutes)} GPU-minutes`, columns),
    ...labelled('touches', `${plural(jobsTouched.length, 'job')}${names}`, columns),
    ...labelled('proven', provenText(plan), columns),
    ...cut.flatMap(({ id, layout }, i) =>
      labelled(i === 0 ? 'afterwards' : '', `${id}: ${layoutText(geometry, layout) || 'not cut'}`, columns),
    ),
  ];
}

/** When, what, and below it why, how long and what it costs. */
function stepLines(
  { atUs, takesUs, lostGpuMinutes, what, why }: PlannedStep,
  number: number,
  columns: number,
) {
  const start = `${String(number).padStart(3)}  ${spanText(atUs / 1e6)}`.padEnd(TIMES + 5);
  const width = Math.max(20, columns - start.length);
  const takes = `takes ${spanText(takesUs / 1e6)}, loses ${minutes(lostGpuMinutes)} GPU-minutes`;
  return [...wrapText(what, width), ...wrapText(why, width), ...wrapText(takes, width)].map((line, i) => {
    return `${i === 0 ? start : ' '.repeat(start.length)}${line}`;
  });
}

function provenText({ isProven, lostAtLeast }: RepartitionPlan): string {
  if (isProven) return 'yes: no plan costs less';
  const least = lostAtLeast === null ? '' : `; none loses less than ${minutes(lostAtLeast)} GPU-minutes`;
  return `no: the search has not seen all plans${least} (--states lets it see more)`;
}

function labelled(label: string, text: string, columns: number): readonly string[] {
  const start = label.padEnd(LABEL);
  return wrapText(text, Math.max(20, columns - LABEL)).map(
    (line, i) => (i === 0 ? start : ' '.repeat(LABEL)) + line,
  );
}

/** Three figures, without an exponent. */
function minutes(value: number): string {
  if (value === 0) return '0';
  if (value >= 100) return String(Math.round(value));
  return value < 1e-4 ? 'less than 0.0001' : String(Number(value.toPrecision(3)));
}
