import { migModelOfGpu } from '../../sim/hardware/index.ts';
import { type Path, type Problem, parseScenarioText } from '../../sim/scenario/index.ts';
import { formatPath, isMapping } from '../../sim/scenario/path.ts';
import { quoteValue } from '../../sim/scenario/problem.ts';
import { catalogueGpu } from '../../sim/scenario/resolve/card-spec.ts';

/** Problems of a file, each with its place. */
export class FileProblems {
  readonly list: Problem[] = [];
  readonly #at: (path: Path) => string;

  constructor(at: (path: Path) => string) {
    this.#at = at;
  }

  add(path: Path, message: string, value?: unknown, hint?: string): void {
    this.list.push({
      path: formatPath(path),
      ...(value === undefined ? {} : { value }),
      message: value === undefined ? message : `${message}, got ${quoteValue(value)}`,
      at: this.#at(path),
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

/** An entry of a configuration for some GPUs of a node, as mig-parted and the vGPU device manager both have it. */
export interface DeviceEntry {
  readonly path: Path;
  readonly devices: 'all' | ReadonlySet<number>;
  /** PCI device ids; null: any. */
  readonly filter: readonly number[] | null;
  readonly isOn: boolean;
  /** Counts by the names of profiles or types. */
  readonly counts: ReadonlyMap<string, number>;
}

export interface DeviceConfigs {
  readonly problems: FileProblems;
  readonly configs: ReadonlyMap<string, readonly DeviceEntry[]>;
}

interface DeviceFileRules {
  /** `mig-configs`. */
  readonly configsKey: string;
  /** `mig-devices`. */
  readonly devicesKey: string;
  /** `mig-enabled`; null: the file has no such key. */
  readonly switchKey: string | null;
  readonly name: RegExp;
  readonly nameText: string;
  /** Least count of a name. */
  readonly least: 0 | 1;
}

const MOST_INSTANCES = 1000;

/** Reads a file of named configurations with entries for devices, with every problem at once. */
export function readDeviceConfigs(text: string, file: string, rules: DeviceFileRules): DeviceConfigs {
  const read = parseScenarioText(text, file);
  const problems = new FileProblems(read.ok ? read.at : () => file);
  const configs = new Map<string, readonly DeviceEntry[]>();
  if (!read.ok) {
    problems.list.push(...read.problems);
    return { problems, configs };
  }
  const { document } = read;
  const { configsKey } = rules;
  if (!isMapping(document)) {
    problems.add([], `must be a mapping with version and ${configsKey}`, document);
    return { problems, configs };
  }
  for (const key of Object.keys(document)) {
    if (key !== 'version' && key !== configsKey)
      problems.add([key], `is not a key of the file: it has version and ${configsKey}`);
  }
  if (document.version !== 'v1') problems.add(['version'], 'must be v1', document.version ?? null);
  const all = document[configsKey];
  if (!isMapping(all) || Object.keys(all).length === 0) {
    problems.add([configsKey], 'must be a mapping with one configuration at least', all ?? null);
    return { problems, configs };
  }
  for (const [name, list] of Object.entries(all)) {
    const path = [configsKey, name];
    if (!Array.isArray(list) || list.length === 0) {
      problems.add(path, 'must be a list with one entry at least', list);
      continue;
    }
    configs.set(
      name,
      list.flatMap((entry, at) => readEntry([...path, at], entry, rules, problems) ?? []),
    );
  }
  return { problems, configs };
}

function readEntry(
  path: Path,
  entry: unknown,
  rules: DeviceFileRules,
  problems: FileProblems,
): DeviceEntry | undefined {
  const { devicesKey, switchKey } = rules;
  const known = ['devices', 'device-filter', devicesKey, ...(switchKey === null ? [] : [switchKey])];
  if (!isMapping(entry)) {
    problems.add(path, `must be a mapping with ${known.join(', ')}`, entry);
    return undefined;
  }
  const before = problems.list.length;
  for (const key of Object.keys(entry)) {
    if (!known.includes(key))
      problems.add([...path, key], `is not a key of an entry: it has ${known.join(', ')}`);
  }
  const devices = readDevices([...path, 'devices'], entry.devices, problems);
  const filter = readFilter([...path, 'device-filter'], entry['device-filter'], problems);
  const isOn = switchKey === null ? true : entry[switchKey];
  if (typeof isOn !== 'boolean')
    problems.add([...path, switchKey as string], 'must be true or false', isOn ?? null);
  const written = entry[devicesKey];
  const counts = readCounts([...path, devicesKey], written, rules, problems);
  if (isOn === true && written == null) problems.add([...path, devicesKey], 'is missing');
  if (isOn === false && counts.size > 0)
    problems.add([...path, devicesKey], `must be empty where ${switchKey} is false`);
  if (counts.size > 0 && [...counts.values()].every((count) => count === 0)) {
    problems.add([...path, devicesKey], 'must have a count above 0');
  }
  if (problems.list.length > before || devices === undefined) return undefined;
  return { path, devices, filter, isOn: isOn === true, counts };
}

function readDevices(path: Path, value: unknown, problems: FileProblems): DeviceEntry['devices'] | undefined {
  if (value === 'all') return 'all';
  if (Array.isArray(value) && value.every((each) => Number.isSafeInteger(each) && each >= 0)) {
    return new Set(value as number[]);
  }
  problems.add(path, 'must be all or a list of indices of GPUs', value ?? null);
  return undefined;
}

/** `0x20B210DE`, with or without `:` and the same of the board: device, then vendor. */
function readFilter(path: Path, value: unknown, problems: FileProblems): readonly number[] | null {
  if (value == null || value === '') return null;
  const list = Array.isArray(value) ? value : [value];
  const ids = list.map((each) => /^0x([0-9a-f]{1,4})10de(:0x[0-9a-f]{1,8})?$/i.exec(String(each))?.[1]);
  if (ids.length > 0 && ids.every((id) => id !== undefined))
    return ids.map((id) => Number.parseInt(id as string, 16));
  problems.add(path, 'must be PCI ids such as 0x20B210DE', value);
  return null;
}

function readCounts(
  path: Path,
  value: unknown,
  { name: pattern, nameText, least }: DeviceFileRules,
  problems: FileProblems,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  if (value == null) return counts;
  if (!isMapping(value)) {
    problems.add(path, `must be a mapping of ${nameText} and counts`, value);
    return counts;
  }
  for (const [name, count] of Object.entries(value)) {
    if (!pattern.test(name)) problems.add([...path, name], `must be ${nameText}`, name);
    else if (
      !Number.isSafeInteger(count) ||
      (count as number) < least ||
      (count as number) > MOST_INSTANCES
    ) {
      problems.add([...path, name], `must be a whole number from ${least} to ${MOST_INSTANCES}`, count);
    } else counts.set(name, count as number);
  }
  return counts;
}

/** Whether an entry is for the GPU of an index and model. A model whose PCI ids nobody states meets no filter. */
export function isFor({ devices, filter }: DeviceEntry, index: number, model: string): boolean {
  if (devices !== 'all' && !devices.has(index)) return false;
  if (filter === null) return true;
  const gpu = catalogueGpu(model);
  const ids = gpu === null ? [] : (migModelOfGpu(gpu)?.pciDeviceIds ?? []);
  return ids.some((id) => filter.includes(Number(id)));
}
