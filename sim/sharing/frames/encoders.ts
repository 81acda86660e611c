/**
 * The video encoders of one card. Frames come in the order in which the GPU finishes them, take the encoder that is
 * free first, and those of one tenant leave in order. Times in microseconds.
 */
export class Encoders {
  /** When each engine is through with what it has. Empty: every tenant has an engine of its own. */
  readonly #engineFreeUs: Float64Array;
  readonly #tenantFreeUs: Float64Array;

  /** @param engines shared by all; 0: one for each tenant */
  constructor(engines: number, tenants: number) {
    this.#engineFreeUs = new Float64Array(engines);
    this.#tenantFreeUs = new Float64Array(tenants);
  }

  /** When the last frame that the tenant handed over is encoded. */
  freeForTenant(tenant: number): number {
    return this.#tenantFreeUs[tenant] as number;
  }

  /**
   * Takes a frame.
   *
   * @param atUs not before that of any earlier call
   * @returns when it is encoded
   */
  encode(tenant: number, atUs: number, lengthUs: number): number {
    const free = this.#engineFreeUs;
    let start = Math.max(atUs, this.#tenantFreeUs[tenant] as number);
    let engine = -1;
    if (free.length > 0) {
      engine = 0;
      for (let i = 1; i < free.length; i++) if ((free[i] as number) < (free[engine] as number)) engine = i;
      start = Math.max(start, free[engine] as number);
    }
    const end = start + lengthUs;
    if (engine >= 0) free[engine] = end;
    this.#tenantFreeUs[tenant] = end;
    return end;
  }
}
