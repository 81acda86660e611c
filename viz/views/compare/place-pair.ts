import { GPU_MILLI } from '../../../sim/cluster/request.ts';
import type { ReplayJob, ReplayState } from '../../../sim/observe/replay/index.ts';
import type { Pair } from '../../replay/pair.ts';
import { CONDITION_TEXT, gpuCondition, hostCondition } from '../fleet/condition.ts';
import { modeText } from '../inspector/mode-text.ts';
import { modelOf } from '../jobs/places.ts';
import { numberRow, type PairedRow, textRow } from './paired-rows.ts';

/** Who is on something in both runs, and in one of them alone; in order of the first run, then of the second. */
export interface ResidentsApart {
  readonly both: readonly ReplayJob[];
  /** By run. */
  readonly alone: Pair<readonly ReplayJob[]>;
}

/** @param numbers of the host in each run */
export function hostRows(states: Pair<ReplayState>, numbers: Pair<number>): readonly PairedRow[] {
  const both = <T>(of: (state: ReplayState, host: number) => T): Pair<T> => [
    of(states[0], numbers[0]),
    of(states[1], numbers[1]),
  ];
  const gpusOf = (state: ReplayState, host: number) =>
    (state.gpuStart[host + 1] as number) - (state.gpuStart[host] as number);
  return [
    textRow(
      'GPU models',
      ...both((state, host) =>
        (state.hosts[host]?.gpus ?? []).map(({ count, model }) => `${count} x ${model}`).join(', '),
      ),
    ),
    textRow(
      'Condition',
      ...both((state, host) => CONDITION_TEXT[hostCondition(state.closedFor[host] as number)]),
    ),
    numberRow(
      'Taken',
      both((state, host) => {
        let taken = 0;
        for (let gpu = state.gpuStart[host] as number; gpu < (state.gpuStart[host + 1] as number); gpu++)
          taken += GPU_MILLI - (state.gpuFreeMilli[gpu] as number);
        return taken / GPU_MILLI;
      }),
      'GPU',
    ),
    numberRow('GPUs', both(gpusOf), ''),
    numberRow(
      'CPU free',
      both((state, host) => (state.cpuFreeMilli[host] as number) / 1000),
      'cores',
    ),
    numberRow(
      'Memory free',
      both((state, host) => (state.memoryFreeMib[host] as number) / 1024),
      'GiB',
    ),
    numberRow(
      'Jobs',
      both((state, host) => residentsOfHost(state, host).length),
      '',
    ),
  ];
}

/** @param numbers of the GPU in each run */
export function gpuRows(states: Pair<ReplayState>, numbers: Pair<number>): readonly PairedRow[] {
  const both = <T>(of: (state: ReplayState, gpu: number) => T): Pair<T> => [
    of(states[0], numbers[0]),
    of(states[1], numbers[1]),
  ];
  const isShared = states.some((state, side) => state.cards[numbers[side] as number] !== undefined);
  const rows = [
    textRow('Model', ...both(modelOf)),
    textRow(
      'Shared',
      ...both(({ cards }, gpu) => {
        const card = cards[gpu];
        return card === undefined ? 'by fraction' : modeText(card.sharing);
      }),
    ),
    textRow('Cut into', ...both(({ cards }, gpu) => cards[gpu]?.cut ?? '')),
    textRow(
      'Condition',
      ...both((state, gpu) => {
        const ofHost = hostCondition(state.closedFor[state.hostOfGpu[gpu] as number] as number);
        return CONDITION_TEXT[ofHost === 'open' ? gpuCondition(state.gpuClosedFor[gpu] as number) : ofHost];
      }),
    ),
    numberRow(
      'Taken',
      both((state, gpu) => (GPU_MILLI - (state.gpuFreeMilli[gpu] as number)) / GPU_MILLI),
      'fraction',
    ),
    numberRow(
      'Compute that works',
      both((state, gpu) => (state.cards[gpu] === undefined ? null : (state.work[gpu] as number))),
      'fraction',
    ),
    numberRow(
      'Jobs',
      both((state, gpu) => residentsOfGpu(state, gpu).length),
      '',
    ),
  ];
  return isShared ? rows : rows.filter(({ label }) => label !== 'Cut into' && label !== 'Compute that works');
}

export function residentsOfGpu(state: ReplayState, gpu: number): readonly ReplayJob[] {
  return [...new Set((state.occupants[gpu] ?? []).map(({ job }) => job))];
}

/** Jobs on a host, those without a GPU too. */
export function residentsOfHost(state: ReplayState, host: number): readonly ReplayJob[] {
  const jobs = new Set<ReplayJob>();
  for (let gpu = state.gpuStart[host] as number; gpu < (state.gpuStart[host + 1] as number); gpu++)
    for (const { job } of state.occupants[gpu] ?? []) jobs.add(job);
  for (const job of state.jobs) if (job?.parts.some((part) => part.host === host)) jobs.add(job);
  return [...jobs];
}

/** Pairs jobs by name and arrival, of several alike one by one in order of number. */
export function residentsApart([first, second]: Pair<readonly ReplayJob[]>): ResidentsApart {
  const key = ({ name, arrivalUs }: ReplayJob) => JSON.stringify([name, arrivalUs]);
  const counts = new Map<string, number>();
  for (const job of second) counts.set(key(job), (counts.get(key(job)) ?? 0) + 1);
  const [both, onlyFirst]: [ReplayJob[], ReplayJob[]] = [[], []];
  const matched = new Map<string, number>();
  for (const job of first) {
    const left = (counts.get(key(job)) ?? 0) - (matched.get(key(job)) ?? 0);
    if (left > 0) {
      both.push(job);
      matched.set(key(job), (matched.get(key(job)) ?? 0) + 1);
    } else onlyFirst.push(job);
  }
  const onlySecond = second.filter((job) => {
    const left = matched.get(key(job)) ?? 0;
    if (left === 0) return true;
    matched.set(key(job), left - 1);
    return false;
  });
  return { both, alone: [onlyFirst, onlySecond] };
}
