import type { Claim } from '../../cluster/claim.ts';
import type { EventId } from '../../kernel/event-queue.ts';
import type { Micros } from '../../kernel/time.ts';
import type { EntitlementStep, LicenceCause } from '../../licences/index.ts';
import type { LicenceSetup } from './setup.ts';

/** Who holds a licence or lacks one: a virtual machine, or a physical GPU. */
export class LicenceClient {
  readonly number: number;
  readonly pool: number;
  /** Whose it is; undefined for a physical GPU, which may have tenants of several. */
  readonly claim: Claim | undefined;
  isLicensed = false;
  /** Why it has none, while it has none. */
  cause: LicenceCause = 'growth';
  /** Its lease is not renewed any more: there are fewer than are out. */
  isDoomed = false;
  /** It is over, and the server could not be told: the lease goes on. */
  isGone = false;
  /** When it got its lease, and when it renewed it last as far as that has been worked out. */
  leasedUs = 0;
  renewedUs = 0;
  /** When the lease ends unless it is renewed; undefined while servers answer. */
  expiry: EventId | undefined = undefined;

  constructor(number: number, pool: number, claim: Claim | undefined) {
    this.number = number;
    this.pool = pool;
    this.claim = claim;
  }
}

/** What the desk needs of the run, and whom it tells. */
interface DeskHost {
  readonly nowUs: number;
  /** `handle` is to be called with that number then. */
  schedule(atUs: number, number: number): EventId | undefined;
  cancel(event: EventId): void;
  /** A client that had no licence has one from now on, or the other way round. */
  changed(nowUs: number, client: LicenceClient): void;
}

interface Pool {
  entitled: number;
  lapsed: number;
  /** Index of the next step of what there is, and when somebody is told of it. */
  nextStep: number;
  stepEvent: EventId | undefined;
  /** Whether somebody who does not run waits for there being more. */
  isAwaited: boolean;
  readonly doomed: Set<LicenceClient>;
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
 * When a subscription lapses, leases beyond what is left are not renewed: those had last end, each at its time, so that
 * more are out than there are until then.
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
  /** Grows with every change of levels. */
  changes = 0;
  #isUp = true;
  /** Since when servers answer. */
  #upSinceUs = 0;
  /** Numbers below that of the pools are theirs: when what there is changes. */
  #asked: number;

  constructor(setup: LicenceSetup, host: DeskHost) {
    this.#setup = setup;
    this.#host = host;
    this.#asked = setup.pools.length;
    this.#pools = setup.pools.map(({ entitled, steps }) => ({
      entitled: steps?.[0]?.entitled ?? entitled,
      lapsed: 0,
      nextStep: 1,
      stepEvent: undefined,
      isAwaited: false,
      doomed: new Set(),
      inUse: 0,
      needed: 0,
      lacking: { growth: 0, server: 0, region: 0, lapse: 0 },
      queue: new Set(),
      leased: new Set(),
    }));
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Licences of a pool that are left beside all who have one and all in line; -Infinity while no server answers. */
  spare(pool: number): number {
    const { inUse, queue } = this.#pools[pool] as Pool;
    return this.#isUp ? this.present(pool) - inUse - queue.size : Number.NEGATIVE_INFINITY;
  }

  /** Licences of a pool that there are. */
  present(pool: number): number {
    this.#catchUp(pool);
    return (this.#pools[pool] as Pool).entitled;
  }

  /** The most licences of a pool that there are now or at a later time. */
  most(pool: number): number {
    return this.later(pool).reduce((most, { entitled }) => Math.max(most, entitled), this.present(pool));
  }

  /** What there is from later instants on. */
  later(pool: number): readonly EntitlementStep[] {
    this.#catchUp(pool);
    return this.#poolSetup(pool).steps?.slice((this.#pools[pool] as Pool).nextStep) ?? [];
  }

  /** Somebody who does not run waits for a licence of the pool. */
  awaited(pool: number): void {
    (this.#pools[pool] as Pool).isAwaited = true;
    this.#follow(pool);
  }

  /**
   * @param isOutside whether licences of the pool do not hold where the client is: it never gets one
   * @param claim of the job that asks; undefined: of nobody's alone
   */
  ask(nowUs: number, pool: number, isOutside: boolean, claim?: Claim): LicenceClient {
    this.#catchUp(pool);
    const of = this.#pools[pool] as Pool;
    const client = new LicenceClient(this.#asked, pool, claim);
    this.#asked += 1;
    of.needed += 1;
    if (!isOutside && this.spare(pool) > 0) this.#grant(nowUs, client);
    else this.#lack(client, isOutside ? 'region' : this.#causeOf(pool));
    this.#follow(pool);
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
    if (!this.#isFollowed(pool) && of.stepEvent !== undefined) {
      this.#host.cancel(of.stepEvent);
      of.stepEvent = undefined;
    }
    this.#tell(nowUs, pool);
  }

  serversDown(nowUs: number): void {
    this.#isUp = false;
    this.changes += 1;
    this.#pools.forEach(({ leased }, pool) => {
      for (const client of leased) this.#renewNoMore(nowUs, client, pool);
    });
  }

  serversUp(nowUs: number): void {
    this.#isUp = true;
    this.changes += 1;
    this.#upSinceUs = nowUs;
    this.#pools.forEach(({ leased, queue, lacking }, pool) => {
      for (const client of leased) if (!client.isDoomed) this.#renewAgain(nowUs, client);
      this.#serve(nowUs, pool);
      for (const client of queue) {
        if (client.cause !== 'server') continue;
        lacking.server -= 1;
        client.cause = this.#causeOf(pool);
        lacking[client.cause] += 1;
      }
      this.#tell(nowUs, pool);
    });
  }

  /** The lease of a client ends, or what there is of a pool changes. */
  handle(nowUs: number, number: number): void {
    if (number < this.#pools.length) {
      (this.#pools[number] as Pool).stepEvent = undefined;
      this.#change(nowUs, number);
      return;
    }
    const client = this.#clients.get(number) as LicenceClient;
    const { pool, isGone } = client;
    client.expiry = undefined;
    this.#endLease(client);
    if (!isGone) {
      this.#setup.listener?.expired(pool);
      client.isLicensed = false;
      this.#lack(client, this.#causeOf(pool));
    }
    if (this.#isUp) this.#serve(nowUs, pool);
    if (!isGone && !client.isLicensed) this.#host.changed(nowUs, client);
    this.#tell(nowUs, pool);
  }

  #grant(nowUs: number, client: LicenceClient): void {
    const of = this.#pools[client.pool] as Pool;
    of.inUse += 1;
    of.isAwaited = false;
    of.leased.add(client);
    this.#clients.set(client.number, client);
    client.isLicensed = true;
    client.leasedUs = nowUs;
    client.renewedUs = nowUs;
    this.#tellHeld(client, 1);
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
    of.doomed.delete(client);
    this.#clients.delete(client.number);
    this.#tellHeld(client, -1);
    this.#pardon(this.#host.nowUs, client.pool);
  }

  /** From now on the client cannot renew its lease. */
  #renewNoMore(nowUs: number, client: LicenceClient, pool: number): void {
    if (client.expiry !== undefined) return;
    const { leaseUs, renewalUs } = this.#poolSetup(pool);
    const { leasedUs } = client;
    const latestUs = leasedUs + Math.floor((nowUs - leasedUs) / renewalUs) * renewalUs;
    // Renewals that fell into an earlier outage did not happen.
    if (latestUs >= this.#upSinceUs) client.renewedUs = Math.max(client.renewedUs, latestUs);
    client.expiry = this.#host.schedule(client.renewedUs + leaseUs, client.number);
  }

  /** The client can renew its lease again, if its next renewal comes in time. Who is over renews nothing. */
  #renewAgain(nowUs: number, client: LicenceClient): void {
    const { leaseUs, renewalUs } = this.#poolSetup(client.pool);
    const { leasedUs, renewedUs, expiry, isGone } = client;
    const nextUs = leasedUs + Math.ceil((nowUs - leasedUs) / renewalUs) * renewalUs;
    if (isGone || expiry === undefined || nextUs > renewedUs + leaseUs) return;
    this.#host.cancel(expiry);
    client.expiry = undefined;
  }

  /** What there is of a pool is otherwise from now on. */
  #change(nowUs: number, pool: number): void {
    const of = this.#pools[pool] as Pool;
    this.#step(nowUs, pool);
    of.isAwaited = false;
    this.#doom(nowUs, pool);
    this.#pardon(nowUs, pool);
    if (this.#isUp) this.#serve(nowUs, pool);
    for (const client of [...of.queue].reverse()) {
      if (of.lacking.lapse <= of.lapsed) break;
      if (client.cause !== 'lapse') continue;
      of.lacking.lapse -= 1;
      of.lacking.growth += 1;
      client.cause = 'growth';
    }
    this.#follow(pool);
    this.#tell(nowUs, pool);
  }

  /** Renews no more leases than there are licences: those that were had last end at their time. */
  #doom(nowUs: number, pool: number): void {
    const { leased, doomed, inUse, entitled } = this.#pools[pool] as Pool;
    const latestFirst = [...leased]
      .filter(({ isDoomed }) => !isDoomed)
      .sort((a, b) => Number(b.isGone) - Number(a.isGone) || b.leasedUs - a.leasedUs || b.number - a.number);
    for (const client of latestFirst.slice(0, Math.max(0, inUse - entitled - doomed.size))) {
      client.isDoomed = true;
      doomed.add(client);
      this.#renewNoMore(nowUs, client, pool);
    }
  }

  /** Renews leases again as far as there are licences: those first that were had first. */
  #pardon(nowUs: number, pool: number): void {
    const { doomed, inUse, entitled } = this.#pools[pool] as Pool;
    if (doomed.size === 0) return;
    const firstFirst = [...doomed].sort((a, b) => a.leasedUs - b.leasedUs || a.number - b.number);
    for (const client of firstFirst.slice(0, Math.max(0, doomed.size - Math.max(0, inUse - entitled)))) {
      client.isDoomed = false;
      doomed.delete(client);
      if (this.#isUp) this.#renewAgain(nowUs, client);
    }
  }

  /** Why somebody lacks one now who could have it here. */
  #causeOf(pool: number): LicenceCause {
    const { lacking, lapsed } = this.#pools[pool] as Pool;
    if (!this.#isUp) return 'server';
    return lacking.lapse < lapsed ? 'lapse' : 'growth';
  }

  /** Brings what there is up to date where nobody has followed it. */
  #catchUp(pool: number): void {
    const { stepEvent, leased, needed } = this.#pools[pool] as Pool;
    if (stepEvent === undefined && leased.size === 0 && needed === 0) this.#step(this.#host.nowUs, pool);
  }

  #step(nowUs: number, pool: number): void {
    const of = this.#pools[pool] as Pool;
    const steps = this.#poolSetup(pool).steps ?? [];
    for (; (steps[of.nextStep]?.atUs ?? Number.POSITIVE_INFINITY) <= nowUs; of.nextStep++) {
      ({ entitled: of.entitled, lapsed: of.lapsed } = steps[of.nextStep] as EntitlementStep);
    }
  }

  #isFollowed(pool: number): boolean {
    const { needed, leased, isAwaited } = this.#pools[pool] as Pool;
    return needed > 0 || leased.size > 0 || isAwaited;
  }

  /** Sees to it that the next change is heard of. A run in which nobody cares ends without it. */
  #follow(pool: number): void {
    const of = this.#pools[pool] as Pool;
    const next = this.#poolSetup(pool).steps?.[of.nextStep];
    if (next === undefined || of.stepEvent !== undefined || !this.#isFollowed(pool)) return;
    of.stepEvent = this.#host.schedule(next.atUs, pool);
  }

  /** Gives what is free to those who wait longest. */
  #serve(nowUs: number, pool: number): void {
    const of = this.#pools[pool] as Pool;
    for (const client of of.queue) {
      if (of.inUse >= of.entitled) return;
      of.queue.delete(client);
      of.lacking[client.cause] -= 1;
      this.#grant(nowUs, client);
      this.#host.changed(nowUs, client);
    }
  }

  #poolSetup(pool: number) {
    return this.#setup.pools[pool] as LicenceSetup['pools'][number];
  }

  #tellHeld({ pool, claim }: LicenceClient, by: 1 | -1): void {
    if (claim !== undefined) this.#setup.listener?.held?.(this.#host.nowUs as Micros, pool, claim, by);
  }

  #tell(nowUs: number, pool: number): void {
    this.changes += 1;
    const { inUse, needed, lacking } = this.#pools[pool] as Pool;
    this.#setup.listener?.levels(nowUs as Micros, pool, { inUse, needed, lacking });
  }
}
