import { existsSync } from 'node:fs';

/** The built program of a thread: beside the built command line, or above where that is in several parts. */
export function workerFile(): string {
  const places = ['./worker.js', '../worker.js'].map((place) => new URL(place, import.meta.url));
  return (places.find((place) => existsSync(place)) ?? (places[0] as URL)).href;
}
