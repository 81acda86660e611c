import type { TaskRequest } from '../../../sim/cluster/request.ts';
import type { ReplayJob } from '../../../sim/observe/replay/index.ts';
import { durationText, shareText } from '../../draw/words.ts';
import { gpusText } from '../jobs/why-text.ts';
import { byteRateText, memoryText } from './mode-text.ts';

type Fact = readonly [term: string, text: string];

/** Everything that a job states, as terms with their texts. */
export function definitionOf(job: ReplayJob, pool: string | undefined): readonly Fact[] {
  const { kind, durationUs, estimateUs, number } = job;
  const { claim, layout, requests } = kind;
  const { checkpoint } = claim;
  const facts: Fact[] = [
    ['Number', String(number)],
    ['Kind', kind.kind],
    ['Length at full speed', durationText(durationUs)],
    ['Length as the scheduler takes it', durationText(estimateUs)],
    ['Pool', pool ?? String(claim.pool)],
    ['Queue', claim.queue === '' ? 'none' : claim.queue],
    ['Priority', String(claim.priority)],
    ['May be stopped', claim.isPreemptible ? 'yes' : 'no'],
    [
      'Checkpoints',
      checkpoint === null ? 'none: it loses its work when it is stopped' : checkpointText(checkpoint),
    ],
  ];
  const alike = new Map<string, { readonly request: TaskRequest; count: number }>();
  for (const request of requests) {
    const key = JSON.stringify(request);
    const same = alike.get(key);
    if (same === undefined) alike.set(key, { request, count: 1 });
    else same.count += 1;
  }
  for (const { request, count } of alike.values())
    facts.push(
      [count > 1 ? `Each of ${count} workers` : 'Worker', requestText(request)],
      ...useFacts(request),
    );
  if (layout !== undefined) {
    const { within, prefer, spread, maxPerHost, apartFrom } = layout;
    facts.push([
      'Places of its workers',
      [
        `within one ${within}`,
        prefer === within ? '' : `rather in one ${prefer}`,
        spread === 'none' ? '' : `on different ${spread}`,
        Number.isFinite(maxPerHost) ? `at most ${maxPerHost} on one host` : '',
        apartFrom.length === 0 ? '' : `not beside ${apartFrom.join(', ')}`,
      ]
        .filter((word) => word !== '')
        .join(', '),
    ]);
  }
  return facts;
}

function checkpointText({
  intervalUs,
  saveUs,
  restoreUs,
}: NonNullable<ReplayJob['kind']['claim']['checkpoint']>): string {
  const every = Number.isFinite(intervalUs) ? `every ${durationText(intervalUs)}` : 'when it is asked to';
  return `${every}, ${durationText(saveUs)} to save and ${durationText(restoreUs)} to restore`;
}

function requestText({ cpuMilli, memoryMib, gpuCount, gpuMilli, models }: TaskRequest): string {
  const gpus =
    gpuCount === 0
      ? 'no GPU'
      : gpuMilli === 1000
        ? `${gpuCount} GPU${gpuCount > 1 ? 's' : ''}`
        : `${gpuCount} x ${gpusText(gpuMilli)} GPU`;
  const of = models.length === 0 ? '' : ` of ${models.join(' or ')}`;
  return `${gpus}${of}, ${cpuMilli / 1000} CPU cores, ${memoryText(memoryMib)}`;
}

function useFacts({ ask }: TaskRequest): readonly Fact[] {
  if (ask === undefined) return [];
  const { slot, use, count } = ask;
  const part =
    slot.kind === 'whole'
      ? 'a card of its own'
      : slot.kind === 'profile'
        ? `${count > 1 ? `${count} x ` : ''}${slot.profile}`
        : `at least ${gpusText(slot.computeMilli)} of the compute and ${memoryText(slot.memoryMib)}`;
  return [
    ['Part of a shared card', part],
    [
      'Use of a card alone',
      `${use.workload}: ${shareText(use.busy)} busy, ${shareText(use.compute)} of the compute, ${shareText(use.bandwidth)} of the bandwidth, ${memoryText(use.memoryMib)}, ${byteRateText(use.linkBytesPerSec)} over the link`,
    ],
  ];
}
