import {
  type HeldPart,
  type ReplayEvent,
  type ReplayOutline,
  type ReplayState,
  type Segment,
  type SegmentEntry,
  segmentAt,
} from '../../sim/observe/replay/index.ts';
import type { Curve } from './curve.ts';
import { seriesTitle } from './series.ts';
import type { SeriesBook } from './series-book.ts';
import { Columns } from './series-columns.ts';
import { FragmentBook, hasMix } from './series-fragment.ts';
import { AllocatedBook, type GpuFilter, HostsBook, UtilizedBook } from './series-gpus.ts';
import { RunningBook, WaitingBook, WaitingGpusBook } from './series-jobs.ts';

/** Events gone through at a stretch: the page stays alive between. */
const STRETCH = 20_000;

/** Where the exact course of a span comes from. */
export interface ExactSource {
  readonly segments: readonly SegmentEntry[];
  segment(number: number): Promise<Segment>;
  /** Lets others do something; false: nobody needs the course any more. */
  rest(): Promise<boolean>;
}

/**
 * Series that follow from the events of a replay, by name, in the order in which they are shown: those of the fleet, and
 * allocated and used GPU of its models and pools where it has several. Used GPU only where modes share cards,
 * fragmentation only where the header says which mix it is about.
 */
export function exactBooks({ header }: Pick<ReplayOutline, 'header'>): ReadonlyMap<string, () => SeriesBook> {
  const { mix, pools, start } = header;
  const isShared = start.cards.some((card) => card !== undefined);
  const books = new Map<string, () => SeriesBook>();
  books.set('gpu.allocated', () => new AllocatedBook());
  if (isShared) books.set('gpu.utilized', () => new UtilizedBook());
  if (mix !== undefined && hasMix(header)) books.set('fragmentation', () => new FragmentBook(mix));
  books.set('jobs.waiting', () => new WaitingBook());
  books.set('jobs.running', () => new RunningBook());
  books.set('jobs.waitingGpus', () => new WaitingGpusBook());
  books.set('hosts', () => new HostsBook());
  for (const [part, has] of [...modelsOf(start), ...poolsOf(pools, start)]) {
    books.set(`gpu.allocated.${part}`, () => new AllocatedBook(has()));
    if (isShared) books.set(`gpu.utilized.${part}`, () => new UtilizedBook(has()));
  }
  return books;
}

/**
 * The course of a span from the events themselves, in so many columns of equal width: means, least and greatest values, as
 * the run measures them. Undefined where it was cancelled.
 */
export async function exactCurves(
  source: ExactSource,
  books: ReadonlyMap<string, SeriesBook>,
  fromUs: number,
  toUs: number,
  columns: number,
): Promise<ReadonlyMap<string, Curve> | undefined> {
  const { segments } = source;
  const own = [...books].map(([name, book]) => ({ name, book, held: new Columns(fromUs, toUs, columns) }));
  const hold = (untilUs: number) => {
    for (const { book, held } of own) held.hold(book.value, book.whole, untilUs);
  };
  let isUnderWay = false;
  for (let number = segmentAt(segments, fromUs); number < segments.length; number++) {
    if ((segments[number] as SegmentEntry).firstUs >= toUs) break;
    const cursor = (await source.segment(number)).open();
    if (!(await source.rest())) return undefined;
    // What came before the span has happened, without a look at each.
    if (!isUnderWay) cursor.advanceTo(Math.max(0, fromUs - 1));
    const following = new Following([...books.values()], cursor.state);
    for (let passed = 0; cursor.nextUs < toUs; passed++) {
      if (passed % STRETCH === STRETCH - 1 && !(await source.rest())) return undefined;
      hold(cursor.nextUs);
      const event = cursor.step();
      if (event !== undefined) following.follow(event);
    }
    isUnderWay = true;
  }
  if (isUnderWay) hold(toUs);
  const edges = Array.from({ length: columns + 1 }, (_, i) => fromUs + ((toUs - fromUs) * i) / columns);
  return new Map(
    own.map(({ name, book: { unit }, held }): [string, Curve] => [
      name,
      { name, title: seriesTitle(name), unit, edges, ...held.read() },
    ]),
  );
}

/** Tells books what events change. */
class Following {
  readonly #state: ReplayState;
  readonly #books: readonly SeriesBook[];
  /** By slot of a job that moves: the parts of the place that it moves to. */
  readonly #goals = new Map<number, readonly HeldPart[]>();

  constructor(books: readonly SeriesBook[], state: ReplayState) {
    this.#state = state;
    this.#books = books;
    for (const book of books) book.begin(state);
    for (const job of state.jobs) if (job?.to !== undefined) this.#goals.set(job.slot, job.to);
  }

  follow(event: ReplayEvent): void {
    const { kind, job, parts, host, gpu } = event;
    for (const book of this.#books) book.follow?.(event);
    switch (kind) {
      case 'placed':
      case 'freed':
      case 'finished':
      case 'failed':
      case 'rejected':
      case 'preempted':
      case 'moved':
        this.#look(parts);
        if (job === undefined) return;
        this.#look(job.parts);
        this.#look(this.#goals.get(job.slot));
        if (job.to === undefined) this.#goals.delete(job.slot);
        else this.#goals.set(job.slot, job.to);
        return;
      case 'host':
        if (host !== undefined) this.#lookAt(host);
        return;
      case 'gpu':
      case 'card':
        if (gpu !== undefined) this.#lookAt(this.#state.hostOfGpu[gpu] as number);
        return;
      default:
    }
  }

  #look(parts: readonly HeldPart[] | undefined): void {
    for (const { host } of parts ?? []) this.#lookAt(host);
  }

  #lookAt(host: number): void {
    for (const book of this.#books) book.look?.(host);
  }
}

type Parts = (readonly [part: string, filter: () => GpuFilter])[];
type Start = ReplayOutline['header']['start'];

/** GPUs by model, where there are several. */
function modelsOf({ hosts }: Start): Parts {
  const models = new Set(hosts.flatMap(({ gpus }) => gpus.map(({ model }) => model)));
  if (models.size < 2) return [];
  return [...models].map((wanted) => [
    `gpuModel.${wanted}`,
    () => {
      const isOne = hosts.flatMap(({ gpus }) =>
        gpus.flatMap(({ model, count }) => Array.from({ length: count }, () => model === wanted)),
      );
      return (gpu) => isOne[gpu] === true;
    },
  ]);
}

/** GPUs by the pool of their host, where there are several. */
function poolsOf(pools: ReplayOutline['header']['pools'], { hosts }: Start): Parts {
  if (pools.length < 2) return [];
  return pools.map(({ name, hosts: own }) => [
    `pool.${name}`,
    () => {
      const inPool = new Set(own);
      const isOne = hosts.flatMap(({ gpus }, h) =>
        gpus.flatMap(({ count }) => Array.from({ length: count }, () => inPool.has(h))),
      );
      return (gpu) => isOne[gpu] === true;
    },
  ]);
}
