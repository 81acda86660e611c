import {
  type CardSpec,
  isRefusal,
  type ParameterValues,
  Residents,
  type SharingMode,
} from '../../sharing/index.ts';
import type { Measurement } from './measurement.ts';

/** A measurement that the mode would not let happen. */
export class ImpossibleSetup extends Error {
  override name = 'ImpossibleSetup';
}

/**
 * What the mode's own speed model makes of a measurement, relative to the program alone on the whole card in bare metal:
 * a factor of its latency there, or of its throughput. Tenants are placed on a card of the mode and all of them are
 * active, exactly as in a run.
 *
 * @returns 0 (throughput) or Infinity (latency) where a tenant stands still
 * @throws {ImpossibleSetup} where the mode refuses a tenant, with its reason
 */
export function predictedFactor(
  { label, config, slot, use, tenants, metric }: Measurement,
  mode: SharingMode,
  spec: CardSpec,
  values: ParameterValues,
): number {
  const card = mode.createCard(config, spec, values);
  const residents = new Residents();
  for (let tenant = 0; tenant < tenants; tenant++) {
    const place = card.admit({ slot, use, count: 1 });
    if (isRefusal(place)) {
      throw new ImpossibleSetup(
        `${label}: tenant ${tenant + 1} of ${tenants} is refused: ${place.detail} (${place.refused})`,
      );
    }
    card.place(place);
    residents.join(place, use, true);
  }
  const speeds = new Float64Array(tenants);
  card.speeds(residents, speeds);
  const sum = (of: (speed: number) => number) => speeds.reduce((total, speed) => total + of(speed), 0);
  if (metric === 'latency') return sum((speed) => 1 / speed) / tenants;
  return metric === 'throughput' ? sum((speed) => speed) / tenants : sum((speed) => speed);
}
