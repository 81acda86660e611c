import { ReplayFileError } from '../../../sim/observe/replay/index.ts';
import { type Divergence, PairScan } from '../../replay/divergence.ts';
import { type Account, accountOf } from '../../replay/divergence-account.ts';
import type { SegmentSource } from '../../replay/divergence-moments.ts';
import type { Pair } from '../../replay/pair.ts';
import type { Player } from '../../replay/player.ts';
import type { ReplayFile } from '../../replay/replay-file.ts';
import { type Comparability, comparability, firstArrivals } from './comparable.ts';

/** Work between two turns of the page, and time between two tellings of how far it is. */
const SLICE_MS = 8;
const TELL_MS = 250;

export type StudyPhase = 'idle' | 'running' | 'stopped' | 'done' | 'failed';

/** What is found out about two open replays in the background; the same for as long as both are open. */
export class PairStudy {
  phase: StudyPhase = 'idle';
  /** What is wrong with a file, of a study that failed. */
  problem = '';
  comparability: Comparability | undefined;
  scan: PairScan;
  readonly #sources: Pair<SegmentSource>;
  readonly #endsUs: Pair<number>;
  readonly #headers: Parameters<typeof comparability>[0];
  readonly #listeners = new Set<() => void>();
  readonly #accounts = new WeakMap<Divergence, Promise<Pair<Account>>>();
  #isWanted = true;
  #sliceMs = 0;
  #toldMs = 0;

  constructor(players: Pair<Player>) {
    const [first, second] = players;
    this.#sources = [sourceOf(first.file), sourceOf(second.file)];
    this.#endsUs = [first.endUs, second.endUs];
    this.#headers = [first.file.outline.header, second.file.outline.header];
    this.scan = this.#newScan();
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Goes through both runs; anew where that was stopped. */
  async start(): Promise<void> {
    if (this.phase === 'running' || this.phase === 'done') return;
    this.phase = 'running';
    this.#isWanted = true;
    this.scan = this.#newScan();
    this.#tell();
    try {
      const [first, second] = this.#sources;
      this.comparability ??= comparability(this.#headers, [
        await firstArrivals(first),
        await firstArrivals(second),
      ]);
      this.#tell();
      await this.scan.run();
      this.phase = this.scan.isWhole ? 'done' : 'stopped';
    } catch (error) {
      if (!(error instanceof ReplayFileError)) throw error;
      this.phase = 'failed';
      this.problem = error.message;
    }
    this.#tell();
  }

  cancel(): void {
    this.#isWanted = false;
  }

  /** What both runs did about the job, read where it happened. */
  accounts(divergence: Divergence): Promise<Pair<Account>> {
    let accounts = this.#accounts.get(divergence);
    if (accounts === undefined) {
      const { atUs, job } = divergence;
      const [first, second] = this.#sources;
      accounts = Promise.all([
        accountOf(first, job.numbers[0], atUs),
        accountOf(second, job.numbers[1], atUs),
      ]);
      this.#accounts.set(divergence, accounts);
    }
    return accounts;
  }

  #newScan(): PairScan {
    return new PairScan(this.#sources, this.#endsUs, () => this.#pause());
  }

  async #pause(): Promise<boolean> {
    const nowMs = performance.now();
    if (nowMs - this.#sliceMs < SLICE_MS) return this.#isWanted;
    if (nowMs - this.#toldMs > TELL_MS) {
      this.#toldMs = nowMs;
      this.#tell();
    }
    await new Promise((resolve) => setTimeout(resolve));
    this.#sliceMs = performance.now();
    return this.#isWanted;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** A replay as comparisons read it: no segment is kept for them. */
export function sourceOf(file: ReplayFile): SegmentSource {
  return { segments: file.outline.segments, segment: (number) => file.glance(number) };
}

const studies = new WeakMap<Player, WeakMap<Player, PairStudy>>();
let latest: PairStudy | undefined;

/** The study of two replays; one of others that still goes on is stopped. */
export function studyOf(first: Player, second: Player): PairStudy {
  const own = studies.get(first) ?? new WeakMap<Player, PairStudy>();
  studies.set(first, own);
  const study = own.get(second) ?? new PairStudy([first, second]);
  own.set(second, study);
  if (latest !== study) latest?.cancel();
  latest = study;
  return study;
}
