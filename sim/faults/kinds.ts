import type { UnitKind } from './names.ts';

/** What each of them takes with it. */
export const UNIT_MEANING: Readonly<Record<UnitKind, string>> = {
  gpu: 'all jobs on the GPU end, whatever shares it; it takes nobody in',
  host: 'all jobs on the host end; it takes nobody in',
  rack: 'as the failure of all its hosts at once',
  nvlink:
    'jobs on several of the GPUs that it joins end; until it works again such jobs exchange data through the host, which is slower',
  uplink:
    'jobs with workers on other hosts, replicas and sessions end, others go on; the host takes nobody in',
  'licence-server':
    'when none is left and the grace period is over, modes that consume a licence start nobody; who runs goes on',
};

/** One thing that breaks down and works again. */
export interface FaultUnit {
  readonly kind: UnitKind;
  /** `host-3`, `host-3/gpu2`, the name of a rack or of a licence server. */
  readonly name: string;
  /** Numbers of the hosts concerned; none for a licence server. */
  readonly hosts: readonly number[];
  /** Number of the GPU in the fleet; -1 for other units. */
  readonly gpu: number;
}
