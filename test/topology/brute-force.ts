import type { Layout } from '../../sim/cluster/layout.ts';
import type { Ask } from './small-fleet.ts';

/** A host as the brute force sees it: thousandths left on each GPU, and who is there. */
export interface PlainHost {
  readonly cpu: number;
  readonly gpus: readonly number[];
  readonly models: readonly string[];
  readonly rack: string;
  /** Island of each GPU; undefined: NVLink joins it to none. */
  readonly islands: readonly (string | undefined)[];
  /** Classes of the workers that are there, and of whom each keeps away. */
  readonly there: readonly { readonly label: string; readonly apartFrom: readonly string[] }[];
}

/** One worker's place: its host and GPUs. */
interface Place {
  readonly host: number;
  readonly gpus: readonly number[];
}

/** Whether workers can be put on hosts by the rules: every way to do it is tried, and each whole answer is judged. */
export function canBePlaced(
  hosts: readonly PlainHost[],
  asks: readonly Ask[],
  layout: Layout,
  label: string,
): boolean {
  const cpu = hosts.map((host) => host.cpu);
  const gpus = hosts.map((host) => [...host.gpus]);
  const places: Place[] = [];
  const go = (worker: number): boolean => {
    const ask = asks[worker];
    if (ask === undefined) return isAllowed(hosts, places, layout, label);
    const milli = ask.milli ?? 1000;
    return hosts.some((host, h) => {
      if ((cpu[h] as number) < (ask.cpu ?? 0)) return false;
      const able = [...host.gpus.keys()].filter(
        (i) =>
          (gpus[h]?.[i] as number) >= milli &&
          ((ask.models ?? []).length === 0 || ask.models?.includes(host.models[i] as string)),
      );
      return subsets(able, ask.gpus).some((chosen) => {
        cpu[h]! -= ask.cpu ?? 0;
        for (const i of chosen) gpus[h]![i]! -= milli;
        places.push({ host: h, gpus: chosen });
        const isFound = go(worker + 1);
        places.pop();
        for (const i of chosen) gpus[h]![i]! += milli;
        cpu[h]! += ask.cpu ?? 0;
        return isFound;
      });
    });
  };
  return go(0);
}

/** Whether a whole answer obeys every rule; written from the words of the documentation. */
export function isAllowed(
  hosts: readonly PlainHost[],
  places: readonly Place[],
  { within, spread, maxPerHost, maxOfClassPerHost, apartFrom }: Layout,
  label: string,
): boolean {
  const used = places.map(({ host }) => host);
  const racks = used.map((h) => (hosts[h] as PlainHost).rack);
  const count = (h: number) => used.filter((other) => other === h).length;
  if (within === 'host' && new Set(used).size > 1) return false;
  if (within === 'rack' && new Set(racks).size > 1) return false;
  if (within === 'island') {
    // A worker without GPU is near an island on any host that has a part of it.
    const islands = new Set(hosts.flatMap((host) => host.islands));
    islands.delete(undefined);
    const holds = (island: string | undefined) =>
      places.every(
        ({ host, gpus }) =>
          (hosts[host] as PlainHost).islands.includes(island) &&
          gpus.every((i) => (hosts[host] as PlainHost).islands[i] === island),
      );
    if (![...islands].some(holds)) return false;
  }
  if (spread === 'hosts' && new Set(used).size < used.length) return false;
  if (spread === 'racks' && new Set(racks).size < racks.length) return false;
  return used.every((h) => {
    const { there } = hosts[h] as PlainHost;
    return (
      count(h) <= maxPerHost &&
      count(h) + there.filter((other) => other.label === label).length <= maxOfClassPerHost &&
      there.every((other) => !apartFrom.includes(other.label) && !other.apartFrom.includes(label))
    );
  });
}

function subsets(items: readonly number[], size: number): readonly (readonly number[])[] {
  if (size === 0) return [[]];
  return items.flatMap((first, i) => subsets(items.slice(i + 1), size - 1).map((rest) => [first, ...rest]));
}
