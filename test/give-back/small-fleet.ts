import { bucketsSeen } from '../../sim/experiment/give-back/give-back.ts';
import { observed } from '../../sim/experiment/give-back/observed.ts';
import { searchGiveBack } from '../../sim/experiment/give-back/search.ts';
import {
  type BucketGiveBack,
  normalizeScenario,
  replicate,
  type Scenario,
  type TriedChange,
} from '../../sim/index.ts';
import type { Bucket } from '../../sim/observe/waterfall/buckets.ts';

/** Two days of Poisson arrivals on four hosts with four A100 each, unless said otherwise. */
export function smallFleet(
  host: object,
  classes: readonly object[],
  {
    rate = '20/h',
    horizon = '2d',
    ...rest
  }: { rate?: string; horizon?: string; [key: string]: unknown } = {},
) {
  return {
    apiVersion: 'slicewise/v1',
    name: 'give-back',
    fleet: {
      hosts: [
        { name: 'h', count: 4, memory: '1TiB', cpu: 64, gpus: { model: 'A100-40GB', count: 4 }, ...host },
      ],
    },
    workload: {
      synthetic: {
        until: horizon,
        arrivals: { process: 'poisson', rate },
        classes: classes.map((each, i) => ({
          name: `c${i}`,
          cpu: 1,
          memory: '1GiB',
          gpus: 1,
          lifetime: { kind: 'exponential', mean: '30m' },
          ...each,
        })),
      },
    },
    experiment: { kind: 'timed', horizon },
    ...rest,
  };
}

/** What is found for one bucket alone. */
export function bucketOf(document: object, bucket: Bucket, seeds: readonly number[]): BucketGiveBack {
  const normalized = normalizeScenario(document);
  if (!normalized.ok) throw new Error(JSON.stringify(normalized.problems));
  const run = (scenario: Scenario, detail: boolean) =>
    seeds.map((seed) => replicate(scenario, {}, seed, { detail }));
  const base = run(normalized.scenario, true);
  const seen = bucketsSeen(base).filter((each) => each.bucket === bucket);
  const search = searchGiveBack(normalized, seen, base.map(observed));
  let next = search.next();
  while (next.done !== true) {
    next = search.next(
      next.value.map(({ scenario, needsDetail }) => run(scenario, needsDetail).map(observed)),
    );
  }
  const [found] = next.value.buckets;
  if (found === undefined) throw new Error(`nothing is in ${bucket}`);
  return found;
}

export function changeOf({ changes }: BucketGiveBack, text: string): TriedChange {
  const found = changes.find((each) => each.text.includes(text));
  if (found === undefined)
    throw new Error(`no change "${text}": ${changes.map((each) => each.text).join('; ')}`);
  return found;
}
