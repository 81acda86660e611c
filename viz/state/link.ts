import {
  type AppState,
  COLOURINGS,
  FIRST_STATE,
  type JobFilter,
  type Selection,
  THEMES,
  VIEWS,
} from './app-state.ts';

/** What of the state a link carries; of everything else the page begins anew. */
export type Linked = Pick<
  AppState,
  'view' | 'atUs' | 'selection' | 'colouring' | 'brush' | 'filter' | 'theme' | 'sweep'
>;

/** Filters by their names in a link. */
const FILTERS: Readonly<Record<keyof JobFilter, string>> = {
  text: 'text',
  tenant: 'tenant',
  label: 'class',
  phase: 'phase',
};

/** A time that is longer is no time of a run: 9e9 s. */
const MOST_US = 9e15;
const LONGEST_TEXT = 1000;
/** Before the name of what a sweep is looked at by. */
const SWEEP = 'sweep.';

/**
 * What comes after `#` in a link to a state, such as `view=fleet&t=86400.5&gpu=3`: times in seconds of the run, and nothing
 * for what is as at the start.
 */
export function linkOf({ view, atUs, selection, colouring, brush, filter, theme, sweep }: Linked): string {
  const words = new URLSearchParams();
  if (view !== FIRST_STATE.view) words.set('view', view);
  if (atUs > 0) words.set('t', secondsText(atUs));
  if (selection.kind === 'host') words.set('host', String(selection.host));
  if (selection.kind === 'gpu') words.set('gpu', String(selection.gpu));
  if (selection.kind === 'job') {
    words.set('job', String(selection.number));
    if (selection.name !== '') words.set('name', selection.name);
  }
  if (colouring !== FIRST_STATE.colouring) words.set('colour', colouring);
  if (brush !== null) words.set('span', brush.map(secondsText).join('-'));
  for (const [field, word] of Object.entries(FILTERS)) {
    const text = filter[field as keyof JobFilter];
    if (text !== '') words.set(word, text);
  }
  if (theme !== FIRST_STATE.theme) words.set('theme', theme);
  for (const [name, text] of Object.entries(sweep)) if (text !== '') words.set(`${SWEEP}${name}`, text);
  return words.toString();
}

/** The state that a link asks for. What is missing, unknown or out of range is as at the start. */
export function readLink(text: string): Linked {
  const words = new URLSearchParams(text.replace(/^#/, ''));
  const one = <T extends string>(word: string, known: readonly T[], other: T): T =>
    known.find((each) => each === words.get(word)) ?? other;
  const filterText = (field: keyof JobFilter) => (words.get(FILTERS[field]) ?? '').slice(0, LONGEST_TEXT);
  return {
    view: one('view', VIEWS, FIRST_STATE.view),
    atUs: usOf(words.get('t')) ?? 0,
    selection: selectionOf(words),
    colouring: one('colour', COLOURINGS, FIRST_STATE.colouring),
    brush: spanOf(words.get('span')),
    filter: {
      text: filterText('text'),
      tenant: filterText('tenant'),
      label: filterText('label'),
      phase: filterText('phase'),
    },
    theme: one('theme', THEMES, FIRST_STATE.theme),
    sweep: Object.fromEntries(
      [...words]
        .filter(([word, said]) => word.startsWith(SWEEP) && word.length > SWEEP.length && said !== '')
        .map(([word, said]) => [word.slice(SWEEP.length), said.slice(0, LONGEST_TEXT)]),
    ),
  };
}

function selectionOf(words: URLSearchParams): Selection {
  const number = (word: string) => {
    const text = words.get(word) ?? '';
    return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  };
  const [job, gpu, host] = [number('job'), number('gpu'), number('host')];
  if (job !== undefined)
    return { kind: 'job', number: job, name: (words.get('name') ?? '').slice(0, LONGEST_TEXT) };
  if (gpu !== undefined) return { kind: 'gpu', gpu };
  if (host !== undefined) return { kind: 'host', host };
  return { kind: 'none' };
}

function spanOf(text: string | null): readonly [number, number] | null {
  const [from, to] = (text ?? '').split('-').map(usOf);
  return from !== undefined && to !== undefined && from < to ? [from, to] : null;
}

/** Seconds with as many digits as it takes, to the microsecond. */
function secondsText(us: number): string {
  const whole = Math.round(us);
  const fraction = String(whole % 1e6)
    .padStart(6, '0')
    .replace(/0+$/, '');
  return `${Math.floor(whole / 1e6)}${fraction === '' ? '' : `.${fraction}`}`;
}

function usOf(text: string | null): number | undefined {
  const found = /^(\d{1,10})(?:\.(\d{1,6}))?$/.exec(text ?? '');
  if (found === null) return undefined;
  const us = Number(found[1]) * 1e6 + Number((found[2] ?? '').padEnd(6, '0'));
  return us <= MOST_US ? us : undefined;
}
