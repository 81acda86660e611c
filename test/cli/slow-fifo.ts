/**
 * A simulator written to be obviously right rather than fast, from the documentation alone: first in first out, first
 * fitting host, first fitting GPUs. Times are whole seconds. It shares no code with the product.
 */
export interface SlowHost {
  readonly name: string;
  readonly cpu: number;
  readonly memory: number;
  readonly gpus: number;
  readonly model: string;
}

export interface SlowTask {
  readonly name: string;
  readonly cpu: number;
  readonly memory: number;
  readonly gpus: number;
  readonly milli: number;
  /** Empty: any. */
  readonly models: readonly string[];
  readonly arrival: number;
  readonly duration: number;
}

export interface SlowResult {
  readonly end: number;
  readonly arrived: number;
  readonly placed: number;
  readonly completed: number;
  readonly rejected: number;
  readonly waiting: number;
  readonly running: number;
  /** Of jobs that started and arrived after the warm-up, in order of start. */
  readonly waits: readonly number[];
  readonly completions: readonly number[];
  /** Integrals after the warm-up: thousandths of a GPU, milli-CPU, MiB; each times seconds. */
  readonly gpuSeconds: number;
  readonly cpuSeconds: number;
  readonly memorySeconds: number;
  readonly gpuSecondsByModel: ReadonlyMap<string, number>;
  /** Largest GPU allocation held for a positive time after the warm-up. */
  readonly gpuPeak: number;
  /** Rows of a decisions file. */
  readonly decisions: readonly string[];
}

interface Resident {
  readonly task: SlowTask;
  readonly host: number;
  readonly gpus: readonly number[];
  readonly endsAt: number;
}

export function slowFifo(
  hosts: readonly SlowHost[],
  tasks: readonly SlowTask[],
  horizon = Infinity,
  warmup = 0,
): SlowResult {
  const origin = Math.min(...tasks.map((task) => task.arrival));
  const coming = tasks
    .map((task) => ({ ...task, arrival: task.arrival - origin }))
    .sort((a, b) => a.arrival - b.arrival);
  const queue: SlowTask[] = [];
  let residents: Resident[] = [];
  const waits: number[] = [];
  const completions: number[] = [];
  const decisions: string[] = [];
  const byModel = new Map<string, number>();
  const sums = { gpu: 0, cpu: 0, memory: 0, peak: 0 };
  const counts = { arrived: 0, placed: 0, completed: 0, rejected: 0 };
  let now = 0;

  const firstGpus = (task: SlowTask, host: number, there: readonly Resident[]): number[] | undefined => {
    const { cpu, memory, gpus, model } = hosts[host]!;
    const here = there.filter((resident) => resident.host === host);
    const used = (of: (task: SlowTask) => number) => here.reduce((sum, { task }) => sum + of(task), 0);
    if (used((t) => t.cpu) + task.cpu > cpu || used((t) => t.memory) + task.memory > memory) return undefined;
    if (task.gpus === 0) return [];
    if (task.models.length > 0 && !task.models.includes(model)) return undefined;
    const withRoom = Array.from({ length: gpus }, (_, g) => g).filter((g) => {
      const taken = here.reduce((sum, r) => sum + (r.gpus.includes(g) ? r.task.milli : 0), 0);
      return taken + task.milli <= 1000;
    });
    return withRoom.length < task.gpus ? undefined : withRoom.slice(0, task.gpus);
  };
  const firstPlace = (task: SlowTask, there: readonly Resident[]) => {
    for (const host of hosts.keys()) {
      const gpus = firstGpus(task, host, there);
      if (gpus !== undefined) return { host, gpus };
    }
    return undefined;
  };
  const startWaiting = () => {
    for (;;) {
      const task = queue[0];
      const place = task === undefined ? undefined : firstPlace(task, residents);
      if (task === undefined || place === undefined) return;
      queue.shift();
      residents.push({ task, ...place, endsAt: now + task.duration });
      counts.placed += 1;
      if (task.arrival >= warmup) waits.push(now - task.arrival);
      decisions.push(`${task.name},${hosts[place.host]!.name},${place.gpus.join('-')}`);
    }
  };
  const advanceTo = (time: number) => {
    const held = time - Math.max(now, warmup);
    if (held > 0) {
      let gpu = 0;
      for (const { task, host } of residents) {
        const milli = task.gpus * task.milli;
        const { model } = hosts[host]!;
        gpu += milli;
        sums.cpu += task.cpu * held;
        sums.memory += task.memory * held;
        byModel.set(model, (byModel.get(model) ?? 0) + milli * held);
      }
      sums.gpu += gpu * held;
      sums.peak = Math.max(sums.peak, gpu);
    }
    now = time;
  };

  for (;;) {
    const nextEnd = Math.min(...residents.map((resident) => resident.endsAt));
    const next = Math.min(nextEnd, coming[0]?.arrival ?? Infinity);
    if (next === Infinity || next > horizon) break;
    advanceTo(next);
    // At one instant jobs leave, in order of their starts, before jobs arrive; each change is followed by starts.
    const leaving = residents.find((resident) => resident.endsAt === now);
    if (leaving !== undefined) {
      residents = residents.filter((resident) => resident !== leaving);
      counts.completed += 1;
      if (leaving.task.arrival >= warmup) completions.push(now - leaving.task.arrival);
    } else {
      const task = coming.shift()!;
      counts.arrived += 1;
      if (firstPlace(task, []) === undefined) {
        counts.rejected += 1;
        decisions.push(`${task.name},,`);
      } else queue.push(task);
    }
    startWaiting();
  }
  advanceTo(horizon === Infinity ? now : horizon);
  return {
    ...counts,
    end: now,
    waiting: queue.length,
    running: residents.length,
    waits,
    completions,
    gpuSeconds: sums.gpu,
    cpuSeconds: sums.cpu,
    memorySeconds: sums.memory,
    gpuSecondsByModel: byModel,
    gpuPeak: sums.peak,
    decisions,
  };
}
