import type { Job } from '../../cluster/changes.ts';
import type { Claim } from '../../cluster/claim.ts';
import type { Layout } from '../../cluster/layout.ts';
import type { Kin } from '../../cluster/neighbours.ts';
import type { TaskRequest } from '../../cluster/request.ts';
import type { GpuAsk, Slot } from '../../sharing/index.ts';
import { type ByteReader, ByteWriter, ReplayBytesError } from './bytes.ts';
import type { JobKind } from './job-kind.ts';
import type { CardState } from './state.ts';

const KINDS = ['batch', 'session', 'replica'] as const satisfies readonly Job['kind'][];

/** Things of one sort that a segment names more than once: written once, and named by their number in it. */
class Entries<T> {
  readonly written = new ByteWriter(256);
  count = 0;
  readonly #numbers = new Map<T, number>();

  /** @param write writes one entry; is called at its first use */
  number(value: T, write: (to: ByteWriter) => void): number {
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    const number = this.count++;
    this.#numbers.set(value, number);
    // An entry may have others of its own written meanwhile, but none of this sort.
    write(this.written);
    return number;
  }

  clear(): void {
    this.written.clear();
    this.count = 0;
    this.#numbers.clear();
  }
}

/** What a segment has in its dictionary, while it is written. */
export class DictionaryWriter {
  readonly #texts = new Entries<string>();
  readonly #doubles = new Entries<number>();
  readonly #slots = new Entries<string>();
  readonly #cards = new Entries<string>();
  readonly #requests = new Entries<TaskRequest>();
  readonly #claims = new Entries<Claim>();
  readonly #kinds = new Entries<JobKind>();

  text(value: string): number {
    return this.#texts.number(value, (to) => to.text(value));
  }

  /** Any number but NaN. */
  double(value: number): number {
    // Map keys do not tell -0 from 0; neither does anybody who reads them.
    return this.#doubles.number(value, (to) => to.double(value));
  }

  slot(slot: Slot): number {
    const { label, profile, milli, memoryMib, start, size, domain, computeShare, bandwidthShare } = slot;
    const key = `${label}\n${profile}\n${milli},${memoryMib},${start},${size},${domain},${computeShare},${bandwidthShare}`;
    return this.#slots.number(key, (to) => {
      to.whole(this.text(label));
      to.whole(this.text(profile));
      to.whole(milli);
      to.double(memoryMib);
      to.signed(start);
      to.signed(size);
      to.signed(domain);
      to.double(computeShare);
      to.double(bandwidthShare);
    });
  }

  /** Cards that are alike have one number. */
  card(card: CardState): number {
    const { sharing, standing, held, cut, isCutHeld } = card;
    return this.#cards.number(`${sharing}\n${standing},${held},${isCutHeld}\n${cut}`, (to) => {
      to.whole(this.text(sharing));
      to.whole(standing === null ? 0 : standing + 1);
      to.whole(held);
      to.whole(cut === null ? 0 : this.text(cut) + 1);
      to.byte(isCutHeld ? 1 : 0);
    });
  }

  kind(kind: JobKind): number {
    return this.#kinds.number(kind, (to) => {
      const numbers = kind.requests.map((request) => this.#request(request));
      to.whole(kind.demand);
      to.byte(KINDS.indexOf(kind.kind));
      to.whole(this.#claims.number(kind.claim, (claims) => claims.whole(this.text(toJson(kind.claim)))));
      to.whole(kind.layout === undefined ? 0 : this.text(toJson(kind.layout)) + 1);
      to.whole(kind.kin === undefined ? 0 : this.text(toJson(kind.kin)) + 1);
      to.whole(numbers.length);
      for (const number of numbers) to.whole(number);
    });
  }

  /** Writes all of it, and forgets it. */
  flush(to: ByteWriter): void {
    const all = [
      this.#texts,
      this.#doubles,
      this.#slots,
      this.#cards,
      this.#requests,
      this.#claims,
      this.#kinds,
    ];
    for (const entries of all) {
      to.whole(entries.count);
      to.append(entries.written.bytes);
      entries.clear();
    }
  }

  #request(request: TaskRequest): number {
    return this.#requests.number(request, (to) => {
      to.whole(request.cpuMilli);
      to.double(request.memoryMib);
      to.whole(request.gpuCount);
      to.whole(request.gpuMilli);
      to.whole(request.models.length);
      for (const model of request.models) to.whole(this.text(model));
      to.whole(request.ask === undefined ? 0 : this.text(toJson(request.ask)) + 1);
      to.whole(request.speeds === undefined ? 0 : this.text(toJson(request.speeds)) + 1);
    });
  }
}

/** The dictionary of a segment, read back. */
export class Dictionary {
  readonly #texts: readonly string[];
  readonly #doubles: readonly number[];
  readonly #slots: readonly Slot[];
  readonly #cards: readonly CardState[];
  readonly #kinds: readonly JobKind[];

  /** @throws {ReplayBytesError} if it is not one */
  constructor(from: ByteReader) {
    this.#texts = list(from, () => from.text());
    this.#doubles = list(from, () => from.double());
    this.#slots = list(from, () => ({
      label: this.text(from.whole()),
      profile: this.text(from.whole()),
      milli: from.whole(),
      memoryMib: from.double(),
      start: from.signed(),
      size: from.signed(),
      domain: from.signed(),
      computeShare: from.double(),
      bandwidthShare: from.double(),
    }));
    this.#cards = list(from, () => {
      const sharing = this.text(from.whole());
      const [standing, held, cut] = [from.whole(), from.whole(), from.whole()];
      return {
        sharing,
        standing: standing === 0 ? null : standing - 1,
        held,
        cut: cut === 0 ? null : this.text(cut - 1),
        isCutHeld: from.byte() === 1,
      };
    });
    const asks = new Map<number, GpuAsk>();
    const askOf = (number: number): GpuAsk => {
      const known = asks.get(number);
      if (known !== undefined) return known;
      const ask = fromJson(this.text(number)) as GpuAsk;
      asks.set(number, ask);
      return ask;
    };
    const requests = list(from, (): TaskRequest => {
      const [cpuMilli, memoryMib, gpuCount, gpuMilli] = [
        from.whole(),
        from.double(),
        from.whole(),
        from.whole(),
      ];
      const models = list(from, () => this.text(from.whole()));
      const [ask, speeds] = [from.whole(), from.whole()];
      return {
        cpuMilli,
        memoryMib,
        gpuCount,
        gpuMilli,
        models,
        ask: ask === 0 ? undefined : askOf(ask - 1),
        speeds: speeds === 0 ? undefined : (fromJson(this.text(speeds - 1)) as Record<string, number>),
      };
    });
    const claims = list(from, () => fromJson(this.text(from.whole())) as Claim);
    this.#kinds = list(from, () => {
      const demand = from.whole();
      const kind = at(KINDS, from.byte());
      const claim = at(claims, from.whole());
      const [layout, kin] = [from.whole(), from.whole()];
      return {
        demand,
        kind,
        claim,
        layout: layout === 0 ? undefined : (fromJson(this.text(layout - 1)) as Layout),
        kin: kin === 0 ? undefined : (fromJson(this.text(kin - 1)) as Kin),
        requests: list(from, () => at(requests, from.whole())),
      };
    });
  }

  text(number: number): string {
    return at(this.#texts, number);
  }

  double(number: number): number {
    return at(this.#doubles, number);
  }

  slot(number: number): Slot {
    return at(this.#slots, number);
  }

  card(number: number): CardState {
    return at(this.#cards, number);
  }

  kind(number: number): JobKind {
    return at(this.#kinds, number);
  }
}

function list<T>(from: ByteReader, read: () => T): readonly T[] {
  const count = from.whole();
  // Each entry takes a byte at least: a count beyond that is none.
  if (count > from.end - from.at) throw new ReplayBytesError('a list is longer than the data');
  const entries: T[] = [];
  for (let i = 0; i < count; i++) entries.push(read());
  return entries;
}

function at<T>(entries: readonly T[], number: number): T {
  const entry = entries[number];
  if (entry === undefined) throw new ReplayBytesError('the data name an entry that is not there');
  return entry;
}

/** As JSON, where infinities have a form of their own. */
function toJson(value: object): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    each === Number.POSITIVE_INFINITY
      ? { infinity: 1 }
      : each === Number.NEGATIVE_INFINITY
        ? { infinity: -1 }
        : each,
  );
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text, (_key, each: unknown) =>
      typeof each === 'object' && each !== null && 'infinity' in each
        ? Number(each.infinity) * Number.POSITIVE_INFINITY
        : each,
    );
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ReplayBytesError('a part that must be JSON is none');
  }
}
