/** What can break down, besides the jobs' own processes. */
export const UNIT_KINDS = ['gpu', 'host', 'rack', 'nvlink', 'uplink', 'licence-server'] as const;
export type UnitKind = (typeof UNIT_KINDS)[number];

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
