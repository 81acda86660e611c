import type { Fleet } from '../../cluster/fleet.ts';
import type { TaskRequest } from '../../cluster/request.ts';
import { CatalogueNameError, migModelByName } from '../../hardware/index.ts';
import { vgpuGpusOfGpu, vgpuTypesOf } from '../../hardware/vgpu/index.ts';
import { type GpuAsk, openCard, type SharedGpu, type SlotRequest } from '../../sharing/index.ts';
import type { Task } from '../../workload/task.ts';
import type { Change } from './change.ts';

/** Other demands of a task, each different in one thing; of one thing, the least different first. */
export function demandChanges(task: Task, fleet: Fleet): readonly Change[] {
  return [
    ...fewerWorkers(task),
    ...fewerGpus(task),
    ...otherParts(task, fleet),
    ...otherModels(task, fleet),
    ...withoutHostNeeds(task),
    ...withoutRules(task),
  ];
}

function change(text: string, edit: (task: Task) => Task): Change {
  return { kind: 'demand', text, amend: edit };
}

/** The same edit of what each worker asks for; equal requests stay one object. */
function ofEach(task: Task, edit: (request: TaskRequest) => TaskRequest): Task {
  const made = new Map<TaskRequest, TaskRequest>();
  const edited = (request: TaskRequest) => {
    const known = made.get(request) ?? edit(request);
    made.set(request, known);
    return known;
  };
  const request = edited(task.request);
  return task.workers === undefined
    ? { ...task, request }
    : { ...task, request, workers: task.workers.map(edited) };
}

function fewerWorkers({ workers }: Task): readonly Change[] {
  const count = workers?.length ?? 1;
  return fewer(count).map((n) =>
    change(`${n} ${n === 1 ? 'worker' : 'workers'} in place of ${count}`, (task) => ({
      ...task,
      workers: task.workers?.slice(0, n),
    })),
  );
}

function fewerGpus({ request, workers }: Task): readonly Change[] {
  const { gpuCount } = request;
  const each = workers === undefined ? '' : ' a worker';
  return fewer(gpuCount).map((n) =>
    change(`${n} ${n === 1 ? 'GPU' : 'GPUs'}${each} in place of ${gpuCount}`, (task) =>
      ofEach(task, (of) => ({ ...of, gpuCount: Math.min(of.gpuCount, n) })),
    ),
  );
}

/** One less, and half. */
function fewer(count: number): readonly number[] {
  return [...new Set([count - 1, Math.floor(count / 2)])].filter((n) => n >= 1 && n < count);
}

/** A smaller part of each GPU, or a part of another name. */
function otherParts({ request }: Task, fleet: Fleet): readonly Change[] {
  const { gpuCount, gpuMilli, ask } = request;
  if (gpuCount === 0) return [];
  const found: Change[] = [];
  const shareOf = (milli: number) =>
    change(
      `${milli / 10} % of ${gpuCount === 1 ? 'a GPU' : 'each GPU'} in place of ${gpuMilli / 10} %`,
      (task) =>
        ofEach(task, (of) => ({
          ...of,
          gpuMilli: Math.min(of.gpuMilli, milli),
          ask: smaller(of.ask, milli),
        })),
    );
  const slot = ask?.slot;
  if (slot === undefined || slot.kind === 'whole' || (slot.kind === 'part' && slot.computeMilli > 0)) {
    for (const milli of [Math.ceil(gpuMilli / 2), Math.ceil(gpuMilli / 4)]) {
      if (milli < gpuMilli) found.push(shareOf(milli));
    }
  }
  if (slot?.kind === 'part' && slot.memoryMib > 0) {
    const memoryMib = Math.ceil(slot.memoryMib / 2);
    found.push(
      change(`${gib(memoryMib)} of GPU memory in place of ${gib(slot.memoryMib)}`, (task) =>
        ofEach(task, (of) => withSlot(of, (each) => (each.kind === 'part' ? { ...each, memoryMib } : each))),
      ),
    );
  }
  if (ask !== undefined && slot?.kind === 'profile') {
    for (const profile of otherProfiles(ask, slot.profile, fleet)) {
      found.push(
        change(`slot ${profile} in place of ${slot.profile}`, (task) =>
          ofEach(task, (of) => withSlot(of, () => ({ kind: 'profile', profile }))),
        ),
      );
    }
  }
  return found;
}

function smaller(ask: GpuAsk | undefined, computeMilli: number): GpuAsk | undefined {
  if (ask === undefined) return undefined;
  const { slot } = ask;
  if (slot.kind === 'profile') return ask;
  return {
    ...ask,
    slot: { kind: 'part', computeMilli, memoryMib: slot.kind === 'part' ? slot.memoryMib : 0 },
  };
}

function withSlot(request: TaskRequest, edit: (slot: SlotRequest) => SlotRequest): TaskRequest {
  const { ask } = request;
  return ask === undefined ? request : { ...request, ask: { ...ask, slot: edit(ask.slot) } };
}

function gib(mib: number): string {
  return `${Number((mib / 1024).toPrecision(3))} GiB`;
}

/** Names of other parts that an empty card of the fleet gives, those of the nearest size first, smaller ones before. */
function otherProfiles(ask: GpuAsk, own: string, fleet: Fleet): readonly string[] {
  const sizes = new Map<string, number>();
  let ownMib: number | undefined;
  const seen = new Set<string>();
  for (const { gpus } of fleet.hosts) {
    for (const { model, sharing } of gpus) {
      if (sharing === undefined || seen.has(`${model} ${sharing.mode.name}`)) continue;
      seen.add(`${model} ${sharing.mode.name}`);
      for (const profile of profilesOf(sharing)) {
        const card = openCard(sharing);
        const slot = card.admitEmpty({ ...ask, slot: { kind: 'profile', profile } });
        if (!('memoryMib' in slot)) continue;
        if (profile === own) ownMib = slot.memoryMib;
        else if (!sizes.has(profile)) sizes.set(profile, slot.memoryMib);
      }
    }
  }
  const away = ([, mib]: readonly [string, number]) => Math.abs(mib - (ownMib ?? 0));
  return [...sizes]
    .sort((a, b) => away(a) - away(b) || a[1] - b[1] || (a[0] < b[0] ? -1 : 1))
    .map(([profile]) => profile);
}

/** Names of MIG profiles and vGPU types that a card may be asked for. */
function profilesOf({ spec: { catalogue } }: SharedGpu): readonly string[] {
  if (catalogue === null) return [];
  const types = vgpuGpusOfGpu(catalogue).flatMap(({ id }) => vgpuTypesOf(id).map(({ type }) => type));
  return [...(migOf(catalogue.id)?.profiles.map(({ name }) => name) ?? []), ...types];
}

function migOf(gpu: string): ReturnType<typeof migModelByName> {
  try {
    return migModelByName(gpu);
  } catch (error) {
    if (error instanceof CatalogueNameError) return undefined;
    throw error;
  }
}

function otherModels({ request }: Task, fleet: Fleet): readonly Change[] {
  const { models, gpuCount } = request;
  if (gpuCount === 0 || models.length === 0) return [];
  const others = fleet.modelNames.filter((model) => !models.includes(model));
  if (others.length === 0) return [];
  const with_ = (text: string, accepted: readonly string[]) =>
    change(text, (task) => ofEach(task, (of) => ({ ...of, models: accepted })));
  return [
    ...others.map((model) => with_(`GPU model ${model} as well as ${models.join(', ')}`, [...models, model])),
    ...(others.length > 1 ? [with_('any GPU model', [])] : []),
  ];
}

function withoutHostNeeds({ request }: Task): readonly Change[] {
  const found: Change[] = [];
  if (request.cpuMilli > 0) {
    found.push(
      change(`no CPU in place of ${request.cpuMilli / 1000} cores`, (task) =>
        ofEach(task, (of) => ({ ...of, cpuMilli: 0 })),
      ),
    );
  }
  if (request.memoryMib > 0) {
    found.push(
      change(`no host memory in place of ${gib(request.memoryMib)}`, (task) =>
        ofEach(task, (of) => ({ ...of, memoryMib: 0 })),
      ),
    );
  }
  return found;
}

function withoutRules({ layout }: Task): readonly Change[] {
  return layout === undefined
    ? []
    : [change('no rules about where its workers may be', (task) => ({ ...task, layout: undefined }))];
}
