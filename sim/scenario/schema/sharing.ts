import { z } from 'zod';
import {
  REMOTE_NETWORK_NAMES,
  SHARING_MODE_NAMES,
  type SharingModeName,
  VGPU_SCHEDULER_NAMES,
} from '../../sharing/index.ts';
import { positiveByteRateQuantity } from '../quantities/byte-rate.ts';
import { durationQuantity, positiveDurationQuantity } from '../quantities/duration.ts';
import { hostMemoryQuantity } from '../quantities/memory.ts';
import { finiteNumber, flag, line, list, oneOf, orNone, quantity, section, wholeNumber } from './leaves.ts';

/** More than any card serves at a time; what a GPU can do is checked by its mode. */
const MOST_TENANTS = 1000;
const MOST_INSTANCES = 64;

const mode = <const Name extends SharingModeName>(name: Name, description: string) =>
  z.literal(name).meta({ description });

const layout = orNone(
  list(
    line(40, 'A profile, with the place where it starts if that matters: 3g.40gb@4.'),
    'MIG profiles',
    1,
    MOST_INSTANCES,
    'GPU instances that are created beforehand and stay. Default: made and removed on demand.',
  ),
);

const scheduler = oneOf(
  VGPU_SCHEDULER_NAMES,
  'How vGPUs take turns: idle ones give their time away (best-effort), running ones keep theirs (equal-share), all places keep theirs (fixed-share). Default best-effort.',
).optional();

const series = orNone(
  oneOf(
    ['A', 'B', 'C', 'Q'],
    'Series of vGPU types that a request by size gets: A applications, B office, C compute, Q workstation. Default: the one with the cheapest licence that the GPU has.',
  ),
);

const tenants = (description: string) => wholeNumber(1, MOST_TENANTS, description);

const bareMetal = section(
  { mode: mode('bare-metal', 'One tenant has the card of a machine without virtualization.') },
  'The card as it is, for one tenant.',
);

const passthrough = section(
  { mode: mode('passthrough', 'One virtual machine has the card.') },
  'The whole card for one virtual machine.',
);

const sriov = section(
  {
    mode: mode('sriov', 'Virtual functions of AMD and Intel GPUs.'),
    vfs: wholeNumber(1, MOST_TENANTS, 'Virtual functions on each GPU; fixed while one is in use.'),
    scheduler: orNone(line(64, "One of the GPU's schedulers by name. Default: the GPU's own.")),
    partition: orNone(
      oneOf(['SPX', 'DPX', 'QPX', 'CPX'], 'Compute partition of AMD Instinct. Default: none.'),
    ),
  },
  'Virtual functions (SR-IOV).',
);

const vgpu = section(
  {
    mode: mode('vgpu', 'NVIDIA vGPU, time-sliced.'),
    sizes: oneOf(
      ['equal', 'mixed'],
      'Whether the vGPUs of a card have one size or several. Default equal.',
    ).optional(),
    scheduler,
    slice: orNone(
      quantity(
        positiveDurationQuantity,
        'Length of a turn. Default: 2ms up to 8 vGPUs of the type, 1ms above.',
      ),
    ),
    series,
  },
  'NVIDIA vGPU, time-sliced.',
);

const mig = section(
  {
    mode: mode('mig', 'NVIDIA MIG.'),
    layout,
    computeInstances: flag(
      'Whether a GPU instance may be cut into compute instances that share its memory. Default false.',
    ).optional(),
  },
  'NVIDIA MIG: slices in hardware.',
);

const migVgpu = section(
  { mode: mode('mig-vgpu', 'NVIDIA vGPU on MIG instances.'), layout, scheduler, series },
  'NVIDIA vGPU backed by MIG instances.',
);

const timeSlicing = section(
  {
    mode: mode('time-slicing', 'Replicas of the Kubernetes device plugin, time-sliced.'),
    replicas: wholeNumber(2, MOST_TENANTS, 'Times that each GPU is advertised.'),
    failRequestsGreaterThanOne: flag(
      'Whether a request for more than one replica is refused. Default false.',
    ).optional(),
    profile: orNone(line(40, 'MIG profile whose instances are replicated. Default: none, the whole GPU is.')),
  },
  'Kubernetes time-slicing: memory is not reserved.',
);

const mps = section(
  {
    mode: mode('mps', 'NVIDIA Multi-Process Service.'),
    clients: orNone(
      tenants(
        'Replicas advertised: each client gets its part of the SMs and of the memory. Default: no limits, up to what the hardware takes.',
      ),
    ),
    threadPercent: orNone(
      finiteNumber(
        0,
        100,
        'Ceiling of SMs of each client in percent, above 0. Default: 100 / clients, or none.',
        true,
      ),
    ),
    cuda: orNone(
      z
        .string({ error: 'must be a CUDA release in quotes such as "12.9"' })
        .regex(/^\d{1,3}\.\d{1,3}$/, { error: 'must be a CUDA release in quotes such as "12.9"' })
        .meta({
          description: 'CUDA release, which sets the limit of clients: "13.1". Default: one before 13.1.',
        }),
    ),
  },
  'NVIDIA MPS: processes run side by side.',
);

const hook = section(
  { mode: mode('hook', 'A library in the container that caps memory and compute (HAMi and the like).') },
  'Caps by a library in the container.',
);

const uvmSwap = section(
  {
    mode: mode('uvm-swap', 'Turns of the whole card, memory swapped to the host (nvshare and the like).'),
    turn: quantity(positiveDurationQuantity, 'Length of the exclusive turns. Default 30s.').optional(),
  },
  'Exclusive turns with memory swapped to the host.',
);

const apiRemoting = section(
  {
    mode: mode('api-remoting', 'GPU calls sent over a network.'),
    network: oneOf(REMOTE_NETWORK_NAMES, 'Network between job and GPU.'),
    roundTrip: orNone(
      quantity(durationQuantity, "Round trip in place of the network's. Default: the network's."),
    ),
    bandwidth: orNone(
      quantity(positiveByteRateQuantity, "Bandwidth in place of the network's. Default: the network's."),
    ),
    sessions: tenants('Clients of one GPU at a time.'),
  },
  'GPU calls sent over a network to a pool of GPUs.',
);

const gvtG = section(
  {
    mode: mode('gvt-g', 'Intel GVT-g.'),
    low: orNone(quantity(hostMemoryQuantity, "Aperture (low) graphics memory. Default: the usual GPU's.")),
    high: orNone(quantity(hostMemoryQuantity, "Hidden (high) graphics memory. Default: the usual GPU's.")),
    fences: orNone(wholeNumber(1, 1024, "Fence registers. Default: the usual GPU's.")),
  },
  'Intel GVT-g: mediated virtual GPUs.',
);

const paravirtual = section(
  {
    mode: mode('paravirtual', 'A paravirtual display adapter in front of the GPU.'),
    tenants: tenants('Virtual machines on one GPU at a time.'),
  },
  'Paravirtual graphics.',
);

const software = section(
  {
    mode: mode('software', 'Rendering by the CPU.'),
    tenants: tenants('Virtual machines at a time in place of one GPU.'),
  },
  'Software rendering.',
);

const edgePool = section(
  {
    mode: mode('edge-pool', 'An edge board that containers share.'),
    tenants: tenants('Containers on one board at a time.'),
  },
  'Edge boards as one pool.',
);

/** Modes that can be used without saying more: all their options have defaults. */
const MODES_BY_NAME = [
  'bare-metal',
  'passthrough',
  'vgpu',
  'mig',
  'mig-vgpu',
  'mps',
  'hook',
  'uvm-swap',
  'gvt-g',
] as const satisfies readonly SharingModeName[];

const sharingMapping = z
  .discriminatedUnion(
    'mode',
    [
      bareMetal,
      passthrough,
      sriov,
      vgpu,
      mig,
      migVgpu,
      timeSlicing,
      mps,
      hook,
      uvmSwap,
      apiRemoting,
      gvtG,
      paravirtual,
      software,
      edgePool,
    ],
    { error: `must be a mapping with a mode: one of ${SHARING_MODE_NAMES.join(', ')}` },
  )
  .meta({ description: 'A sharing mode with its options.' });

export const sharingSchema = z
  .union(
    [
      sharingMapping,
      z
        .enum(MODES_BY_NAME, {
          error: `must be a mapping with a mode and its options such as {mode: time-slicing, replicas: 4}, or the name alone of a mode that needs none: ${MODES_BY_NAME.join(', ')}`,
        })
        .meta({ description: 'A sharing mode with its default options.' }),
    ],
    { error: 'must be a sharing mode' },
  )
  .meta({
    id: 'sharing',
    description: 'How each GPU is divided among tenants: the name of a mode, or its mode and options.',
  });

export type SharingDocument = z.infer<typeof sharingSchema>;
/** With its options, none left to a default by being written as a name. */
export type SharingMapping = z.infer<typeof sharingMapping>;
