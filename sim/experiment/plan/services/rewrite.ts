import type { PlanReplicasDocument } from '../../../scenario/schema/plan-replicas.ts';
import type { ScenarioDocument } from '../../../scenario/schema/scenario.ts';
import type { ServiceDocument } from '../../../scenario/schema/services.ts';
import type { SizableKind } from './card-kinds.ts';
import { objectivesOfParts } from './objectives-of-parts.ts';
import { partOfArrivals } from './request-rates.ts';

/** How a replica runs. */
export interface ReplicaForm {
  readonly model: string;
  readonly profile: string;
  readonly batch: PlanReplicasDocument[number]['sizes'][number]['batch'];
  readonly maxBatch: number;
  readonly concurrency: number;
}

/** So many replicas of a service in a form. */
interface ChosenForm {
  readonly service: string;
  readonly form: ReplicaForm;
  /** Of one replica. */
  readonly requestsPerSec: number;
  readonly count: number;
}

/** What became of a part of a service. */
export interface SizedForm {
  /** As it was stated. */
  readonly service: string;
  /** Of the service in the sized scenario. */
  readonly name: string;
  readonly model: string;
  readonly profile: string;
  readonly batch: number;
  readonly concurrency: number;
  readonly replicas: number;
  /** What all its replicas answer at most. */
  readonly requestsPerSec: number;
  /** Its part of the requests, (0, 1]. */
  readonly part: number;
}

/** Cards of a host group that are cut alike. */
interface GroupCards {
  readonly hosts: string;
  readonly layout: readonly string[];
  readonly count: number;
}

const LONGEST_NAME = 64;

/** Writes chosen sizes and layouts into a document: services by size, host groups by layout. */
export function rewrittenDocument(
  document: ScenarioDocument,
  kinds: readonly SizableKind[],
  cards: readonly GroupCards[],
  chosen: readonly ChosenForm[],
) {
  const groups = groupsByLayout(document, kinds, cards);
  const taken = new Set((document.workload.services ?? []).map(({ name }) => name));
  const isOfSeveralModels = new Set(kinds.map(({ model }) => model)).size > 1;
  const sizes: SizedForm[] = [];
  const services = (document.workload.services ?? []).flatMap((service): ServiceDocument[] => {
    const own = gathered(chosen.filter((each) => each.service === service.name));
    if (own.length === 0) return [service];
    const total = own.reduce((sum, each) => sum + each.requestsPerSec, 0);
    return own.map(({ form, count, requestsPerSec }) => {
      const part = requestsPerSec / total;
      const name = own.length === 1 ? service.name : nameOf(service.name, form, isOfSeveralModels, taken);
      const { model, profile, maxBatch, concurrency } = form;
      sizes.push({
        service: service.name,
        name,
        model,
        profile,
        batch: maxBatch,
        concurrency,
        replicas: count,
        requestsPerSec,
        part,
      });
      return sizedService(service, name, form, count, part);
    });
  });
  const sized: ScenarioDocument = {
    ...renamed(document, groups.names),
    ...(document.objectives == null ? {} : { objectives: objectivesOfParts(document.objectives, sizes) }),
    fleet: { ...document.fleet, hosts: groups.hosts },
    workload: { ...document.workload, services },
  };
  return { document: sized, cards: groups.cards, sizes };
}

/** A form counts once, however fast its slots are. */
function gathered(chosen: readonly ChosenForm[]) {
  const forms = new Map<ReplicaForm, { form: ReplicaForm; count: number; requestsPerSec: number }>();
  for (const { form, count, requestsPerSec } of chosen) {
    const known = forms.get(form) ?? { form, count: 0, requestsPerSec: 0 };
    known.count += count;
    known.requestsPerSec += count * requestsPerSec;
    forms.set(form, known);
  }
  return [...forms.values()];
}

/** `chat-2g.20gb-b8x3`: batches of 8, three at a time. */
function nameOf(service: string, form: ReplicaForm, isOfSeveralModels: boolean, taken: Set<string>): string {
  const { model, profile, maxBatch, concurrency } = form;
  const tail = `${isOfSeveralModels ? `-${model}` : ''}-${profile}-b${maxBatch}${concurrency === 1 ? '' : `x${concurrency}`}`;
  const safe = tail.replaceAll(/[^A-Za-z0-9._-]/g, '_');
  for (let copy = 1; ; copy++) {
    const end = copy === 1 ? safe : `${safe}-${copy}`;
    const name = service.slice(0, LONGEST_NAME - end.length) + end;
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}

function sizedService(
  { gpu: _, ...service }: ServiceDocument,
  name: string,
  { model, profile, batch, concurrency }: ReplicaForm,
  replicas: number,
  part: number,
): ServiceDocument {
  const { traffic } = service;
  return {
    ...service,
    name,
    models: [model],
    // The times are those of this model, and of this slot on it.
    reference: model,
    speedByModel: { [model]: 1 },
    slot: { profile },
    use: { ...service.use, processes: concurrency, speedByProfile: { [profile]: 1 } },
    replicas,
    batch,
    concurrency,
    traffic:
      traffic.kind === 'open' ? { ...traffic, arrivals: partOfArrivals(traffic.arrivals, part) } : traffic,
  };
}

/** One host group for each layout that is needed, in place of the group that is cut; one without hosts where none is but others speak of it. */
function groupsByLayout(
  document: ScenarioDocument,
  kinds: readonly SizableKind[],
  cards: readonly GroupCards[],
) {
  const { fleet } = document;
  const spokenOf = hostsSpokenOf(document);
  const names = new Map<string, readonly string[]>();
  const taken = new Set((fleet.hosts ?? []).map(({ name }) => name));
  const named: GroupCards[] = [];
  const hosts = (fleet.hosts ?? []).flatMap((group) => {
    const kind = kinds.find((each) => each.group.name === group.name);
    if (kind === undefined) return [group];
    const own = cards.filter((each) => each.hosts === group.name);
    if (own.length === 0) return spokenOf.has(group.name) ? [{ ...group, count: 0 }] : [];
    const cut = own.map(({ layout, count }, index) => {
      let name = group.name;
      for (let number = index + 1; own.length > 1 && taken.has(name); number++) {
        const end = `-${number}`;
        name = group.name.slice(0, LONGEST_NAME - end.length) + end;
      }
      taken.add(name);
      named.push({ hosts: name, layout, count });
      const options = typeof group.sharing === 'object' ? group.sharing : null;
      return {
        ...group,
        name,
        count: count / kind.cardsPerHost,
        sharing: { ...options, mode: 'mig' as const, layout: [...layout] },
      };
    });
    names.set(
      group.name,
      cut.map(({ name }) => name),
    );
    return cut;
  });
  return { hosts, cards: named, names };
}

/** Names of host groups and hosts that prices, pools, faults and whatever else there is speak of. */
function hostsSpokenOf(document: ScenarioDocument): ReadonlySet<string> {
  const found = new Set<string>();
  renamed(document, {
    get: (name) => {
      found.add(name);
      return undefined;
    },
  });
  return found;
}

/** The document with other names of host groups wherever these are spoken of, which is under `hosts` in every section. */
function renamed(
  document: ScenarioDocument,
  names: { get(name: string): readonly string[] | undefined },
): ScenarioDocument {
  const other = (name: unknown) => (typeof name === 'string' ? (names.get(name) ?? [name]) : [name]);
  const visit = (value: unknown, isHosts: boolean): unknown => {
    if (typeof value === 'string' && isHosts) {
      const [first, ...more] = other(value);
      return more.length === 0 ? first : [first, ...more];
    }
    if (Array.isArray(value))
      return value.flatMap((each) => (isHosts ? other(each) : [each])).map((each) => visit(each, false));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, visit(each, key === 'hosts')]),
    );
  };
  return visit(document, false) as ScenarioDocument;
}
