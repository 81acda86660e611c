import type { HostSpec } from '../../cluster/fleet.ts';
import type { TaskRequest } from '../../cluster/request.ts';
import { MOST_GPUS } from './format.ts';
import type { FleetAtStart } from './keyframe.ts';
import type { CardState } from './state.ts';

/** The usual tasks, which expected fragmentation is about: what they ask for, and which part of the arrivals they make up. */
export type ReplayMix = readonly (Pick<TaskRequest, 'cpuMilli' | 'gpuCount' | 'gpuMilli' | 'models'> & {
  /** 0 to 1; those of a mix add up to 1. */
  readonly frequency: number;
})[];

/** What a replay says of its run before the first event: plain data, as JSON. */
export interface ReplayHeader {
  readonly schema: 'slicewise/replay@1';
  /** Of the product that wrote it. */
  readonly version: string;
  readonly seed: number;
  /** The scenario document, normalized: what `check` prints. */
  readonly scenario: unknown;
  /** Names of the pools, and by pool the numbers of its hosts. */
  readonly pools: readonly { readonly name: string; readonly hosts: readonly number[] }[];
  /** Facts about the GPU models and MIG geometries of the fleet, out of the catalogue, with their sources. */
  readonly catalogue: unknown;
  /** Absent in fleets without a usual mix, and where it is very long. */
  readonly mix?: ReplayMix;
  readonly start: FleetAtStart;
}

/** What the run came to, which is known at its end only: plain data. */
export interface ReplayTables {
  readonly digest: string;
  readonly endUs: number;
  readonly [name: string]: unknown;
}

interface Alike {
  readonly count: number;
  readonly host: Omit<HostSpec, 'name' | 'gpus'> & {
    readonly gpus: readonly {
      readonly model: string;
      readonly count: number;
      readonly hasFabric?: boolean | undefined;
    }[];
  };
}

/** Hosts that are alike are named together, and so are cards. */
export function headerText(header: Omit<ReplayHeader, 'start'>, { hosts, cards }: FleetAtStart): string {
  const groups: (Alike & { count: number })[] = [];
  let lastKey = '';
  for (const { name: _name, gpus, ...rest } of hosts) {
    // A sharing mode is a thing with methods: what is needed of it stands in the cards.
    const host = { ...rest, gpus: gpus.map(({ model, count, hasFabric }) => ({ model, count, hasFabric })) };
    const key = JSON.stringify(host);
    const last = groups.at(-1);
    if (last !== undefined && key === lastKey) last.count += 1;
    else groups.push({ count: 1, host });
    lastKey = key;
  }
  const runs: { count: number; card: CardState | null }[] = [];
  let lastCard = '';
  for (const card of cards) {
    const key = JSON.stringify(card ?? null);
    const last = runs.at(-1);
    if (last !== undefined && key === lastCard) last.count += 1;
    else runs.push({ count: 1, card: card ?? null });
    lastCard = key;
  }
  return JSON.stringify({
    ...header,
    start: { names: hosts.map(({ name }) => name), hosts: groups, cards: runs },
  });
}

/** @throws {SyntaxError | TypeError} if it is no header */
export function readHeader(text: string): ReplayHeader {
  const { start, ...rest } = JSON.parse(text) as Omit<ReplayHeader, 'start'> & {
    start: {
      names: readonly string[];
      hosts: readonly Alike[];
      cards: readonly { readonly count: number; readonly card: CardState | null }[];
    };
  };
  if (rest.schema !== 'slicewise/replay@1') throw new TypeError('the header is of another kind');
  if (start.names.some((name) => typeof name !== 'string')) throw new TypeError('a host has no name');
  // Counts are added up before anything is made of them: a hostile file must not ask for all of the memory.
  if (total(start.hosts) !== start.names.length)
    throw new TypeError('the header does not describe each host');
  const specs = start.hosts.flatMap(({ count, host }) => Array.from({ length: count }, () => host));
  const gpus = specs.reduce((sum, host) => sum + total(host.gpus), 0);
  if (gpus > MOST_GPUS) throw new TypeError(`the fleet has more than ${MOST_GPUS} GPUs`);
  if (total(start.cards) !== gpus) throw new TypeError('the header does not name the card of each GPU');
  const hosts = start.names.map((name, h): HostSpec => ({ name, ...(specs[h] as Alike['host']) }));
  const cards = start.cards.flatMap(({ count, card }) =>
    Array.from({ length: count }, () => card ?? undefined),
  );
  return { ...rest, start: { hosts, cards } };
}

function total(entries: readonly { readonly count: number }[]): number {
  let sum = 0;
  for (const { count } of entries) {
    if (!(Number.isSafeInteger(count) && count >= 0)) throw new TypeError('a count is none');
    sum += count;
  }
  return sum;
}
