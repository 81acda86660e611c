import { nameHint } from '../nearest-name.ts';
import { type Path, valueAt } from '../path.ts';
import { type Finding, quoteValue } from '../problem.ts';
import { durationQuantity } from '../quantities/duration.ts';
import { HostNames } from '../resolve/host-names.ts';
import { isStated, repeats } from './common.ts';
import type { CheckContext } from './context.ts';

const POOLS: Path = ['licences', 'pools'];

/** What the values of the licences must satisfy together and with the fleet. */
export function checkLicences(context: CheckContext): readonly Finding[] {
  const { document, sound } = context;
  const { licences } = sound;
  if (licences == null) return [];
  const findings: Finding[] = [];
  if (valueAt(document, ['experiment', 'kind']) === 'fill') {
    findings.push({
      path: ['licences'],
      message: 'needs a timed experiment: a fill experiment has no time',
    });
  }
  const pools = licences.pools ?? [];
  findings.push(
    ...repeats(
      pools.map((pool) => pool?.name),
      (index) => [...POOLS, index, 'name'],
    ),
  );
  for (const [at, pool] of pools.entries()) {
    const path = [...POOLS, at];
    const isOfHosts = pool?.edition === 'vcf' || pool?.edition === 'vvf';
    if (isOfHosts && (pool?.metric === 'user' || pool?.metric === 'gpu')) {
      findings.push({
        path: [...path, 'metric'],
        message: `must be card or core where the edition is ${pool.edition}, got ${quoteValue(pool.metric)}`,
      });
      continue;
    }
    const isCounted = pool?.metric === 'card' || pool?.metric === 'core' || isOfHosts;
    for (const key of ['whenNone', 'lease', 'renewal']) {
      if (pool?.edition !== undefined && isCounted && isStated(document, [...path, key])) {
        findings.push({
          path: [...path, key],
          message: 'must not be there: licences by the card or core are counted, and nobody asks for them',
        });
      }
    }
    const isOfCores = pool?.metric === 'core' || (isOfHosts && pool?.metric === undefined);
    if (pool?.edition !== undefined && !isOfCores && isStated(document, [...path, 'cpusPerHost'])) {
      findings.push({
        path: [...path, 'cpusPerHost'],
        message: 'must not be there: it is for metric core',
      });
    }
    for (const [number, subscription] of (pool?.subscriptions ?? []).entries()) {
      for (const key of ['renewals', 'gap']) {
        const own: Path = [...path, 'subscriptions', number];
        if (subscription == null || isStated(document, [...own, 'term'])) continue;
        if (isStated(document, [...own, key])) {
          findings.push({
            path: [...own, key],
            message: 'must not be there: what has no term is not renewed',
          });
        }
      }
    }
    const leaseUs = usOf(pool?.lease);
    const renewalUs = usOf(pool?.renewal);
    if (leaseUs !== undefined && renewalUs !== undefined && renewalUs > leaseUs) {
      findings.push({
        path: [...path, 'renewal'],
        message: `must be at most the lease (${pool?.lease}), got ${pool?.renewal}`,
      });
    }
    if (renewalUs !== undefined && !isStated(document, [...path, 'lease'])) {
      findings.push({ path: [...path, 'lease'], message: 'is missing: renewal is a part of it' });
    }
  }
  let beforeUs = -1;
  for (const [at, step] of (licences.unlicensed ?? []).entries()) {
    const afterUs = usOf(step?.after);
    if (afterUs === undefined) continue;
    if (afterUs <= beforeUs) {
      findings.push({
        path: ['licences', 'unlicensed', at, 'after'],
        message: `must be later than that of the restriction before it, got ${step?.after}`,
      });
    }
    beforeUs = afterUs;
  }
  return [...findings, ...checkHosts(context)];
}

function usOf(written: string | undefined): number | undefined {
  const reading = written === undefined ? undefined : durationQuantity.read(written);
  return reading?.ok === true ? reading.value : undefined;
}

function checkHosts({ document, sound, isFaulty }: CheckContext): readonly Finding[] {
  if (!isStated(document, ['fleet', 'hosts']) || isFaulty(['fleet', 'hosts'])) return [];
  const names = new HostNames(
    (sound.fleet?.hosts ?? []).map((group) => ({ name: group?.name ?? '', count: group?.count ?? 1 })),
  );
  return (sound.licences?.pools ?? []).flatMap((_pool, index) => {
    const path = [...POOLS, index, 'hosts'];
    const written = valueAt(document, path);
    const all = typeof written === 'string' ? [written] : Array.isArray(written) ? written : [];
    return all.flatMap((name, at) =>
      typeof name !== 'string' || names.find(name) !== undefined
        ? []
        : [
            {
              path: typeof written === 'string' ? path : [...path, at],
              message: `must be a host group or a host of the fleet, got ${quoteValue(name)}`,
              hint: nameHint(name, names.groupNames, names.near(name)),
            },
          ],
    );
  });
}
