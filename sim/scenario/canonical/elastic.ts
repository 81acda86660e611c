import { memoryQuantity } from '../quantities/memory.ts';
import { readValid } from '../quantities/quantity.ts';
import { shareOrZeroQuantity } from '../quantities/ratio.ts';
import type { DistributionDocument } from '../schema/distribution.ts';
import type { ElasticDocument } from '../schema/elastic.ts';
import { canonicalDistribution, canonicalDuration, canonicalNumber } from './distribution.ts';

type Group = NonNullable<ElasticDocument['groups']>[number];
type Price = NonNullable<Group['price']>;

const listed = (hosts: string | readonly string[]) => (typeof hosts === 'string' ? [hosts] : [...hosts]);

const share = (written: string | number | null | undefined) =>
  written == null ? null : shareOrZeroQuantity.write(readValid(shareOrZeroQuantity, written));

const data = (written: string) => memoryQuantity.write(readValid(memoryQuantity, written));

const time = (written: string | null | undefined) => (written == null ? null : canonicalDuration(written));

const drawn = (written: string | DistributionDocument | undefined): DistributionDocument =>
  written === undefined || typeof written === 'string'
    ? { kind: 'constant', value: canonicalDuration(written ?? '0s') }
    : canonicalDistribution(written);

/** The section with every default written out. */
export function canonicalElastic({ expansions, removals, groups, bursts }: ElasticDocument) {
  return {
    expansions: (expansions ?? []).map(({ at, hosts }) => ({
      at: canonicalDuration(at),
      hosts: listed(hosts),
    })),
    removals: (removals ?? []).map(({ at, hosts, running, migrate }) => ({
      at: canonicalDuration(at),
      hosts: listed(hosts),
      running: running ?? 'wait',
      migrate: migrate ?? null,
    })),
    groups: (groups ?? []).map(canonicalGroup),
    bursts: (bursts ?? []).map(({ from, to, waited, jobs, classes }) => ({
      from: from ?? 'default',
      to,
      waited: time(waited),
      jobs: jobs ?? null,
      classes: classes == null ? null : [...classes],
    })),
  } as const;
}

function canonicalGroup(group: Group) {
  const { out = {}, in: leave = {}, spot } = group;
  return {
    name: group.name,
    hosts: listed(group.hosts),
    min: group.min ?? 0,
    max: group.max ?? null,
    start: group.start ?? group.min ?? 0,
    boot: drawn(group.boot),
    out: {
      jobs: out.jobs ?? null,
      gpus: out.gpus ?? null,
      waited: time(out.waited),
      allocated: share(out.allocated),
      window: canonicalDuration(out.window ?? '5m'),
      by: out.by ?? null,
      cooldown: canonicalDuration(out.cooldown ?? '0s'),
    },
    in: {
      idle: leave.idle === null ? null : canonicalDuration(leave.idle ?? '10m'),
      allocated: share(leave.allocated),
      window: canonicalDuration(leave.window ?? '10m'),
      cooldown: canonicalDuration(leave.cooldown ?? '0s'),
      running: leave.running ?? 'wait',
      migrate: leave.migrate ?? null,
    },
    minLife: canonicalDuration(group.minLife ?? '0s'),
    week: (group.week ?? []).map(({ days, from, to, hosts }) => ({
      days: [...(days ?? [0, 1, 2, 3, 4, 5, 6])],
      from: canonicalDuration(from ?? '0s'),
      to: canonicalDuration(to ?? '24h'),
      hosts,
    })),
    price: group.price == null ? null : canonicalPrice(group.price),
    spot:
      spot == null
        ? null
        : {
            every: time(spot.every),
            log:
              spot.log == null
                ? null
                : spot.log.map(({ at, hosts }) => ({ at: canonicalDuration(at), hosts: hosts ?? 1 })),
            notice: canonicalDuration(spot.notice),
            back: drawn(spot.back),
          },
  } as const;
}

function canonicalPrice({ perHour, instance, every, minimum, boot, egress, cap }: Price) {
  return {
    ...(perHour === undefined ? {} : { perHour: canonicalNumber(perHour) }),
    ...(instance === undefined ? {} : { instance: { provider: instance.provider, name: instance.name } }),
    every: canonicalDuration(every ?? '1s'),
    minimum: canonicalDuration(minimum ?? '60s'),
    boot: boot ?? false,
    ...(egress === undefined
      ? {}
      : {
          egress: {
            perGb: canonicalNumber(egress.perGb),
            data: data(egress.data ?? '0MiB'),
            byClass: Object.fromEntries(
              Object.entries(egress.byClass ?? {}).map(([name, each]) => [name, data(each)]),
            ),
          },
        }),
    cap: cap == null ? null : canonicalNumber(cap),
  };
}

export type CanonicalElastic = ReturnType<typeof canonicalElastic>;
