/** Trackable resources of a job, as Slurm writes them: `cpu=8,mem=64G,node=2,gres/gpu=4,gres/gpu:a100=4`. */
export interface Tres {
  /** Undefined where the text does not say. */
  readonly cpus: number | undefined;
  readonly memoryMib: number | undefined;
  readonly nodes: number | undefined;
  /** GPUs in all, whatever their type: the untyped entry, which counts the typed ones too. */
  readonly gpus: number;
  /** GPUs by type, in the order of the text; may leave some untold. */
  readonly gpuTypes: ReadonlyMap<string, number>;
  readonly shards: number;
  /** Hundredths of GPUs, as sites that share them by MPS count them. */
  readonly mps: number;
}

export type TresReading =
  | { readonly ok: true; readonly tres: Tres }
  | { readonly ok: false; readonly message: string };

const ENTRY = /^([A-Za-z][A-Za-z0-9_/-]*(?::[^=,]+)?)=([^=,]*)$/;
const COUNT = /^\d{1,15}$/;
const MEMORY = /^(\d{1,12}(?:\.\d{1,6})?)([KMGTP]?)$/;
const MIB_OF = { K: 1 / 1024, '': 1, M: 1, G: 1024, T: 1024 ** 2, P: 1024 ** 3 } as const;
const MAX_MEMORY_MIB = 1e9;
const MAX_COUNT = 1e6;

/**
 * Reads a list of resources. `gres/gpu` counts every GPU and `gres/gpu:TYPE` those of a type again, so they are never
 * added; where only typed entries stand, their sum is the count. Other resources (billing, energy, licences, gpumem,
 * gpuutil) are passed over.
 *
 * @see SchedMD, "Trackable RESources (TRES)", slurm.schedmd.com/tres.html
 */
export function readTres(text: string): TresReading {
  const counts = new Map<string, number>();
  const types = {
    gpu: new Map<string, number>(),
    shard: new Map<string, number>(),
    mps: new Map<string, number>(),
  };
  let memoryMib: number | undefined;
  for (const entry of text === '' ? [] : text.split(',')) {
    const match = ENTRY.exec(entry);
    if (match === null) return wrong(`must be a list of name=value, separated by commas; "${entry}" is none`);
    const [, name = '', value = ''] = match;
    if (name === 'mem') {
      memoryMib = readMemory(value);
      if (memoryMib === undefined) {
        return wrong(
          `mem must be an amount up to ${MAX_MEMORY_MIB} MiB such as 4000M or 62.50G, is "${value}"`,
        );
      }
      continue;
    }
    const [, generic, type] = /^gres\/(gpu|shard|mps)(?::(.+))?$/.exec(name) ?? [];
    if (generic === undefined && name !== 'cpu' && name !== 'node') continue;
    const count = COUNT.test(value) ? Number(value) : Number.NaN;
    if (!(count <= MAX_COUNT))
      return wrong(`${name} must be a whole number up to ${MAX_COUNT}, is "${value}"`);
    if (type === undefined) counts.set(name, count);
    else types[generic as keyof typeof types].set(type, count);
  }
  const totalOf = (kind: keyof typeof types) => {
    const typed = [...types[kind].values()].reduce((sum, count) => sum + count, 0);
    return { typed, all: counts.get(`gres/${kind}`) ?? typed };
  };
  const gpus = totalOf('gpu');
  if (gpus.typed > gpus.all) {
    return wrong(`gres/gpu must count all GPUs: it says ${gpus.all}, its types add up to ${gpus.typed}`);
  }
  return {
    ok: true,
    tres: {
      cpus: counts.get('cpu'),
      memoryMib,
      nodes: counts.get('node'),
      gpus: gpus.all,
      gpuTypes: new Map([...types.gpu].filter(([, count]) => count > 0)),
      shards: totalOf('shard').all,
      mps: totalOf('mps').all,
    },
  };
}

/** MiB of `4000M`, `62.50G` or `4000`, rounded up. */
function readMemory(text: string): number | undefined {
  const match = MEMORY.exec(text);
  if (match === null) return undefined;
  const mib = Math.ceil(Number(match[1]) * MIB_OF[match[2] as keyof typeof MIB_OF]);
  return mib <= MAX_MEMORY_MIB ? mib : undefined;
}

/** Memory as `ReqMem` has it: of the job, of each node (`4Gn`) or of each CPU (`2000Mc`); both up to Slurm 20.11. */
export interface AskedMemory {
  readonly mib: number;
  readonly per: 'job' | 'node' | 'cpu';
}

/** @returns undefined for anything that is no such amount */
export function readAskedMemory(text: string): AskedMemory | undefined {
  const suffix = /[nc]$/.exec(text)?.[0];
  const mib = readMemory(suffix === undefined ? text : text.slice(0, -1));
  if (mib === undefined) return undefined;
  return { mib, per: suffix === 'n' ? 'node' : suffix === 'c' ? 'cpu' : 'job' };
}

const wrong = (message: string): TresReading => ({ ok: false, message });
