import { Worker } from 'node:worker_threads';

/**
 * What the thread does, as text: it is the same from the source and from the bundle, and needs nothing but Node.
 *
 * It holds the file rather than its name, so that it never renews a lock that somebody else has made since. It writes the same
 * bytes again, so that a network file system puts its own time on the file: machines need not agree on what time it is.
 */
const KEEP = `
const { closeSync, fsyncSync, openSync, readFileSync, writeSync } = require('node:fs');
const { workerData: { path, token, renewMs } } = require('node:worker_threads');
let descriptor;
try {
  descriptor = openSync(path, 'r+');
  const bytes = readFileSync(descriptor);
  if (JSON.parse(bytes.toString('utf8')).token !== token) closeSync(descriptor);
  else setInterval(() => {
    try {
      writeSync(descriptor, bytes, 0, bytes.length, 0);
      fsyncSync(descriptor);
    } catch {
      // The next one may succeed; a lock that is lost costs runs that are made twice, and are then told to be.
    }
  }, renewMs);
} catch {
  // It has been given back already.
}
`;

/** Renews a lock from a thread of its own: a run of many minutes on the main thread must not make it look forsaken. */
export class LockKeeper {
  readonly #thread: Worker;

  /**
   * @param path file of the lock
   * @param token of its holder, as the file says it
   */
  constructor(path: string, token: string, renewMs: number) {
    this.#thread = new Worker(KEEP, { eval: true, workerData: { path, token, renewMs }, execArgv: [] });
    // Without a thread the lock grows old, which only machines see that share its directory.
    this.#thread.on('error', () => {});
    this.#thread.unref();
  }

  stop(): void {
    void this.#thread.terminate();
  }
}
