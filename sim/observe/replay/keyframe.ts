import type { HostSpec } from '../../cluster/fleet.ts';
import { type ByteReader, type ByteWriter, ReplayBytesError } from './bytes.ts';
import type { Dictionary, DictionaryWriter } from './dictionary.ts';
import { readJobs, writeJobs } from './keyframe-jobs.ts';
import { type CardState, ReplayState, type WorkShare } from './state.ts';

/** The fleet at the start of a run. */
export interface FleetAtStart {
  readonly hosts: readonly HostSpec[];
  /** By GPU. */
  readonly cards: readonly (CardState | undefined)[];
}

/** Its number in the dictionary and one more; 0: none. */
export function writeCard(to: ByteWriter, words: DictionaryWriter, card: CardState | undefined): void {
  to.whole(card === undefined ? 0 : words.card(card) + 1);
}

export function readCard(from: ByteReader, words: Dictionary): CardState | undefined {
  const number = from.whole();
  return number === 0 ? undefined : words.card(number - 1);
}

export function writeShares(to: ByteWriter, words: DictionaryWriter, shares: readonly WorkShare[]): void {
  to.whole(shares.length);
  for (const { slot, work } of shares) {
    to.whole(slot);
    to.whole(words.double(work));
  }
}

export function readShares(from: ByteReader, words: Dictionary): readonly WorkShare[] {
  const shares: WorkShare[] = [];
  for (let left = from.whole(); left > 0; left--) {
    const slot = from.whole();
    shares.push({ slot, work: words.double(from.whole()) });
  }
  return shares;
}

/** Whether two cards are alike in all that may change. */
export function isSameCard(a: CardState | undefined, b: CardState | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.sharing === b.sharing &&
    a.standing === b.standing &&
    a.held === b.held &&
    a.cut === b.cut &&
    a.isCutHeld === b.isCutHeld
  );
}

/**
 * Writes a state so that it can be read without any other: its jobs, then whatever of hosts, GPUs and cards does not follow
 * from them.
 */
export function writeKeyframe(
  to: ByteWriter,
  words: DictionaryWriter,
  state: ReplayState,
  start: FleetAtStart,
): void {
  const { happened, nowUs } = state;
  to.whole(nowUs);
  for (const count of Object.values(happened)) to.whole(count);

  const plain = new ReplayState(start.hosts, start.cards);
  sparse(
    to,
    state.gpuCount,
    (gpu) => !isSameCard(state.cards[gpu], start.cards[gpu]),
    (gpu) => {
      writeCard(to, words, state.cards[gpu]);
      plain.cards[gpu] = state.cards[gpu];
    },
  );

  for (const job of writeJobs(to, words, state)) plain.enter({ ...job });

  const hostDiffers = (h: number) =>
    state.cpuFreeMilli[h] !== plain.cpuFreeMilli[h] ||
    state.memoryFreeMib[h] !== plain.memoryFreeMib[h] ||
    state.closedFor[h] !== 0;
  sparse(to, start.hosts.length, hostDiffers, (h) => {
    to.signed(state.cpuFreeMilli[h] as number);
    to.double(state.memoryFreeMib[h] as number);
    to.byte(state.closedFor[h] as number);
  });
  const gpuDiffers = (g: number) =>
    state.gpuFreeMilli[g] !== plain.gpuFreeMilli[g] || state.gpuClosedFor[g] !== 0;
  sparse(to, state.gpuCount, gpuDiffers, (g) => {
    to.signed(state.gpuFreeMilli[g] as number);
    to.byte(state.gpuClosedFor[g] as number);
  });
  const works = (g: number) => state.work[g] !== 0 || state.linkBytesPerSec[g] !== 0 || state.isBusy[g] !== 0;
  sparse(to, state.gpuCount, works, (g) => {
    to.whole(words.double(state.work[g] as number));
    to.whole(words.double(state.linkBytesPerSec[g] as number) * 2 + (state.isBusy[g] as number));
  });

  const hasShares = (g: number) => (state.shares[g]?.length ?? 0) > 0;
  sparse(to, state.gpuCount, hasShares, (g) => writeShares(to, words, state.shares[g] ?? []));

  to.whole(state.reasons.size);
  for (const [group, reason] of state.reasons) {
    to.whole(group);
    to.whole(words.text(reason));
  }
  to.whole(state.down.size);
  for (const { kind, unit, sinceUs } of state.down.values()) {
    to.whole(words.text(kind));
    to.whole(words.text(unit));
    to.whole(nowUs - sinceUs);
  }
}

/** @throws {ReplayBytesError} if the data are none, or name what the fleet does not have */
export function readKeyframe(from: ByteReader, words: Dictionary, start: FleetAtStart): ReplayState {
  const state = new ReplayState(start.hosts, start.cards);
  const nowUs = from.whole();
  state.nowUs = nowUs;
  for (const key of Object.keys(state.happened) as (keyof ReplayState['happened'])[]) {
    state.happened[key] = from.whole();
  }
  eachSparse(from, state.gpuCount, (gpu) => {
    state.cards[gpu] = readCard(from, words);
  });
  readJobs(from, words, state);
  eachSparse(from, start.hosts.length, (h) => {
    state.cpuFreeMilli[h] = from.signed();
    state.memoryFreeMib[h] = from.double();
    state.closedFor[h] = from.byte();
  });
  eachSparse(from, state.gpuCount, (g) => {
    state.gpuFreeMilli[g] = from.signed();
    state.gpuClosedFor[g] = from.byte();
  });
  eachSparse(from, state.gpuCount, (g) => {
    state.work[g] = words.double(from.whole());
    const link = from.whole();
    state.linkBytesPerSec[g] = words.double(Math.floor(link / 2));
    state.isBusy[g] = link % 2;
  });
  eachSparse(from, state.gpuCount, (g) => {
    state.shares[g] = readShares(from, words);
  });
  for (let left = from.whole(); left > 0; left--) {
    const group = from.whole();
    state.reasons.set(group, words.text(from.whole()));
  }
  for (let left = from.whole(); left > 0; left--) {
    const [kind, unit] = [words.text(from.whole()), words.text(from.whole())];
    state.down.set(`${kind}\n${unit}`, { kind, unit, sinceUs: nowUs - from.whole() });
  }
  return state;
}

/** Writes those of a row that differ: how many, and before each how many were passed over. */
function sparse(
  to: ByteWriter,
  length: number,
  isWritten: (index: number) => boolean,
  write: (index: number) => void,
): void {
  let count = 0;
  for (let i = 0; i < length; i++) if (isWritten(i)) count += 1;
  to.whole(count);
  let next = 0;
  for (let i = 0; i < length; i++) {
    if (!isWritten(i)) continue;
    to.whole(i - next);
    next = i + 1;
    write(i);
  }
}

function eachSparse(from: ByteReader, length: number, read: (index: number) => void): void {
  let next = 0;
  for (let left = from.whole(); left > 0; left--) {
    const index = next + from.whole();
    if (index >= length) throw new ReplayBytesError('the data go beyond the fleet');
    read(index);
    next = index + 1;
  }
}
