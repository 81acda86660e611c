/** Watts of a GPU or of a host without its GPUs: a straight line from idle to busy. */
export interface PowerDraw {
  readonly idleW: number;
  readonly maxW: number;
}

const W_PER_KW = 1000;

/**
 * Energy at the plug of `units` devices.
 *
 * @param hours for which each is there
 * @param load mean part of its capability that is used, [0, 1]
 * @returns kWh, without cooling and losses (see `facilityKwh`)
 * @see F-power of the catalogue
 */
export function energyKwh({ idleW, maxW }: PowerDraw, units: number, hours: number, load: number): number {
  if (!(load >= 0 && load <= 1 && maxW >= idleW && idleW >= 0))
    throw new RangeError(
      `Cannot add up energy: need a load of 0 to 1 and watts with 0 <= idle <= max, got ${load}, ${idleW}, ${maxW}`,
    );
  return ((idleW + (maxW - idleW) * load) * units * hours) / W_PER_KW;
}

/** With cooling and losses. @param pue power usage effectiveness, 1 or more */
export function facilityKwh(kwh: number, pue: number): number {
  if (!(pue >= 1)) throw new RangeError(`Cannot add cooling to energy: need a PUE of 1 or more, got ${pue}`);
  return kwh * pue;
}
