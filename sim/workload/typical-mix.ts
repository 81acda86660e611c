import { compareText, type TaskRequest } from '../cluster/request.ts';

/** A task shape that is expected again. */
export interface TypicalRequest {
  /** Host memory is not part of a typical shape: 0. */
  readonly request: TaskRequest;
  /** Share of the tasks that are like this; the shares of a mix sum to 1 but for rounding. */
  readonly frequency: number;
}

/**
 * The usual mix of a workload, for the expected fragmentation: its distinct shapes (CPU, share per GPU, GPU count,
 * models; not memory) by decreasing frequency, as many as it takes to cover `share` of the tasks. Among equally frequent
 * shapes the one with more CPU comes first, then larger share per GPU, more GPUs, and the later model text. Model lists
 * are told apart as written, as in the published runs: another order or a repeated model is another shape.
 *
 * Frequencies are count / total, and of a list that was cut (count / total) / (covered / total): not the same in the
 * last bit as count / covered, and decisions at exact ties depend on it.
 *
 * @param tasks each counts once, or `weight` times where it has a weight
 * @param share 0 to 1, exact to a millionth
 * @throws {RangeError} if `share` is not within 0 to 1 or there are no tasks
 * @see Weng et al., "Beware of Fragmentation", USENIX ATC 2023, section 3
 */
export function typicalMix(
  tasks: Iterable<TaskRequest & { readonly weight?: number }>,
  share = 0.95,
): TypicalRequest[] {
  if (!(share > 0 && share <= 1)) {
    throw new RangeError(`Cannot take the usual mix: share must be above 0 and at most 1, got ${share}`);
  }
  const counts = new Map<string, ShapeCount>();
  let total = 0;
  for (const task of tasks) {
    const { cpuMilli, gpuCount, gpuMilli, models, ask, weight = 1 } = task;
    if (weight === 0) continue;
    const modelText = models.join('|');
    const askText = ask === undefined ? '' : JSON.stringify(ask);
    const key = `${cpuMilli},${gpuMilli},${gpuCount},${modelText},${askText}`;
    const known = counts.get(key);
    if (known !== undefined) {
      known.count += weight;
    } else {
      counts.set(key, {
        count: weight,
        request: { cpuMilli, memoryMib: 0, gpuCount, gpuMilli, models, ask },
        modelText,
      });
    }
    total += weight;
  }
  if (total === 0) throw new RangeError('Cannot take the usual mix: there are no tasks');

  const shapes = [...counts.values()].sort(byDecreasingFrequency);
  // A percentage in decimal, as the published runs have it: 0.95 itself is not 95/100 to the last bit.
  const enough = ((Math.round(share * 1e6) / 1e4) * total) / 100;
  let covered = 0;
  let taken = 0;
  while (covered < enough && taken < shapes.length) {
    covered += (shapes[taken] as ShapeCount).count;
    taken += 1;
  }
  const isCut = taken < shapes.length;
  return shapes.slice(0, taken).map(({ request, count }) => {
    const frequency = count / total;
    return { request, frequency: isCut ? frequency / (covered / total) : frequency };
  });
}

interface ShapeCount {
  count: number;
  readonly request: TaskRequest;
  readonly modelText: string;
}

function byDecreasingFrequency(a: ShapeCount, b: ShapeCount): number {
  return (
    b.count - a.count ||
    b.request.cpuMilli - a.request.cpuMilli ||
    b.request.gpuMilli - a.request.gpuMilli ||
    b.request.gpuCount - a.request.gpuCount ||
    compareText(b.modelText, a.modelText)
  );
}
