import type { ClusterObserver, Job } from '../cluster/changes.ts';
import type { Part } from '../cluster/part.ts';
import type { Micros } from '../kernel/time.ts';

const KIND = {
  arrived: 1,
  placed: 2,
  finished: 3,
  rejected: 4,
  ended: 5,
  ready: 6,
  failed: 7,
  freed: 8,
  answered: 10,
  moved: 11,
  preempted: 12,
  unitChanged: 13,
  relaid: 14,
} as const;

/**
 * Digest of a run's event sequence: equal sequences give equal digests on every engine. Not cryptographic; two lanes
 * of 32-bit multiply-and-rotate mixing (in the manner of MurmurHash3), 64 bits printed as 16 hex digits.
 */
export class EventDigest implements ClusterObserver {
  /** Events taken in so far. */
  events = 0;
  /** Time of the last change of activity: differences are small numbers, which are quick to take in. */
  #toggledUs = 0;
  #a = 0x9e3779b9 | 0;
  #b = 0x85ebca6b | 0;

  arrived(atUs: Micros, job: Job): void {
    this.#event(KIND.arrived, atUs, job.number);
    for (const shape of job.shapes) {
      this.#word(shape.cpuMilli);
      this.#word(shape.memoryMib);
      this.#word(shape.gpuCount * 1024 + shape.gpuMilli);
    }
  }

  placed(atUs: Micros, job: Job, parts: readonly Part[]): void {
    this.#event(KIND.placed, atUs, job.number);
    this.#parts(parts);
  }

  ready(atUs: Micros, job: Job): void {
    this.#event(KIND.ready, atUs, job.number);
  }

  failed(atUs: Micros, job: Job): void {
    this.#event(KIND.failed, atUs, job.number);
  }

  freed(atUs: Micros, job: Job): void {
    this.#event(KIND.freed, atUs, job.number);
  }

  finished(atUs: Micros, job: Job, parts: readonly Part[]): void {
    this.#event(KIND.finished, atUs, job.number);
    for (const { host } of parts) this.#word(host);
  }

  preempted(atUs: Micros, job: Job): void {
    this.#event(KIND.preempted, atUs, job.number);
  }

  unitChanged(atUs: Micros, kind: string, unit: string, isUp: boolean): void {
    this.#event(KIND.unitChanged, atUs, isUp ? 1 : 0);
    for (const text of [kind, unit]) for (let i = 0; i < text.length; i++) this.#word(text.charCodeAt(i));
  }

  relaid(atUs: Micros, gpu: number, layout: string): void {
    this.#event(KIND.relaid, atUs, gpu);
    for (let i = 0; i < layout.length; i++) this.#word(layout.charCodeAt(i));
  }

  rejected(atUs: Micros, job: Job): void {
    this.#event(KIND.rejected, atUs, job.number);
  }

  moved(atUs: Micros, job: Job, parts: readonly Part[]): void {
    this.#event(KIND.moved, atUs, job.number);
    this.#parts(parts);
  }

  /** In as few steps as tell two sequences apart: a quarter of a long session run would go into more. */
  toggled(atUs: Micros, job: number, isActive: boolean): void {
    this.events += 1;
    this.#word(atUs - this.#toggledUs);
    this.#toggledUs = atUs;
    this.#word(job * 2 + (isActive ? 1 : 0));
  }

  answered(atUs: Micros, service: number, arrivedUs: number): void {
    this.#event(KIND.answered, atUs, service);
    this.#word(arrivedUs);
  }

  ended(atUs: Micros): void {
    this.#event(KIND.ended, atUs, 0);
  }

  /** The digest of several runs: of one its own, of more a digest of theirs in order. */
  static ofDigests(digests: readonly string[]): string {
    if (digests.length === 1) return digests[0] as string;
    const joined = new EventDigest();
    for (const digest of digests) {
      joined.#word(Number.parseInt(digest.slice(0, 8), 16));
      joined.#word(Number.parseInt(digest.slice(8), 16));
    }
    return joined.hex();
  }

  /** 16 lower-case hex digits. */
  hex(): string {
    const a = finish(this.#a ^ this.events);
    const b = finish(this.#b ^ a);
    return hex32(a) + hex32(b);
  }

  #event(kind: number, atUs: Micros, job: number): void {
    this.events += 1;
    this.#word(kind);
    this.#word(Math.floor(atUs / 2 ** 32));
    this.#word(atUs);
    this.#word(job);
  }

  #parts(parts: readonly Part[]): void {
    for (const { host, gpus, grant } of parts) {
      this.#word(host);
      for (const gpu of gpus) this.#word(gpu);
      for (const slot of grant) this.#word(slot.milli * 4096 + slot.start);
    }
  }

  /** Takes the low 32 bits of a whole number. */
  #word(value: number): void {
    const word = value | 0;
    this.#a = mix(this.#a, Math.imul(word, 0xcc9e2d51));
    this.#b = mix(this.#b, Math.imul(word, 0x1b873593) ^ this.#a);
  }
}

function mix(state: number, word: number): number {
  const x = state ^ Math.imul((word << 15) | (word >>> 17), 0x1b873593);
  return (Math.imul((x << 13) | (x >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

function hex32(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}
