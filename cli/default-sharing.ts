import { resolveGpu } from '../sim/hardware/index.ts';
import { canonicalSharing } from '../sim/scenario/canonical/sharing.ts';
import { cardSpecOf } from '../sim/scenario/resolve/card-spec.ts';
import { resolveSharing } from '../sim/scenario/resolve/sharing.ts';
import { sharingSchema } from '../sim/scenario/schema/sharing.ts';
import type {
  CardSpec,
  ConfigProblem,
  SharingConfig,
  SharingMode,
  SharingModeName,
} from '../sim/sharing/index.ts';

export type SharingReading =
  | { readonly ok: true; readonly config: SharingConfig }
  | { readonly ok: false; readonly messages: readonly string[] };

/** Options that a mode cannot do without, for so many tenants on one card. */
function neededOptions(mode: SharingModeName, tenants: number): Readonly<Record<string, unknown>> {
  switch (mode) {
    case 'sriov':
      return { vfs: tenants };
    case 'time-slicing':
      return { replicas: Math.max(2, tenants) };
    case 'api-remoting':
      return { sessions: tenants };
    case 'paravirtual':
    case 'software':
    case 'edge-pool':
      return { tenants };
    default:
      return {};
  }
}

/**
 * How a card is shared by so many equal tenants.
 *
 * @param options those of a scenario's `sharing` mapping, in place of the usual ones
 */
export function sharingWith(
  mode: SharingModeName,
  tenants: number,
  options: Readonly<Record<string, unknown>> = {},
): SharingReading {
  const read = sharingSchema.safeParse({ ...neededOptions(mode, tenants), ...options, mode });
  if (read.success) return { ok: true, config: resolveSharing(canonicalSharing(read.data)) };
  return {
    ok: false,
    messages: read.error.issues.map(({ path, message }) =>
      path.length === 0 ? message : `${path.join('.')}: ${message}`,
    ),
  };
}

/**
 * The card of a catalogue GPU in a slot as good as the GPU.
 *
 * @throws {CatalogueNameError} for a name that the catalogue does not know
 */
export function cardNamed(name: string): CardSpec {
  const { id } = resolveGpu(name).gpu;
  return cardSpecOf(
    { uplinkBytesPerSec: null },
    { model: id, count: 1, pcieLanes: null, pcieGen: null, nvlink: null, memoryMib: null },
  );
}

/** A card of which only is known that neither its memory nor its link limits anybody. */
export const ANY_CARD: CardSpec = {
  model: 'any',
  catalogue: null,
  memoryMib: 1 << 20,
  linkBytesPerSec: Number.POSITIVE_INFINITY,
};

/** Numbers of tenants to try: some modes take only certain ones (virtual functions). */
const TENANTS_TRIED = [2, 1, 3, 4, 6, 8, 12, 16, 24, 32];

/** Usual options with which the GPU can be used in the mode, or why it cannot. */
export function usualSharing(
  mode: SharingMode,
  card: CardSpec,
): { readonly config: SharingConfig } | { readonly problems: readonly ConfigProblem[] } {
  let first: readonly ConfigProblem[] | undefined;
  for (const tenants of TENANTS_TRIED) {
    // Of networks there is no usual one: the fastest hides least of what the GPU can do.
    const read = sharingWith(mode.name, tenants, mode.name === 'api-remoting' ? { network: 'rdma' } : {});
    if (!read.ok) throw new RangeError(`Cannot use ${mode.name}: ${read.messages.join('; ')}`);
    const problems = mode.check(read.config as never, card);
    if (problems.length === 0) return { config: read.config };
    first ??= problems;
  }
  return { problems: first ?? [] };
}
