import type { VgpuSeries } from '../../../hardware/vgpu/index.ts';
import type { CardSpec } from '../../card-spec.ts';
import type { Slot } from '../../slot.ts';
import type { LicenceNeed } from '../../traits.ts';
import { cardTypes } from './card-types.ts';

const SOURCE = 'R-lic-1, R-lic-2 (documented)';

/** The cheapest edition that covers a series today. */
const LICENCE_OF_SERIES: Readonly<Record<VgpuSeries, LicenceNeed>> = {
  A: { edition: 'vApps', metric: 'concurrent-user', source: SOURCE },
  B: { edition: 'vPC', metric: 'concurrent-user', source: SOURCE },
  Q: { edition: 'RTX vWS', metric: 'concurrent-user', source: SOURCE },
  C: { edition: 'NVIDIA AI Enterprise', metric: 'gpu', source: SOURCE },
};

/** @throws {RangeError} if the slot is of no type of the card */
export function vgpuLicence(card: CardSpec, slot: Slot): LicenceNeed {
  const type = cardTypes(card)?.typeOf(slot.profile);
  if (type === undefined)
    throw new RangeError(`Cannot license slot ${slot.label}: ${card.model} has no such type`);
  return LICENCE_OF_SERIES[type.series];
}
