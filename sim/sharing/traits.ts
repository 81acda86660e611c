/** What a tenant gets besides speed, as the capability matrix prints it. */
export interface ModeTraits {
  readonly memoryIsolation: 'whole' | 'hard' | 'limit' | 'soft' | 'none';
  /** `whole`: nobody else is on the card. `hard`, `soft`: others may feel a fault rarely or often. `none`: it ends them all. */
  readonly faultIsolation: 'whole' | 'hard' | 'soft' | 'none';
  /** What a fault in one tenant ends. */
  readonly faultEnds: 'tenant' | 'domain' | 'card';
  /** `share`: a part of the time that others cannot take away. `cap`: a ceiling, not a floor. */
  readonly performanceIsolation: 'whole' | 'hard' | 'share' | 'cap' | 'none';
  readonly liveMigration: 'live' | 'some' | 'cold-only' | 'none';
  /** Whether the host can measure what a tenant does. */
  readonly hostMetrics: 'yes' | 'partly' | 'no';
  /** GPU-to-GPU transfers (NVLink, PCIe peer to peer) for a job on several GPUs. */
  readonly peerToPeer: 'yes' | 'some' | 'no';
  /** Whether memory is set aside for a tenant from start to end. */
  readonly memoryReserved: boolean;
  /** What must be idle to change the layout. */
  readonly layoutChange: 'none' | 'tenant' | 'card' | 'host';
  /** Whether graphics APIs work for the tenant. */
  readonly graphics: 'yes' | 'some' | 'no';
  /** Where these statements come from, and how sure they are, e.g. `sharing modes table (documented)`. */
  readonly source: string;
}

/** What one tenant consumes of licences. */
export interface LicenceNeed {
  /** `none`, or the edition: `RTX vWS`, `vPC`, `vApps`, `NVIDIA AI Enterprise`. */
  readonly edition: string;
  readonly metric: 'none' | 'concurrent-user' | 'gpu' | 'product';
  readonly source: string;
}
