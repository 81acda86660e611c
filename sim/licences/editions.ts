import type { LicenceEdition, LicenceMetric } from './names.ts';

interface EditionRule {
  readonly metric: LicenceMetric;
  /** Needs that it meets, by the names that sharing modes give them (`LicenceNeed.edition`). */
  readonly covers: readonly string[];
  /** Rules and rows of the facts that say so. */
  readonly source: string;
}

/** How editions are counted, and which tenants they are for. */
export const EDITION_RULES: Readonly<Record<LicenceEdition, EditionRule>> = {
  vapps: { metric: 'user', covers: ['vApps'], source: 'LR-1, licences vapps (documented)' },
  vpc: { metric: 'user', covers: ['vPC'], source: 'LR-1, licences vpc (documented)' },
  vws: {
    metric: 'user',
    // The C series that vWS covered as well are left to the editions for compute: that is legacy.
    covers: ['RTX vWS', 'vPC'],
    source: 'LR-1, LR-5, licences vws: series Q and B, graphics in passthrough (documented)',
  },
  nvaie: {
    metric: 'gpu',
    covers: ['NVIDIA AI Enterprise'],
    source: 'licences nvaie: physical GPUs that carry C-series or MIG-backed vGPUs (documented)',
  },
  vcs: {
    metric: 'gpu',
    covers: ['NVIDIA AI Enterprise'],
    source: 'licences vcs, replaced by nvaie (unverified)',
  },
  orionx: {
    metric: 'gpu',
    covers: ['API remoting'],
    source: 'licences orionx: per GPU or per pool, quoted (unverified)',
  },
  vcf: { metric: 'core', covers: [], source: 'licences vcf (documented)' },
  vvf: { metric: 'core', covers: [], source: 'licences vvf (documented)' },
};

/** Cores that are counted for a processor that has fewer. Licences vcf, vvf (documented). */
export const LEAST_CORES_PER_CPU = 16;
