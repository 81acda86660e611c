import type { EventId } from '../../kernel/event-queue.ts';
import type { Micros } from '../../kernel/time.ts';
import type { LicenceCause } from '../../licences/index.ts';
import type { LicenceSetup } from './setup.ts';

/** Who holds a licence or lacks one: a virtual machine, or a physical GPU. */
export class LicenceClient {
  readonly number: number;
  readonly pool: number;
  isLicensed = false;
  /** Why it has none, while it has none. */
  cause: LicenceCause = 'growth';
  /** It is over, and the server could not be told: the lease goes on. */
  isGone = false;
  /** When it got its lease, and when it renewed it last as far as that has been worked out. */
  leasedUs = 0;
  renewedUs = 0;
  /** When the lease ends unless it is renewed; undefined while servers answer. */
  expiry: EventId | undefined = undefined;

  constructor(number: number, pool: number) {
    this.number = number;
    this.pool = pool;
  }
}

/** What the desk needs of the run, and whom it tells. */
interface DeskHost {
  /** The lease of the client by that number ends then. */
  schedule(atUs: number, client: number): EventId | undefined;
  cancel(event: EventId): void;
  /** A client that had no licence has one from now on, or the other way round. */
  changed(nowUs: number, client: LicenceClient): void;
}

interface Pool {
  inUse: number;
  needed: number;
  readonly lacking: Record<LicenceCause, number>;
  /** In the order in which they came to lack one. */
  readonly queue: Set<LicenceClient>;
  /** Those whose lease runs, whether they are still there or not. */
  readonly leased: Set<LicenceClient>;
}

/**
 * The licence servers of a run, which stand in for each other: licences are handed out in the order in which they were
 * asked for, kept by leases that their clients renew at fixed intervals since they got them, and given back.
 *
 * While no server answers nobody gets a licence, leases cannot be renewed and end at their time (LR-6), and who gives one
 * back is not heard: it is out until its lease has ended.
 *
 * Leaves out: clients that crash (they give back at once), clocks that differ, and servers of some pools only.
 */
export class LicenceDesk {
  readonly #setup: LicenceSetup;
  readonly #host: DeskHost;
  readonly #pools: readonly Pool[];
  readonly #clients = new Map<number, LicenceClient>();
  #isUp = true;
  /** Since when servers answer. */
  #upSinceUs = 0;
  #asked = 0;

  constructor(setup: LicenceSetup, host: DeskHost) {
    this.#setup = setup;
    this.#host = host;
    this.#pools = setup.pools.map(() => ({
      inUse: 0,
      needed: 0,
      lacking: { growth: 0, server: 0, region: 0 },
      queue: new Set(),
      leased: new Set(),
    }));
  }

  /** Licences of a pool that whoever asks now could have; 0 while no server answers. */
  free(pool: number): number {
    const { inUse, queue } = this.#pools[pool] as Pool;
    return this.#isUp ? Math.max(0, this.#entitled(pool) - inUse - queue.size) : 0;
  }

  /** @param isOutside whether licences of the pool do not hold where the client is: it never gets one */
  ask(nowUs: number, pool: number, isOutside: boolean): LicenceClient {
    const of = this.#pools[pool] as Pool;
    const client = new LicenceClient(this.#asked, pool);
    this.#asked += 1;
    of.needed += 1;
    if (!isOutside && this.free(pool) > 0) this.#grant(nowUs, client);
    else this.#lack(client, isOutside ? 'region' : this.#isUp ? 'growth' : 'server');
    this.#setup.listener?.asked(pool, client.isLicensed);
    this.#tell(nowUs, pool);
    return client;
  }

  /** The client is over. */
  giveBack(nowUs: number, client: LicenceClient): void {
    const { pool } = client;
    const of = this.#pools[pool] as Pool;
    of.needed -= 1;
    if (!client.isLicensed) {
      of.queue.delete(client);
      of.lacking[client.cause] -= 1;
    } else if (this.#isUp) {
      this.#endLease(client);
      this.#serve(nowUs, pool);
    } else client.isGone = true;
    this.#tell(nowUs, pool);
  }

  serversDown(nowUs: number): void {
    this.#isUp = false;
    this.#pools.forEach(({ leased }, pool) => {
      const { leaseUs, renewalUs } = this.#poolSetup(pool);
      for (const client of leased) {
        if (client.expiry !== undefined) continue;
        const { leasedUs } = client;
        const latestUs = leasedUs + Math.floor((nowUs - leasedUs) / renewalUs) * renewalUs;
        // Renewals that fell into an earlier outage did not happen.
        if (latestUs >= this.#upSinceUs) client.renewedUs = Math.max(client.renewedUs, latestUs);
        client.expiry = this.#host.schedule(client.renewedUs + leaseUs, client.number);
      }
    });
  }

  serversUp(nowUs: number): void {
    this.#isUp = true;
    this.#upSinceUs = nowUs;
    this.#pools.forEach(({ leased, queue, lacking }, pool) => {
      const { leaseUs, renewalUs } = this.#poolSetup(pool);
      for (const client of leased) {
        const { leasedUs, renewedUs, expiry, isGone } = client;
        const nextUs = leasedUs + Math.ceil((nowUs - leasedUs) / renewalUs) * renewalUs;
        // Who is over renews nothing; who would renew after the end of its lease loses it before.
        if (isGone || expiry === undefined || nextUs > renewedUs + leaseUs) continue;
        this.#host.cancel(expiry);
        client.expiry = undefined;
      }
      this.#serve(nowUs, pool);
      for (const client of queue) {
        if (client.cause !== 'server') continue;
        lacking.server -= 1;
        lacking.growth += 1;
        client.cause = 'growth';
      }
      this.#tell(nowUs, pool);
    });
  }

  /** The lease of a client ends. */
  expired(nowUs: number, number: number): void {
    const client = this.#clients.get(number) as LicenceClient;
    const { pool, isGone } = client;
    client.expiry = undefined;
    this.#endLease(client);
    if (!isGone) {
      this.#setup.listener?.expired(pool);
      client.isLicensed = false;
      this.#lack(client, this.#isUp ? 'growth' : 'server');
    }
    if (this.#isUp) this.#serve(nowUs, pool);
    if (!isGone && !client.isLicensed) this.#host.changed(nowUs, client);
    this.#tell(nowUs, pool);
  }

  #grant(nowUs: number, client: LicenceClient): void {
    const of = this.#pools[client.pool] as Pool;
    of.inUse += 1;
    of.leased.add(client);
    this.#clients.set(client.number, client);
    client.isLicensed = true;
    client.leasedUs = nowUs;
    client.renewedUs = nowUs;
  }

  #lack(client: LicenceClient, cause: LicenceCause): void {
    const of = this.#pools[client.pool] as Pool;
    client.cause = cause;
    of.lacking[cause] += 1;
    if (cause !== 'region') of.queue.add(client);
  }

  #endLease(client: LicenceClient): void {
    const of = this.#pools[client.pool] as Pool;
    if (client.expiry !== undefined) this.#host.cancel(client.expiry);
    client.expiry = undefined;
    of.inUse -= 1;
    of.leased.delete(client);
    this.#clients.delete(client.number);
  }

  /** Gives what is free to those who wait longest. */
  #serve(nowUs: number, pool: number): void {
    const of = this.#pools[pool] as Pool;
    for (const client of of.queue) {
      if (of.inUse >= this.#entitled(pool)) return;
      of.queue.delete(client);
      of.lacking[client.cause] -= 1;
      this.#grant(nowUs, client);
      this.#host.changed(nowUs, client);
    }
  }

  #poolSetup(pool: number) {
    return this.#setup.pools[pool] as LicenceSetup['pools'][number];
  }

  #entitled(pool: number): number {
    return this.#poolSetup(pool).entitled;
  }

  #tell(nowUs: number, pool: number): void {
    const { inUse, needed, lacking } = this.#pools[pool] as Pool;
    this.#setup.listener?.levels(nowUs as Micros, pool, { inUse, needed, lacking });
  }
}
