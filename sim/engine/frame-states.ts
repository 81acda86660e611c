import type { RingClass } from '../sharing/frames/frame-class.ts';
import type { FrameRules } from '../sharing/frames/mode-rules.ts';

/** The tenants of one domain that take turns, by class, and how long each number of active ones lasted. */
export interface FrameComposition {
  readonly rules: FrameRules;
  /** By class: its key; equal keys are alike. */
  readonly keys: readonly string[];
  readonly classes: readonly RingClass[];
  /** By class: number of the session group, -1 for batch. */
  readonly groups: readonly number[];
  /** Tenants by class, active or not. */
  readonly tenants: readonly number[];
  readonly running: number;
  /** By class: what one more active tenant adds to the index of the state. */
  readonly strides: readonly number[];
  readonly times: StateTimes;
  /** The same of the window under way, in microseconds. */
  readonly inWindow: WindowTimes;
}

/** Numbers of active tenants by class in a state. */
export function activeIn({ tenants, strides }: FrameComposition, state: number): number[] {
  return tenants.map((count, c) => Math.floor(state / (strides[c] as number)) % (count + 1));
}

/** Above this number of states only those that occur get room: 2^16 take 512 KiB. */
const MOST_DENSE = 1 << 16;

/** How long each state lasted. */
class StateTimes {
  readonly #dense: Float64Array | undefined;
  readonly #sparse = new Map<number, number>();

  /** @param states how many there are: 0 to this minus 1 */
  constructor(states: number) {
    this.#dense = states <= MOST_DENSE ? new Float64Array(states) : undefined;
  }

  add(state: number, seconds: number): void {
    if (this.#dense !== undefined) this.#dense[state]! += seconds;
    else this.#sparse.set(state, (this.#sparse.get(state) ?? 0) + seconds);
  }

  /** Calls `see` for each state that lasted, in no particular order. */
  forEach(see: (state: number, seconds: number) => void): void {
    this.#dense?.forEach((seconds, state) => {
      if (seconds > 0) see(state, seconds);
    });
    for (const [state, seconds] of this.#sparse) see(state, seconds);
  }

  reset(): void {
    this.#dense?.fill(0);
    this.#sparse.clear();
  }
}

/** How long each state lasted in one window, in whole microseconds: given away and forgotten when it closes. */
class WindowTimes {
  readonly #dense: Float64Array | undefined;
  readonly #sparse = new Map<number, number>();
  /** States with time in them, where there is room for all. */
  readonly #touched: number[] = [];

  /** @param states how many there are; 0 where nobody asks for windows */
  constructor(states: number) {
    this.#dense = states <= MOST_DENSE ? new Float64Array(states) : undefined;
  }

  add(state: number, us: number): void {
    if (us <= 0) return;
    if (this.#dense === undefined) this.#sparse.set(state, (this.#sparse.get(state) ?? 0) + us);
    else {
      if (this.#dense[state] === 0) this.#touched.push(state);
      this.#dense[state]! += us;
    }
  }

  /** Calls `see` for each state that lasted, in the order of their first times, and forgets them. */
  take(see: (state: number, us: number) => void): void {
    for (const state of this.#touched) {
      see(state, this.#dense?.[state] as number);
      if (this.#dense !== undefined) this.#dense[state] = 0;
    }
    this.#touched.length = 0;
    for (const [state, us] of this.#sparse) see(state, us);
    this.#sparse.clear();
  }
}

/** All compositions that domains have had: domains alike share one, so that the model is asked once for all of them. */
export class FrameCompositions {
  readonly #known = new Map<string, FrameComposition>();
  /** Where the window under way began; Infinity: there is none. */
  windowStartUs = Number.POSITIVE_INFINITY;
  readonly #hasWindows: boolean;

  /** @param hasWindows whether the times of windows are asked for besides those of the run */
  constructor(hasWindows = false) {
    this.#hasWindows = hasWindows;
  }

  get all(): readonly FrameComposition[] {
    return [...this.#known.values()];
  }

  /**
   * The composition of a domain with these tenants.
   *
   * @param members by tenant: key of its class (equal keys are alike), the class, its session group or -1
   */
  of(
    rulesKey: string,
    rules: FrameRules,
    members: readonly { readonly key: string; readonly ringClass: RingClass; readonly group: number }[],
  ): FrameComposition {
    const byKey = new Map<string, { ringClass: RingClass; group: number; count: number }>();
    for (const { key, ringClass, group } of members.toSorted((a, b) =>
      a.key < b.key ? -1 : a.key > b.key ? 1 : 0,
    )) {
      const known = byKey.get(key);
      if (known === undefined) byKey.set(key, { ringClass, group, count: 1 });
      else known.count += 1;
    }
    const name = `${rulesKey}|${[...byKey].map(([key, { count }]) => `${key}x${count}`).join('|')}`;
    let composition = this.#known.get(name);
    if (composition === undefined) {
      const parts = [...byKey.values()];
      const strides: number[] = [];
      let states = 1;
      for (const { count } of parts) {
        strides.push(states);
        states *= count + 1;
      }
      composition = {
        rules,
        keys: [...byKey.keys()],
        classes: parts.map((part) => part.ringClass),
        groups: parts.map((part) => part.group),
        tenants: parts.map((part) => part.count),
        running: members.length,
        strides,
        times: new StateTimes(states),
        inWindow: new WindowTimes(this.#hasWindows ? states : 0),
      };
      this.#known.set(name, composition);
    }
    return composition;
  }

  /** Forgets all times, as at the end of a warm-up. */
  reset(): void {
    for (const { times } of this.#known.values()) times.reset();
  }
}

/** A tenant of a domain, as far as frames go. */
interface FrameSeat {
  readonly member: number;
  readonly key: string;
  readonly ringClass: RingClass;
  readonly group: number;
}

/** One domain over time. A change of activity costs a few additions. */
export class FrameDomain {
  readonly #compositions: FrameCompositions;
  readonly #rulesKey: string;
  readonly #rules: FrameRules;
  #seats: FrameSeat[] = [];
  /** By member number: whether it is active, and what it then adds to the state. */
  readonly #isActive: boolean[];
  readonly #strideOf: number[];
  #composition: FrameComposition | undefined;
  #state = 0;
  #sinceUs = 0;

  /**
   * @param isActive by member number of the whole run; shared by all domains, since a member is in one
   * @param strideOf the same
   */
  constructor(
    compositions: FrameCompositions,
    rulesKey: string,
    rules: FrameRules,
    isActive: boolean[],
    strideOf: number[],
  ) {
    this.#compositions = compositions;
    this.#rulesKey = rulesKey;
    this.#rules = rules;
    this.#isActive = isActive;
    this.#strideOf = strideOf;
  }

  get isEmpty(): boolean {
    return this.#seats.length === 0;
  }

  join(nowUs: number, member: number, key: string, ringClass: RingClass, group: number): void {
    this.settle(nowUs);
    this.#seats.push({ member, key, ringClass, group });
    this.#isActive[member] = false;
    this.#recompose();
  }

  leave(nowUs: number, member: number): void {
    this.settle(nowUs);
    this.#seats = this.#seats.filter((seat) => seat.member !== member);
    this.#recompose();
  }

  setActive(nowUs: number, member: number, isActive: boolean): void {
    if (this.#isActive[member] === isActive) return;
    this.settle(nowUs);
    this.#isActive[member] = isActive;
    const stride = this.#strideOf[member] as number;
    this.#state += isActive ? stride : -stride;
  }

  /** Books the time since the last change to the state that lasted. */
  settle(nowUs: number): void {
    if (this.#composition !== undefined) {
      this.#composition.times.add(this.#state, (nowUs - this.#sinceUs) / 1e6);
      this.settleWindow(nowUs);
    }
    this.#sinceUs = nowUs;
  }

  /** Books the time since the last change to the window under way, and leaves that of the run as it is. */
  settleWindow(nowUs: number): void {
    const { windowStartUs } = this.#compositions;
    if (this.#composition === undefined || windowStartUs > nowUs) return;
    this.#composition.inWindow.add(this.#state, nowUs - Math.max(this.#sinceUs, windowStartUs));
  }

  #recompose(): void {
    const seats = this.#seats;
    this.#state = 0;
    // Without anybody who draws there is nothing to follow.
    this.#composition = seats.some((seat) => seat.ringClass.kind === 'frames')
      ? this.#compositions.of(this.#rulesKey, this.#rules, seats)
      : undefined;
    for (const { member, key } of seats) {
      const at = this.#composition?.keys.indexOf(key) ?? -1;
      const stride = this.#composition?.strides[at] ?? 0;
      this.#strideOf[member] = stride;
      if (this.#isActive[member] === true) this.#state += stride;
    }
  }
}
