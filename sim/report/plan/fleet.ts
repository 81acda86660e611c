import { z } from 'zod';
import { plainValue } from '../document/plain-value.ts';
import { plural } from '../format.ts';
import { andList, capital } from './words.ts';

/** What is read of the scenario of a plan: what is to be had, and how it is paid. */
const plannedPart = z.looseObject({
  fleet: z.looseObject({
    hosts: z.array(
      z.looseObject({
        name: z.string(),
        count: z.number(),
        gpus: z.array(z.looseObject({ model: z.string(), count: z.number() })).optional(),
        sharing: z.unknown().optional(),
      }),
    ),
  }),
  cost: z
    .looseObject({
      hosts: z.array(
        z.looseObject({
          hosts: z.union([z.string(), z.array(z.string())]),
          owned: z.unknown().optional(),
          leased: z.looseObject({ months: z.number() }).nullish(),
          cloud: z.looseObject({ committed: z.looseObject({ months: z.number() }).nullish() }).nullish(),
        }),
      ),
    })
    .nullish(),
  elastic: z
    .looseObject({
      expansions: z
        .array(z.looseObject({ at: z.string(), hosts: z.union([z.string(), z.array(z.string())]) }))
        .optional(),
      groups: z.array(z.looseObject({ hosts: z.union([z.string(), z.array(z.string())]) })).optional(),
    })
    .nullish(),
});
type Planned = z.infer<typeof plannedPart>;
type Hosts = Planned['fleet']['hosts'][number];

/** A group of hosts that the plan has. */
export interface PlannedGroup {
  readonly name: string;
  /** What is done to have them, as an order: `buy`, `lease for 36 months`. */
  readonly how: string;
  readonly hosts: number;
  /** `4 × L40S`; empty without GPUs. */
  readonly gpus: string;
  /** All GPUs of all hosts, `24 A100-SXM4-80GB`; empty without GPUs. */
  readonly allGpus: string;
  /** How their GPUs are shared; empty where nothing is said. */
  readonly sharing: string;
}

/** The hosts of a plan by group; undefined where its fleet is that of a trace. */
export function plannedGroups(planned: unknown): readonly PlannedGroup[] | undefined {
  const read = plannedPart.safeParse(planned);
  if (!read.success) return undefined;
  return read.data.fleet.hosts.flatMap((each): readonly PlannedGroup[] => {
    if (each.count === 0) return [];
    const gpus = each.gpus ?? [];
    return [
      {
        name: each.name,
        how: howToHave(each, read.data),
        hosts: each.count,
        gpus: gpus.map(({ model, count }) => `${count} × ${model}`).join(' and '),
        allGpus: gpus.map(({ model, count }) => `${count * each.count} ${model}`).join(' and '),
        sharing: plainValue(each.sharing),
      },
    ];
  });
}

function howToHave({ name }: Hosts, { cost, elastic }: Planned): string {
  const has = ({ hosts }: { readonly hosts: string | readonly string[] }) =>
    typeof hosts === 'string' ? hosts === name : hosts.includes(name);
  if (elastic?.groups?.some(has)) return 'have at hand for peaks';
  const joins = elastic?.expansions?.find(has);
  const when = joins === undefined ? '' : ` from ${joins.at} on`;
  const entry = cost?.hosts.find(has);
  if (entry === undefined) return `have${when}`;
  if (entry.owned != null) return `buy${when}`;
  if (entry.leased != null) return `lease for ${plural(entry.leased.months, 'month')}${when}`;
  if (entry.cloud?.committed != null)
    return `commit to for ${plural(entry.cloud.committed.months, 'month')} in the cloud${when}`;
  return entry.cloud == null ? `have${when}` : `rent by the hour in the cloud${when}`;
}

/** Groups that one sentence may name. */
const MOST_NAMED = 4;

/** `Buy 6 hosts of gpu (24 A100-SXM4-80GB) and lease for 36 months 2 hosts of desks (16 A16)`. */
export function orderWords(groups: readonly PlannedGroup[]): string {
  if (groups.length === 0) return 'Have no hosts';
  const named = groups.slice(0, MOST_NAMED).map(({ how, hosts, name, allGpus }, at, all) => {
    const what = `${plural(hosts, 'host')} of ${name}${allGpus === '' ? '' : ` (${allGpus})`}`;
    return how === all[at - 1]?.how ? what : `${how} ${what}`;
  });
  const rest = groups.length - named.length;
  const text = andList(rest > 0 ? [...named, `what ${plural(rest, 'other group')} of hosts have`] : named);
  return capital(text);
}
