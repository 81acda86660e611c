import type { ReplayJob, ReplayState } from '../../../sim/observe/replay/index.ts';
import { classText, durationText, PHASE_TEXT, shareText, tenantText } from '../../draw/words.ts';
import { CONDITION_TEXT, gpuCondition, hostCondition } from './condition.ts';
import { type FleetFacts, sharingOf } from './facts.ts';
import { utilizationOf } from './fills.ts';

/** What is said of a place when it is pointed at, or reached by the keyboard. */
export interface Description {
  readonly title: string;
  readonly facts: readonly string[];
  readonly residents: readonly string[];
  /** Residents that are not named. */
  readonly more: number;
}

/** Residents that are named at once. */
const MOST_RESIDENTS = 8;

function gpuName(facts: FleetFacts, gpu: number): string {
  const host = facts.hostOfGpu[gpu] as number;
  return `${facts.hostNames[host]} GPU ${gpu - (facts.gpuStart[host] as number)}`;
}

export function describeGpu(facts: FleetFacts, state: ReplayState, gpu: number): Description {
  const host = facts.hostOfGpu[gpu] as number;
  const card = state.cards[gpu];
  const own = state.occupants[gpu] ?? [];
  const condition = hostCondition(state.closedFor[host] as number);
  const ownCondition = gpuCondition(state.gpuClosedFor[gpu] as number);
  const used = utilizationOf(state, gpu);
  const lines = [
    facts.models[facts.modelOfGpu[gpu] as number] ?? '',
    card === undefined ? 'shared by fraction' : modeText(card.sharing),
    ...(card?.cut == null || card.cut === '' ? [] : [`cut into ${card.cut}`]),
    `${shareText(1 - Math.max(0, state.gpuFreeMilli[gpu] as number) / 1000)} taken`,
    ...(card === undefined ? [] : [`works at ${shareText(used)} of its compute`]),
  ];
  if (condition !== 'open') lines.push(`host ${CONDITION_TEXT[condition]}`);
  if (ownCondition !== 'open') lines.push(CONDITION_TEXT[ownCondition]);
  if (card !== undefined && (card.held !== 0 || card.isCutHeld)) lines.push(CONDITION_TEXT.changing);
  return {
    title: gpuName(facts, gpu),
    facts: lines,
    residents: own.slice(0, MOST_RESIDENTS).map(({ job, slot, milli }) => {
      const part = slot === undefined ? shareText(milli / 1000) : slot.label;
      return `${job.name} on ${part}, ${jobText(state, job)}`;
    }),
    more: Math.max(0, own.length - MOST_RESIDENTS),
  };
}

export function describeHost(facts: FleetFacts, state: ReplayState, host: number): Description {
  const condition = hostCondition(state.closedFor[host] as number);
  const jobs = new Set<ReplayJob>();
  let free = 0;
  for (let gpu = facts.gpuStart[host] as number; gpu < (facts.gpuStart[host + 1] as number); gpu++) {
    const own = state.occupants[gpu] ?? [];
    if (own.length === 0) free += 1;
    for (const { job } of own) jobs.add(job);
  }
  const gpus = (facts.gpuStart[host + 1] as number) - (facts.gpuStart[host] as number);
  const spec = state.hosts[host];
  const pool = facts.pools[facts.poolOfHost[host] as number]?.name;
  const list = [...jobs];
  return {
    title: facts.hostNames[host] ?? '',
    facts: [
      ...(pool === undefined ? [] : [`pool ${pool}`]),
      facts.hostText[host] ?? '',
      `${free} of ${gpus} GPUs without anybody`,
      `${(state.cpuFreeMilli[host] as number) / 1000} of ${(spec?.cpuMilli ?? 0) / 1000} CPU cores free`,
      `${gibText(state.memoryFreeMib[host] as number)} of ${gibText(spec?.memoryMib ?? 0)} free`,
      CONDITION_TEXT[condition],
    ],
    residents: list.slice(0, MOST_RESIDENTS).map((job) => `${job.name}, ${jobText(state, job)}`),
    more: Math.max(0, list.length - MOST_RESIDENTS),
  };
}

function jobText(state: ReplayState, job: ReplayJob): string {
  const waited = durationText(Math.max(0, job.startedUs - job.arrivalUs));
  return `${tenantText(job.kind)}, ${classText(job.kind)}, ${PHASE_TEXT[job.phase]} for ${durationText(state.nowUs - job.sinceUs)}, started ${waited} after its arrival`;
}

function gibText(mib: number): string {
  return `${Number((mib / 1024).toFixed(1))} GiB`;
}

/** `mig`, `vgpu, sizes mixed`: the mode with those options that are not its defaults' null. */
function modeText(sharing: string): string {
  const { mode, ...options } = sharingOf(sharing);
  const words = Object.entries(options).flatMap(([name, value]) => {
    if (value === null || value === false) return [];
    return value === true ? [name] : [`${name} ${Array.isArray(value) ? value.join(' + ') : String(value)}`];
  });
  return [mode, ...words].join(', ');
}

export function descriptionText({ title, facts, residents, more }: Description): string {
  const others = more > 0 ? `, and ${more} more` : '';
  return [title, ...facts, residents.length === 0 ? 'nobody on it' : `${residents.join('; ')}${others}`].join(
    '. ',
  );
}
