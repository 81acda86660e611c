import type { z } from 'zod';
import { NEARNESS_NAMES, SPREAD_NAMES } from '../names.ts';
import { identifier, list, oneOf, section, wholeNumber } from './leaves.ts';

const MOST_WORKERS = 4096;

const layoutSchema = section(
  {
    within: oneOf(
      NEARNESS_NAMES,
      'All its workers, and their GPUs, lie in one NVLink island, host or rack. Default pool: anywhere.',
    ).optional(),
    prefer: oneOf(
      NEARNESS_NAMES,
      'They do so where there is room, else wider. Default: as within.',
    ).optional(),
    spread: oneOf(SPREAD_NAMES, 'Each worker on another host, or in another rack. Default none.').optional(),
    maxPerHost: wholeNumber(
      1,
      MOST_WORKERS,
      'Most of its workers on one host. Default: any number.',
    ).optional(),
    maxOfClassPerHost: wholeNumber(
      1,
      MOST_WORKERS,
      'Most workers of all jobs of its class (replicas of its service, sessions of its group) on one host. Default: any number.',
    ).optional(),
    apartFrom: list(
      identifier('A class, service or session group.'),
      'names',
      1,
      100,
      'Classes, services and session groups with which it shares no host, whichever came first. Default: none.',
    ).optional(),
  },
  'Which places it may have beside others.',
);

/** The key of everything that asks for room on a host. */
export function layoutShape() {
  return { layout: layoutSchema.optional() };
}

/** The keys of a class of tasks, which may have several workers. */
export function workersShape() {
  return {
    workers: wholeNumber(
      1,
      MOST_WORKERS,
      'Equal workers that start together or not at all, each with the cpu, memory and gpus stated here. Default 1.',
    ).optional(),
    ...layoutShape(),
  };
}

export type LayoutDocument = z.infer<typeof layoutSchema>;
export type WorkersDocument = z.infer<z.ZodObject<ReturnType<typeof workersShape>>>;
