import type { Completed } from '../preset-defaults.ts';
import { byteRateQuantity } from '../quantities/byte-rate.ts';
import { cpuQuantity } from '../quantities/cpu.ts';
import { gpuShareQuantity } from '../quantities/gpu-share.ts';
import { memoryQuantity } from '../quantities/memory.ts';
import type { QuantityKind } from '../quantities/quantity.ts';
import { readValid } from '../quantities/quantity.ts';
import { callRateQuantity } from '../quantities/rate.ts';
import { multipleQuantity, partQuantity, shareOrZeroQuantity, shareQuantity } from '../quantities/ratio.ts';
import type { DemandDocument, SlotDocument, UseDocument } from '../schema/demand.ts';
import { canonicalNumber } from './distribution.ts';

const rewritten = (kind: QuantityKind, written: string | number) => kind.write(readValid(kind, written));

/** The mapping with its keys in the order of their characters, and no key where there is nothing. */
export function sorted<Value, Result>(
  mapping: Readonly<Record<string, Value>>,
  change: (value: Value) => Result,
): Record<string, Result> {
  return Object.fromEntries(
    Object.entries(mapping)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [key, change(value)]),
  );
}

/**
 * What a task, a replica or a session asks for, every default written out, keys in a fixed order. What only says more
 * about GPUs shared by a mode is left out where the document says nothing of it.
 *
 * @param written with its preset's figures
 * @param defaultGpus number of GPUs where none is written
 */
export function canonicalDemand(written: DemandDocument & Completed, defaultGpus: number) {
  const { cpu, memory, gpus = defaultGpus, gpu, slot, models, preset, reference, use } = written;
  const { speedByModel, communication, lifecycle } = written;
  // A whole card by name is a whole card by share.
  const part: { readonly gpu?: string; readonly slot?: CanonicalSlot } =
    slot === undefined || slot === 'whole'
      ? { gpu: rewritten(gpuShareQuantity, gpu ?? (gpus > 0 ? 1 : 0)) }
      : { slot: canonicalSlot(slot) };
  return {
    cpu: rewritten(cpuQuantity, cpu),
    memory: rewritten(memoryQuantity, memory),
    gpus: canonicalNumber(gpus),
    ...part,
    models: [...(models ?? [])],
    ...(preset === undefined ? {} : { preset }),
    ...(reference == null ? {} : { reference }),
    ...(use === undefined ? {} : { use: canonicalUse(use) }),
    ...(speedByModel === undefined || Object.keys(speedByModel).length === 0
      ? {}
      : { speedByModel: sorted(speedByModel, (speed) => readValid(multipleQuantity, speed)) }),
    ...(communication === undefined || readValid(partQuantity, communication) === 0
      ? {}
      : { communication: rewritten(partQuantity, communication) }),
    ...(lifecycle == null ? {} : { lifecycle }),
  };
}

export interface CanonicalSlot {
  profile?: string;
  count?: number;
  memory?: string;
  compute?: string;
}

function canonicalSlot({ memory, compute, profile, count }: Exclude<SlotDocument, 'whole'>): CanonicalSlot {
  if (profile !== undefined) return { profile, count: count ?? 1 };
  return {
    memory: rewritten(memoryQuantity, memory ?? '0MiB'),
    compute: rewritten(gpuShareQuantity, compute ?? 0),
  };
}

function canonicalUse(written: UseDocument) {
  const busy = written.busy ?? 1;
  const compute = written.compute ?? busy;
  const { memory, speedByProfile } = written;
  return {
    workload: written.workload ?? 'generic',
    busy: rewritten(shareQuantity, busy),
    compute: rewritten(shareQuantity, compute),
    bandwidth: rewritten(shareOrZeroQuantity, written.bandwidth ?? compute),
    memory: memory == null ? null : rewritten(memoryQuantity, memory),
    link: rewritten(byteRateQuantity, written.link ?? '0B/s'),
    processes: written.processes ?? 1,
    syncCalls: callRateQuantity.write(written.syncCalls ?? '0/s'),
    speedByProfile:
      speedByProfile == null
        ? null
        : sorted(speedByProfile, (speed) => (speed === null ? null : rewritten(shareQuantity, speed))),
  } as const;
}
