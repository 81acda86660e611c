import { CLOUD_PRICES } from '../../hardware/prices/index.ts';
import type { CanonicalElastic } from '../canonical/elastic.ts';
import type { Elastic, ElasticGroupSpec } from '../elastic-types.ts';
import { durationQuantity } from '../quantities/duration.ts';
import { memoryQuantity } from '../quantities/memory.ts';
import { readValid } from '../quantities/quantity.ts';
import { shareOrZeroQuantity } from '../quantities/ratio.ts';
import type { Fleet } from '../types.ts';
import { HostLists } from './changes.ts';
import { resolveDistribution } from './distribution.ts';

type Group = CanonicalElastic['groups'][number];
type Price = NonNullable<Group['price']>;

const us = (written: string) => readValid(durationQuantity, written);
const BYTES_PER_MIB = 2 ** 20;
const BYTES_PER_GB = 1e9;

/** The section in numbers. Hosts of a trace are named as written, one after another. */
export function resolveElastic(elastic: CanonicalElastic, fleet: Fleet): Elastic {
  const lists = fleet.kind === 'hosts' ? new HostLists(fleet.groups) : undefined;
  const hostsOf = (names: readonly string[]) => (lists === undefined ? names : lists.of(names));
  return {
    steps: [
      ...elastic.expansions.map(({ at, hosts }) => ({
        atUs: us(at),
        hosts: hostsOf(hosts),
        joins: true,
        running: 'wait' as const,
        migratePath: null,
      })),
      ...elastic.removals.map(({ at, hosts, running, migrate }) => ({
        atUs: us(at),
        hosts: hostsOf(hosts),
        joins: false,
        running,
        migratePath: migrate,
      })),
    ].sort((a, b) => a.atUs - b.atUs),
    groups: elastic.groups.map((group) => resolveGroup(group, hostsOf(group.hosts))),
    bursts: elastic.bursts.map(({ from, to, waited, jobs, classes }) => ({
      from,
      to,
      waitedUs: waited === null ? null : us(waited),
      jobs,
      classes,
    })),
  };
}

function resolveGroup(group: Group, hosts: readonly string[]): ElasticGroupSpec {
  const { out, in: leave, spot } = group;
  return {
    name: group.name,
    hosts,
    min: group.min,
    max: group.max ?? hosts.length,
    start: group.start,
    bootSec: resolveDistribution(group.boot),
    out: {
      jobs: out.jobs,
      gpus: out.gpus,
      waitedUs: out.waited === null ? null : us(out.waited),
      allocated:
        out.allocated === null
          ? null
          : { above: readValid(shareOrZeroQuantity, out.allocated), forUs: us(out.window) },
      by: out.by,
      cooldownUs: us(out.cooldown),
    },
    in: {
      idleUs: leave.idle === null ? Number.POSITIVE_INFINITY : us(leave.idle),
      allocated:
        leave.allocated === null
          ? null
          : { below: readValid(shareOrZeroQuantity, leave.allocated), forUs: us(leave.window) },
      cooldownUs: us(leave.cooldown),
      running: leave.running,
      migratePath: leave.migrate,
    },
    minLifeUs: us(group.minLife),
    week: group.week.map(({ days, from, to, hosts: floor }) => ({
      days,
      fromUs: us(from),
      toUs: us(to),
      hosts: floor,
    })),
    price: group.price === null ? null : resolvePrice(group.price),
    spot:
      spot === null
        ? null
        : {
            everySec: spot.every === null ? null : us(spot.every) / 1e6,
            log: (spot.log ?? []).map(({ at, hosts: taken }) => ({ atUs: us(at), hosts: taken })),
            noticeUs: us(spot.notice),
            backSec: resolveDistribution(spot.back),
          },
  };
}

function resolvePrice({ perHour, instance, every, minimum, boot, egress, cap }: Price) {
  const gb = (written: string) => (readValid(memoryQuantity, written) * BYTES_PER_MIB) / BYTES_PER_GB;
  return {
    perHour: perHour ?? (instance === undefined ? 0 : (priceOf(instance) ?? 0)),
    everyUs: us(every),
    minimumUs: us(minimum),
    billsBoot: boot,
    egressPerGb: egress?.perGb ?? 0,
    egressGb: {
      default: egress === undefined ? 0 : gb(egress.data),
      byClass: Object.fromEntries(
        Object.entries(egress?.byClass ?? {}).map(([name, each]) => [name, gb(each)]),
      ),
    },
    cap: cap ?? Number.POSITIVE_INFINITY,
  };
}

/** On-demand price of an instance type in USD an hour; undefined where the price facts have none that is sure. */
export function priceOf(instance: { readonly provider: string; readonly name: string }): number | undefined {
  return CLOUD_PRICES.find(
    (price) =>
      price.provider === instance.provider &&
      price.instance === instance.name &&
      price.confidence !== 'unverified',
  )?.usdPerHour;
}
