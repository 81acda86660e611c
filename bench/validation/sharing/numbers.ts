import { vgpuGpusOfGpu } from '../../../sim/hardware/vgpu/index.ts';
import type { CsvRow } from './files.ts';
import type { NosConstants } from './nos.ts';
import { type TenantDocument, type Tenants, tenantsOn } from './product.ts';
import type { Row, Section } from './table.ts';

/** Quoted figures that the modes can be asked about, other than the nos rows. */
export function otherNumbers(rows: readonly CsvRow[], parameters: NosConstants['parameters']): Section[] {
  const value = (id: string) => {
    const row = rows.find((each) => each.id === id);
    if (row === undefined) throw new RangeError(`There is no row "${id}"`);
    return Number(row.value);
  };
  return [desktops(rows), oneInstance(value), counterExample(value, parameters), otherPrograms(value)];
}

function speedOn(
  model: string,
  sharing: object,
  tenants: readonly TenantDocument[],
  overheads = {},
): Tenants {
  const answer = tenantsOn(model, sharing, tenants, overheads);
  if (answer.refusal !== undefined) throw new RangeError(`${model}: ${answer.refusal.detail}`);
  return answer;
}

/** Users a board: vGPUs of a type that its cards take, times the cards of the board. */
function desktops(rows: readonly CsvRow[]): Section {
  const boards = { A16: 'A16', L4: 'L4' } as const;
  const found: Row[] = [];
  for (const { id, gpu, mechanism, value } of rows) {
    const model = boards[gpu as keyof typeof boards];
    if (!id?.startsWith('vpc-') || model === undefined) continue;
    const type = `${model}-${mechanism?.replace('vGPU ', '')}`;
    const { card, speeds, refusal } = tenantsOn(
      model,
      { mode: 'vgpu' },
      Array.from({ length: 100 }, () => ({ profile: type, use: { workload: 'desktop' } })),
    );
    const perBoard = vgpuGpusOfGpu(card.spec.catalogue!)[0]?.gpusPerBoard as number;
    const isKnown = refusal?.refused !== 'unknown-profile';
    found.push({
      name: `${type}: users a board`,
      ours: isKnown ? speeds.length * perBoard : Number.NaN,
      published: Number(value),
      ...(isKnown ? { accept: [Number(value), Number(value)] as const } : {}),
      note: isKnown ? `${refusal?.refused}, ${perBoard} GPUs` : `not in our type tables: ${refusal?.detail}`,
    });
  }
  return {
    title: 'vPC desktops a board (NVIDIA sizing guide): admission of vGPUs until one is refused',
    about:
      'RTX PRO 4500 is left out: the catalogue does not have the card. The vWS rows are typical deployments by server and no limits.',
    rows: found,
  };
}

/** MIG speeds of programs that are no part of our tables. */
function oneInstance(value: (id: string) => number): Section {
  const profiles = [
    ['10', '1g.10gb'],
    ['20', '2g.20gb'],
    ['40', '3g.40gb'],
  ] as const;
  const speed = (workload: string, profile: string, compute = 1) =>
    speedOn('A100-80GB', { mode: 'mig' }, [
      { profile, use: { workload, compute, bandwidth: 0, memory: '1GiB' } },
    ]).speeds[0] as number;
  const share = speedOn('A100-80GB', { mode: 'mig' }, [{ profile: '1g.10gb' }]).card.slots[0]
    ?.computeShare as number;
  const of = (id: string, size: string) => value(`njit-${id}-${size}`) / value(`njit-${id}-80`);
  const rows: Row[] = [];
  for (const [size, profile] of profiles) {
    rows.push({
      name: `FP16 matrix product on ${profile}: part of the whole card`,
      ours: speed('hpc', profile),
      published: of('fp16', size),
      note: 'linear in SMs; the whole card clocks lower at full power',
    });
  }
  const need = share / of('gmx', '10');
  for (const [size, profile] of profiles) {
    rows.push({
      name: `GROMACS on ${profile}: part of the whole card`,
      ours: speed('hpc', profile, need),
      published: of('gmx', size),
      note:
        size === '10' ? `need of ${need.toFixed(3)} of the SMs from this row` : 'predicted from the 1g row',
    });
  }
  for (const [size, profile] of profiles) {
    rows.push({
      name: `QLoRA fine-tune on ${profile}: part of the whole card`,
      ours: speed('training', profile),
      published: of('llm', size),
      note: 'median training job of the table (MISO); position is a parameter',
    });
  }
  const { card } = speedOn('A100-40GB', { mode: 'mig' }, [{ profile: '7g.40gb' }]);
  rows.push({
    name: 'SMs of 7g.40gb on A100-40GB, of 108',
    ours: Math.round((card.slots[0]?.computeShare as number) * 108),
    published: value('a100-mig-sms'),
    accept: [98, 98],
  });
  return {
    title: 'One tenant on a MIG instance (NJIT, CERN)',
    about:
      'Programs that no table of ours was made from: what the mode says of their kind of work, or from one row of theirs.',
    rows,
  };
}

/** One constant for each mechanism does not carry over from one pair of programs to another. */
function counterExample(value: (id: string) => number, parameters: NosConstants['parameters']): Section {
  const saturated = { slot: { memory: '40GiB' }, use: { workload: 'inference-saturated', compute: 0.5 } };
  const full = value('h200-gen-full');
  const shared = speedOn(
    'H200',
    { mode: 'time-slicing', replicas: 2 },
    [{ use: { workload: 'inference-saturated' } }, { use: { workload: 'inference-saturated' } }],
    {
      'time-slicing.together': parameters['time-slicing.together'],
    },
  );
  const beside = speedOn('H200', { mode: 'mps' }, [saturated, saturated], {
    'mps.interference-inference-saturated': parameters['mps.interference-inference-latency'],
  });
  const cut = speedOn('H200', { mode: 'mig' }, [
    { profile: '4g.71gb', use: { workload: 'inference-saturated', memory: '60GiB' } },
    { profile: '3g.71gb', use: { workload: 'inference-saturated', memory: '60GiB' } },
  ]);
  return {
    title: 'The counter-example (H200): constants of the nos rows carried over to another program',
    about:
      'They do not hold, as is known of these rows: decode loses next to nothing beside embedding. Two tenants that are always busy is what the document says of them, and nothing measured says otherwise; time-slicing and MPS must be calibrated for each pair of programs.',
    rows: [
      {
        name: 'decode beside embedding, time-slicing: tokens/s',
        ours: full * (shared.speeds[0] as number),
        published: value('h200-gen-ts'),
        note: 'does not carry over',
      },
      {
        name: 'decode beside embedding, MPS: tokens/s',
        ours: full * (beside.speeds[0] as number),
        published: value('h200-gen-mps'),
        note: 'does not carry over',
      },
      {
        name: 'decode on 4g.71gb, embedding on 3g.71gb: tokens/s',
        ours: full * (cut.speeds[0] as number),
        published: value('h200-gen-mig4g'),
        note: 'from the median of saturated inference (A100 table); measured with another batch than the whole card',
      },
    ],
  };
}

function otherPrograms(value: (id: string) => number): Section {
  const two = { use: { workload: 'inference-saturated' } };
  const sliced = speedOn('A100-80GB', { mode: 'time-slicing', replicas: 2 }, [two, two]);
  const cut = speedOn('A100-80GB', { mode: 'mig' }, [
    { ...two, profile: '4g.40gb' },
    { ...two, profile: '3g.40gb' },
  ]);
  const sum = ({ speeds }: Tenants) => speeds.reduce((total, speed) => total + speed, 0);
  const capped = { slot: { memory: '20GiB' }, use: { workload: 'inference-saturated' } };
  const pair = speedOn('A100-80GB', { mode: 'mps', threadPercent: 60 }, [capped, capped]);
  return {
    title: 'Other quoted pairs',
    about:
      'Nothing is known of these programs but their kind, so that these are defaults and no predictions. Not asked: tail latency of one kernel beside another (GTX 1080) and latencies of the voice pipeline, whose load is not published.',
    rows: [
      {
        name: 'voice pipeline: work under time-slicing over work on MIG',
        ours: sum(sliced) / sum(cut),
        published: value('nv-voice-ts') / value('nv-voice-mig'),
        note: 'two saturated tenants, 4g + 3g',
      },
      {
        name: 'Qwen3-4B twice on one card, MPS 60 % each, over two cards',
        ours: sum(pair) / 2,
        published: value('pebble-mps') / value('pebble-full'),
        note: 'they do not saturate the card; the default says they do',
      },
    ],
  };
}
