import type { Claim, Finding, Found, Part, Unit, Verdict } from './claim.ts';

/** A claim and what was found about it. */
export interface Answer {
  readonly claim: Pick<Claim, 'id' | 'words' | 'source' | 'scenarios'>;
  readonly finding: Finding;
}

const WORST_FIRST: readonly Verdict[] = ['not reachable', 'only if', 'consistent'];

/** Of a claim as a whole: that of its worst part; `not modelled` where nothing of it is. */
export function verdictOf({ parts }: Finding): Verdict {
  return WORST_FIRST.find((verdict) => parts.some((part) => part.verdict === verdict)) ?? 'not modelled';
}

/** Numbers of each part in the table; the sections have all. */
const IN_TABLE = 3;

/** docs/claims.md. */
export function claimsPage(answers: readonly Answer[]): string {
  const rows = answers.flatMap(({ claim, finding }) =>
    finding.parts.map((part) => {
      const id = claim.id.toLowerCase();
      const numbers = part.found.slice(0, IN_TABLE).map(foundText).join('; ');
      return `| [${claim.id}](#${id}) | ${cell(part.claimed)} ${claim.source} | ${cell(numbers)} | **${part.verdict}** ${cell(part.condition ?? '')} |`;
    }),
  );
  return `${[
    '# Case claims',
    `Each figure that the source documents claim of a case, asked of the model: \`npm run claims\` runs the scenarios and writes this page, \`npm run claims -- c01 c03\` asks some of them. The sources are articles; what they leave
open is assumed, listed, and varied. Nothing is tuned towards a claim. Intervals are 95 % Student intervals of the mean over replications, of differences over pairs with the same seed; numbers without one are arithmetic, or came out
the same in every run. A break-even is found run by run, and its interval is that of their mean. An interval that reaches beyond what is possible (a wait below 0) says that few runs had any. Tables may rest on fewer
runs than the figures above them: their row of the scenario then differs from these by chance.`,
    `**consistent**: the model gives it with the workload that the source describes and the figures of the presets. **only if**: under a condition that the source does not state. **not reachable**: not within what the assumptions may be,
or against a vendor's documents. **not modelled**: the model has nothing to say.`,
    ['| id | claimed | the model finds | verdict |', '| --- | --- | --- | --- |', ...rows].join('\n'),
    ...answers.map(section),
  ].join('\n\n')}\n`;
}

function section({ claim, finding }: Answer): string {
  return [
    `## ${claim.id}`,
    `${claim.words} ${claim.source}`,
    `Run it: ${claim.scenarios.map((name) => `\`slicewise compare ${name}\``).join(', ')}`,
    ...finding.parts.map(partText),
    ...list('Assumed', finding.assumptions),
    ...list('Left out', finding.leftOut),
  ].join('\n\n');
}

const list = (title: string, sentences: readonly string[]): readonly string[] =>
  sentences.length === 0 ? [] : [[`${title}:`, '', ...sentences.map((each) => `- ${each}`)].join('\n')];

function partText(part: Part): string {
  return [
    `**${part.claimed}**: ${verdictText(part)}. ${part.reason}`,
    ...(part.found.length === 0 ? [] : [part.found.map((each) => `- ${foundText(each)}`).join('\n')]),
    ...(part.varied ?? []).map(({ assumption, rows }) =>
      [
        `| ${cell(assumption)} | ${cell(rows[0]?.gives.what ?? '')} |`,
        '| --- | --- |',
        ...rows.map(({ at, gives }) => `| ${cell(at)} | ${valueText(gives)} |`),
      ].join('\n'),
    ),
  ].join('\n\n');
}

/** "only if the desks are full". */
export function verdictText({ verdict, condition }: Part): string {
  return condition === undefined ? verdict : `${verdict} ${condition}`;
}

/** "frames in time: 91.2 % (90.8 to 91.6)". */
export function foundText(found: Found): string {
  return `${found.what}: ${valueText(found)}`;
}

/** "91.2 % (90.8 to 91.6)". */
export function valueText({ value, ci95, unit }: Found): string {
  if (value === null) return 'nothing to measure';
  const { scale, digits, sign } = formOf(unit, value);
  const number = (x: number) => grouped((x * scale).toFixed(digits).replace(/^-(0\.?0*)$/, '$1'));
  const interval = ci95 === undefined ? [] : [number(ci95[0]), number(ci95[1])];
  // The same in every run: nothing to say of chance.
  const isPoint = interval[0] === interval[1];
  return `${number(value)}${sign}${isPoint ? '' : ` (${interval.join(' to ')})`}`;
}

/** 29200.5 -> "29,200.5". */
function grouped(text: string): string {
  const [whole = '', part] = text.split('.');
  const spaced = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return part === undefined ? spaced : `${spaced}.${part}`;
}

interface Form {
  readonly scale: number;
  readonly digits: number;
  readonly sign: string;
}

/** Three significant digits or so, in the unit that people read. */
function formOf(unit: Unit, value: number): Form {
  const digitsFor = (x: number) =>
    Math.abs(x) >= 100 || isCount(unit, value) ? 0 : Math.abs(x) >= 10 ? 1 : 2;
  const plain = (scale: number, sign: string): Form => ({ scale, digits: digitsFor(value * scale), sign });
  switch (unit) {
    case 'fraction':
      return { scale: 100, digits: 1, sign: ' %' };
    case 'seconds': {
      const size = Math.abs(value);
      if (size === 0) return { scale: 1, digits: 0, sign: ' s' };
      if (size < 1) return plain(1000, ' ms');
      if (size < 120) return plain(1, ' s');
      return size < 7200 ? plain(1 / 60, ' min') : plain(1 / 3600, ' h');
    }
    case 'ratio':
      return plain(1, ' times');
    case 'USD':
      return { scale: 1, digits: value < 10 ? 2 : 0, sign: ' USD' };
    case 'USD/h':
      return { scale: 1, digits: 3, sign: ' USD/h' };
    default:
      return plain(1, ` ${unit}`);
  }
}

/** Cards, hosts and users that were counted, and not averaged. */
const isCount = (unit: Unit, value: number) =>
  Number.isInteger(value) && (unit === 'GPU' || unit === 'hosts' || unit === 'users' || unit === 'jobs');

const cell = (text: string) => text.replaceAll('|', '\\|');
