import type { Problem } from '../../sim/scenario/index.ts';

/** What a line says that some nodes have. */
export interface GresRecord {
  /** Null: all nodes. */
  readonly nodes: ReadonlySet<string> | null;
  /** `gpu`, `shard`, `mps`; empty for a line that only turns detection on. */
  readonly name: string;
  readonly type: string;
  readonly count: number;
  /** Index of the GPU in `MultipleFiles=/dev/nvidia0,...`; null: not said. */
  readonly gpu: number | null;
  /** Whether Slurm finds the GPUs of these nodes itself. */
  readonly isDetected: boolean;
  /** `gres.conf:3`. */
  readonly at: string;
}

const GRES_KEYS = new Set([
  'nodename',
  'name',
  'type',
  'file',
  'multiplefiles',
  'count',
  'cores',
  'cpus',
  'links',
  'flags',
  'autodetect',
]);
const KNOWN_NAMES = ['gpu', 'shard', 'mps'];
const MOST_HOSTS = 1_000_000;
const MOST_COUNT = 1_000_000;
const SUFFIX: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** Lines without remarks, continued lines joined, with their numbers. */
function linesOf(text: string): readonly { readonly number: number; readonly words: readonly string[] }[] {
  const lines: { number: number; words: string[] }[] = [];
  let pending = '';
  let first = 0;
  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    if (pending === '') first = index + 1;
    const line = raw.replace(/(^|[^\\])#.*$/, '$1');
    if (line.trimEnd().endsWith('\\')) {
      pending += `${line.trimEnd().slice(0, -1)} `;
      continue;
    }
    const words = `${pending}${line}`.trim().split(/\s+/).filter(Boolean);
    pending = '';
    if (words.length > 0) lines.push({ number: first, words });
  }
  return lines;
}

/** `Key=value` words by their keys in lower case; keys and quotes mean nothing more. */
function wordsOf(words: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    words.map((word) => {
      const at = word.indexOf('=');
      const [key, value] = at < 0 ? [word, ''] : [word.slice(0, at), word.slice(at + 1)];
      return [key.toLowerCase(), value.replace(/^"(.*)"$/, '$1')];
    }),
  );
}

/**
 * Reads gres.conf: every line that is not understood is a problem, since what it says would be lost.
 *
 * @see SchedMD/slurm 22.05 and 26.11, gres.conf manual
 */
export function readGresConf(text: string, file: string, problems: Problem[]): readonly GresRecord[] {
  return linesOf(text).flatMap(({ number, words }): GresRecord[] => {
    const at = `${file}:${number}`;
    const wrong = (path: string, value: string, message: string) => {
      problems.push({ path, value, message: `${message}, got "${value}"`, at });
    };
    const before = problems.length;
    const keys = wordsOf(words);
    for (const [key, value] of keys)
      if (!GRES_KEYS.has(key)) wrong(key, value, 'must be a key of gres.conf (Include is not followed)');
    const name = keys.get('name') ?? '';
    if (name !== '' && !KNOWN_NAMES.includes(name)) return [];
    const nodes = nodesOf(keys.get('nodename'), wrong);
    const detect = (keys.get('autodetect') ?? '').toLowerCase();
    const isDetected = detect !== '' && detect !== 'off';
    const files = keys.get('file');
    const several = keys.get('multiplefiles');
    if (files !== undefined && several !== undefined)
      wrong('MultipleFiles', several, 'must not stand beside File');
    const found = files === undefined ? 1 : (listOf(files)?.length ?? 0);
    if (found === 0) wrong('File', files ?? '', 'must be device files such as /dev/nvidia[0-3]');
    const count = keys.has('count') ? countOf(keys.get('count') ?? '') : found;
    if (count === undefined)
      wrong('Count', keys.get('count') ?? '', `must be a whole number from 1 to ${MOST_COUNT}`);
    else if (name === 'gpu' && files !== undefined && count !== found) {
      wrong('Count', keys.get('count') ?? '', `must be the number of files, ${found}`);
    }
    const gpu =
      several === undefined ? null : Number(/\/dev\/nvidia(\d+)(?:,|$)/.exec(several)?.[1] ?? Number.NaN);
    if (Number.isNaN(gpu))
      wrong('MultipleFiles', several ?? '', 'must name the device of the GPU such as /dev/nvidia0');
    if (problems.length > before) return [];
    return [
      {
        nodes,
        name,
        type: keys.get('type') ?? '',
        count: count ?? 1,
        gpu,
        isDetected: isDetected && name === '',
        at,
      },
    ];
  });
}

/** Reads the Gres of the NodeName lines of slurm.conf; other lines are passed over. */
export function readSlurmNodes(text: string, file: string, problems: Problem[]): readonly GresRecord[] {
  return linesOf(text).flatMap(({ number, words }) => {
    const at = `${file}:${number}`;
    const keys = wordsOf(words);
    const gres = keys.get('gres');
    if (!keys.has('nodename') || gres === undefined) return [];
    const wrong = (path: string, value: string, message: string) => {
      problems.push({ path, value, message: `${message}, got "${value}"`, at });
    };
    const nodes = nodesOf(keys.get('nodename'), wrong);
    return gres.split(/,(?![^(]*\))/).flatMap((item): GresRecord[] => {
      if (item === '') return [];
      const found = itemOf(item);
      const count = countOf(found?.count ?? '');
      if (found === undefined || count === undefined) {
        wrong('Gres', item, 'must be name:type:count');
        return [];
      }
      const { name, type } = found;
      if (!KNOWN_NAMES.includes(name)) return [];
      return [{ nodes, name, type, count, gpu: null, isDetected: false, at }];
    });
  });
}

/**
 * `gpu`, `gpu:2`, `gpu:a100`, `gpu:4090:2`: a number that stands last is the count, so that a type of digits needs one.
 *
 * @see SchedMD/slurm, slurm.conf manual, Gres: `<name>[:<type>][:no_consume]:<number>[K|M|G]`
 */
function itemOf(
  item: string,
): { readonly name: string; readonly type: string; readonly count: string } | undefined {
  const words = item.replace(/\([^)]*\)$/, '').split(':');
  const [name = '', ...rest] = words;
  const count = /^\d+[kmg]?$/i.test(rest.at(-1) ?? '') ? (rest.pop() as string) : '1';
  if (rest.at(-1) === 'no_consume') rest.pop();
  const [type = '', ...more] = rest;
  const isItem = /^[a-z_][\w.-]*$/i.test(name) && more.length === 0 && (rest.length === 0 || type !== '');
  return isItem ? { name, type, count } : undefined;
}

function countOf(text: string): number | undefined {
  const match = /^(\d{1,9})([kmg]?)$/i.exec(text);
  const count = match === null ? 0 : Number(match[1]) * (SUFFIX[(match[2] ?? '').toLowerCase()] ?? 0);
  return count >= 1 && count <= MOST_COUNT ? count : undefined;
}

function nodesOf(
  text: string | undefined,
  wrong: (path: string, value: string, message: string) => void,
): ReadonlySet<string> | null {
  if (text === undefined) return null;
  const names = listOf(text);
  if (names === undefined) wrong('NodeName', text, `must be names such as node[0-3], at most ${MOST_HOSTS}`);
  return new Set(names ?? []);
}

/** Names in a list such as `a,b[0-3,5]`, with the zeros before numbers; undefined where it is none. */
function listOf(text: string): readonly string[] | undefined {
  if (!/^(?:[^,[\]]|\[[^[\]]*\])+(?:,(?:[^,[\]]|\[[^[\]]*\])+)*$/.test(text)) return undefined;
  const names: string[] = [];
  for (const [, item = ''] of `${text},`.matchAll(/((?:[^,[\]]|\[[^[\]]*\])*),/g)) {
    const match = /^([^[\]]*)(?:\[([^[\]]+)\]([^[\]]*))?$/.exec(item);
    if (match === null || item === '') return undefined;
    const [, start = '', ranges, end = ''] = match;
    if (ranges === undefined) {
      names.push(item);
      continue;
    }
    for (const range of ranges.split(',')) {
      const bounds = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(range);
      if (bounds === null) return undefined;
      const [, low = '', high = low] = bounds;
      if (Number(high) < Number(low) || names.length + Number(high) - Number(low) >= MOST_HOSTS)
        return undefined;
      for (let number = Number(low); number <= Number(high); number++) {
        names.push(`${start}${String(number).padStart(low.length, '0')}${end}`);
      }
    }
  }
  return names.length === 0 ? undefined : names;
}
