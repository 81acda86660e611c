import { type Chunks, texts } from './csv-rows.ts';
import { type ImportOptions, type ImportReport, ReportBuilder } from './import-report.ts';

/** A kind of job in Gavel's tables: what is trained, on how many GPUs together. */
export interface GavelKind {
  /** Model and batch size: `ResNet-18 (batch size 64)`. */
  readonly model: string;
  readonly scaleFactor: number;
}

/** GPU model on which the work of Gavel's jobs is counted. */
export const GAVEL_REFERENCE = 'v100';

/** End of the worker types that hold the speeds of jobs whose GPUs lie in different servers. */
const SPREAD_SUFFIX = '_unconsolidated';

interface KindSpeeds {
  /** Steps per second alone; undefined where only pairs were measured. */
  alone: number | undefined;
  /** By the other kind's key: own and other's steps per second. */
  readonly pairs: Map<string, readonly [own: number, other: number]>;
}

/** Measured training speeds by worker type (GPU model), kind of job, and the kind beside it on the same GPUs. */
export class GavelThroughputs {
  /** GPU models in the order of the file. */
  readonly workerTypes: readonly string[];
  readonly #tables: ReadonlyMap<string, ReadonlyMap<string, KindSpeeds>>;

  constructor(tables: ReadonlyMap<string, ReadonlyMap<string, KindSpeeds>>) {
    this.#tables = tables;
    this.workerTypes = [...tables.keys()].filter((type) => !type.endsWith(SPREAD_SUFFIX));
  }

  /** The kinds that a worker type was measured with, in the order of the file. */
  kinds(workerType: string): readonly GavelKind[] {
    return [...(this.#tables.get(workerType)?.keys() ?? [])].map(kindOfKey);
  }

  /**
   * Steps per second of a job that has its GPUs for itself; 0: it does not run there.
   *
   * @param isSpread whether its GPUs lie in different servers
   * @returns undefined where it was not measured
   */
  alone(workerType: string, kind: GavelKind, isSpread = false): number | undefined {
    return this.#table(workerType, isSpread)?.get(keyOf(kind))?.alone;
  }

  /**
   * Steps per second of two jobs on the same GPUs, the first's first; [0, 0]: they do not fit together.
   *
   * @returns undefined where the pair was not measured
   */
  pair(
    workerType: string,
    own: GavelKind,
    other: GavelKind,
    isSpread = false,
  ): readonly [own: number, other: number] | undefined {
    return this.#table(workerType, isSpread)?.get(keyOf(own))?.pairs.get(keyOf(other));
  }

  /**
   * How fast a kind runs on each worker type, relative to the reference: 1 there, 0 where it does not run. Types that it
   * was not measured on are left out.
   *
   * @returns undefined where the reference itself has no speed above 0 for it
   */
  speedByModel(
    kind: GavelKind,
    { reference = GAVEL_REFERENCE, isSpread = false } = {},
  ): Readonly<Record<string, number>> | undefined {
    const base = this.alone(reference, kind, isSpread);
    if (base === undefined || base === 0) return undefined;
    const speeds: [string, number][] = [];
    for (const type of this.workerTypes) {
      const alone = this.alone(type, kind, isSpread);
      if (alone !== undefined) speeds.push([type, alone / base]);
    }
    return Object.fromEntries(speeds);
  }

  #table(workerType: string, isSpread: boolean): ReadonlyMap<string, KindSpeeds> | undefined {
    return this.#tables.get(isSpread ? workerType + SPREAD_SUFFIX : workerType);
  }
}

export interface ImportedThroughputs {
  /** Undefined when the report says that the file was refused. */
  readonly throughputs: GavelThroughputs | undefined;
  readonly report: ImportReport;
}

/** Largest file taken, in characters; the published one has 1.2 million. */
const MAX_THROUGHPUT_CHARS = 1 << 27;

/**
 * Reads Gavel's `simulation_throughputs.json`: worker type -> "('model', scale factor)" -> `null` (alone, steps/s) or
 * other job -> [own, other] steps/s. Each kind of job of each worker type is a row of the report; a row with a bad
 * value is left out, and bad values are named by their path.
 *
 * @see Narayanan et al., "Heterogeneity-Aware Cluster Scheduling Policies for Deep Learning Workloads", OSDI 2020;
 *   stanford-futuredata/gavel, scheduler/simulation_throughputs.json
 */
export async function readGavelThroughputs(
  chunks: Chunks,
  options: ImportOptions = {},
): Promise<ImportedThroughputs> {
  const report = new ReportBuilder();
  const root = await jsonRoot(chunks, report);
  const tables = new Map<string, Map<string, KindSpeeds>>();
  for (const [workerType, kinds] of Object.entries(root)) {
    if (!isMapping(kinds)) {
      report.refuse(`${workerType}: must be a mapping of job kinds to throughputs`);
      continue;
    }
    const table = new Map<string, KindSpeeds>();
    for (const [written, speeds] of Object.entries(kinds)) {
      report.startRow();
      const kind = readKind(written);
      const path = `${workerType} > ${written}`;
      if (kind === undefined) report.reject(0, path, written, `must be named ${KIND_FORM}`);
      const read = readSpeeds(speeds, path, report);
      if (kind !== undefined && !report.rowIsBad) table.set(keyOf(kind), read);
    }
    tables.set(workerType, table);
  }
  const isEmpty = [...tables.values()].every((table) => table.size === 0);
  if (isEmpty) report.refuse('has no usable throughput');
  const finished = report.finish(options);
  return {
    throughputs: finished.refused === undefined ? new GavelThroughputs(tables) : undefined,
    report: finished,
  };
}

type Mapping = Readonly<Record<string, unknown>>;

async function jsonRoot(chunks: Chunks, report: ReportBuilder): Promise<Mapping> {
  let text = '';
  for await (const piece of texts(chunks)) {
    text += piece;
    if (text.length > MAX_THROUGHPUT_CHARS) {
      report.refuse(`must have at most ${MAX_THROUGHPUT_CHARS} characters`);
      return {};
    }
  }
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch (error) {
    report.refuse(`is not JSON: ${error instanceof Error ? error.message : String(error)}`);
    return {};
  }
  if (isMapping(root)) return root;
  report.refuse('must be a JSON mapping of worker types to throughputs');
  return {};
}

const ALONE = 'null';
const KIND_FORM = `('model', scale factor), such as ('ResNet-18 (batch size 64)', 1)`;
const MOST_STEPS_PER_SEC = 1e9;

function readSpeeds(written: unknown, path: string, report: ReportBuilder): KindSpeeds {
  const speeds: KindSpeeds = { alone: undefined, pairs: new Map() };
  if (!isMapping(written)) {
    report.reject(0, path, JSON.stringify(written), `must be a mapping with "${ALONE}" and other job kinds`);
    return speeds;
  }
  for (const [other, value] of Object.entries(written)) {
    const here = `${path} > ${other}`;
    if (other === ALONE) {
      if (isSpeed(value)) speeds.alone = value;
      else report.reject(0, here, JSON.stringify(value), `must be ${SPEED}`);
      continue;
    }
    const kind = readKind(other);
    const isPair = Array.isArray(value) && value.length === 2 && value.every(isSpeed);
    if (kind === undefined) report.reject(0, here, other, `must be named ${KIND_FORM}`);
    else if (!isPair) report.reject(0, here, JSON.stringify(value), `must be two of: ${SPEED}`);
    else speeds.pairs.set(keyOf(kind), [value[0] as number, value[1] as number]);
  }
  return speeds;
}

const SPEED = `steps per second, a number from 0 to ${MOST_STEPS_PER_SEC}`;

function isSpeed(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= MOST_STEPS_PER_SEC;
}

/** A tuple of Python as text. */
const KIND = /^\((['"])(.+)\1, ([1-9][0-9]{0,5})\)$/;

function readKind(written: string): GavelKind | undefined {
  const match = KIND.exec(written);
  return match === null ? undefined : { model: match[2] as string, scaleFactor: Number(match[3]) };
}

function keyOf({ model, scaleFactor }: GavelKind): string {
  return `${scaleFactor} ${model}`;
}

function kindOfKey(key: string): GavelKind {
  const space = key.indexOf(' ');
  return { model: key.slice(space + 1), scaleFactor: Number(key.slice(0, space)) };
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
