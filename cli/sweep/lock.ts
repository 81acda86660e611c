import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../errors.ts';
import { fileErrorText } from '../file-errors.ts';
import { makeFolders } from '../make-folders.ts';
import { LockKeeper } from './lock-keeper.ts';
import type { Shard } from './shard.ts';

export const LOCKS = 'locks';
/** How often a lock is renewed. */
const RENEW_MS = 10_000;
/** A process on another machine, or in another container, that has not renewed its lock for so long is taken to be gone. */
const GONE_MS = 60_000;

/** Who holds a lock. */
interface Holder {
  readonly host: string;
  /** Changes with every start of the machine; empty where the system does not tell. */
  readonly boot: string;
  /** The numbering of processes that `pid` is of: containers have one each; empty where the system does not tell. */
  readonly space: string;
  readonly pid: number;
  /** When the process started, in ticks; empty where the system does not tell. */
  readonly started: string;
  readonly token: string;
}

/**
 * Keeps a second coordinator out of the directory of a sweep: one for all of it, or one for each shard of the same split.
 * A lock of a process that is gone does not count.
 */
export class SweepLock {
  readonly #path: string;
  readonly #token: string;
  readonly #keeper: LockKeeper;

  /**
   * @param renewMs how often the lock is renewed
   * @throws {UsageError} if somebody else is at work there
   */
  constructor(folder: string, shard: Shard | undefined, renewMs = RENEW_MS) {
    const place = join(folder, LOCKS);
    const name = shard === undefined ? 'all.lock' : `${shard.number}-of-${shard.of}.lock`;
    const mine = thisProcess();
    this.#path = join(place, name);
    this.#token = mine.token;
    try {
      makeFolders(place);
      take(place, name, mine);
      for (const other of readdirSync(place)) {
        if (other === name || !other.endsWith('.lock') || isBeside(other, shard)) continue;
        if (!dropIfGone(place, other, this.#path)) {
          this.#remove();
          throw inUse(join(place, other));
        }
      }
    } catch (error) {
      if (error instanceof UsageError) throw error;
      throw new UsageError('cannot lock the directory of the sweep', [
        { path: place, message: fileErrorText(error) },
      ]);
    }
    this.#keeper = new LockKeeper(this.#path, this.#token, renewMs);
  }

  release(): void {
    this.#keeper.stop();
    this.#remove();
  }

  #remove(): void {
    if (readHolder(this.#path)?.holder.token === this.#token) rmSync(this.#path, { force: true });
  }
}

/** Another shard of the same split. */
function isBeside(lock: string, shard: Shard | undefined): boolean {
  return shard !== undefined && lock.endsWith(`-of-${shard.of}.lock`);
}

/** Makes the lock, in place of one whose holder is gone. */
function take(place: string, name: string, mine: Holder): void {
  const path = join(place, name);
  const own = join(place, `.${mine.token}`);
  // Complete before it has its name: nobody reads half a lock.
  writeFileSync(own, JSON.stringify(mine));
  try {
    for (let tries = 0; tries < 3; tries++) {
      try {
        linkSync(own, path);
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      if (!dropIfGone(place, name, own)) throw inUse(path);
    }
    throw inUse(path);
  } finally {
    rmSync(own, { force: true });
  }
}

/**
 * Removes a lock whose holder is gone.
 *
 * @param fresh a file of this moment: its time is by the clock of the file system, as that of the lock is
 * @returns false if the holder is there
 */
function dropIfGone(place: string, name: string, fresh: string): boolean {
  const path = join(place, name);
  const held = readHolder(path);
  const renewedMs = held?.renewedMs ?? statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  if (renewedMs === undefined) return true;
  const ageMs = statSync(fresh).mtimeMs - renewedMs;
  const holder = held?.holder;
  // What a machine that lost power left of a lock has no holder who could be asked for, and nobody renews it.
  if (holder === undefined ? ageMs < GONE_MS : isThere(holder, ageMs)) return false;
  // Of two that find it gone at once, one must not remove the new lock of the other: what was moved is looked at again.
  const aside = join(place, `.gone-${randomBytes(6).toString('hex')}`);
  try {
    renameSync(path, aside);
  } catch {
    return true; // somebody else removed it
  }
  const isSame = readHolder(aside)?.holder.token === holder?.token;
  if (!isSame) {
    try {
      linkSync(aside, path);
    } catch {
      // It has a new one already.
    }
  }
  rmSync(aside, { force: true });
  return isSame;
}

/** @param ageMs since the lock was renewed */
function isThere(holder: Holder, ageMs: number): boolean {
  const here = thisProcess();
  if (holder.host === here.host && holder.boot === here.boot && holder.space === here.space) {
    if (holder.pid === process.pid) return holder.started === here.started;
    try {
      process.kill(holder.pid, 0); // signal 0 only asks
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EPERM';
    }
    const started = startOf(holder.pid);
    // A number is given again to a later process.
    return started === '' || holder.started === '' || started === holder.started;
  }
  return ageMs < GONE_MS;
}

/** Who holds a lock, and when it was renewed: of the file that was opened, since network file systems are up to date then. */
function readHolder(path: string): { readonly holder: Holder; readonly renewedMs: number } | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    const { mtimeMs: renewedMs } = fstatSync(descriptor);
    const holder = JSON.parse(readFileSync(descriptor, 'utf8')) as Holder | null;
    return typeof holder?.token === 'string' && typeof holder.pid === 'number'
      ? { holder, renewedMs }
      : undefined;
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function thisProcess(): Holder {
  return {
    host: hostname(),
    boot: systemText('/proc/sys/kernel/random/boot_id'),
    space: pidSpace(),
    pid: process.pid,
    started: startOf(process.pid),
    token: randomBytes(8).toString('hex'),
  };
}

/** Field 22 of `/proc/PID/stat` (proc(5)); the name in field 2 may hold anything but ends with the last `)`. */
function startOf(pid: number): string {
  const stat = systemText(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function pidSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

function systemText(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

function inUse(path: string): UsageError {
  const holder = readHolder(path)?.holder;
  const who = holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host}`;
  return new UsageError('the directory of the sweep is in use', [
    {
      path,
      message: `${who} is at work there`,
      hint: 'wait for it, stop it, or take another directory; remove this file only if you know that it is gone',
    },
  ]);
}
