import { cpuQuantity } from '../quantities/cpu.ts';
import { readValid } from '../quantities/quantity.ts';
import { shareQuantity } from '../quantities/ratio.ts';
import type { PolicyDocument } from '../schema/scenario.ts';

/** The policy with every default written out; `auto` stays, as what it stands for depends on the experiment. */
export function canonicalPolicy({
  placement,
  tieBreak,
  queueing,
  typicalShare,
  referenceHost,
}: PolicyDocument) {
  return {
    placement: placement ?? 'best-fit',
    tieBreak: tieBreak ?? 'auto',
    queueing: queueing ?? 'fifo',
    typicalShare: shareQuantity.write(readValid(shareQuantity, typicalShare ?? '95%')),
    referenceHost:
      referenceHost == null
        ? null
        : { cpu: cpuQuantity.write(readValid(cpuQuantity, referenceHost.cpu)), gpus: referenceHost.gpus },
  } as const;
}
