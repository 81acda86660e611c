import type { Path } from '../path.ts';
import { presetBrings } from '../preset-defaults.ts';
import type { Finding } from '../problem.ts';
import type { NumberDistributionDocument } from '../schema/distribution.ts';
import { isStated, repeats } from './common.ts';
import type { CheckContext } from './context.ts';
import { requireMean } from './distribution.ts';

const SERVICES = ['workload', 'services'] as const;

/** What the values of each service must satisfy together. */
export function checkServices({ document, sound, isFaulty }: CheckContext): readonly Finding[] {
  const services = sound.workload?.services ?? [];
  return [
    ...repeats(
      services.map((service) => service?.name),
      (index) => [...SERVICES, index, 'name'],
    ),
    ...services.flatMap((service, index): readonly Finding[] => {
      if (service === undefined) return [];
      const path: Path = [...SERVICES, index];
      const findings: Finding[] = [];
      if (!isStated(document, [...path, 'batch']) && !presetBrings(service.preset, 'service', 'batch')) {
        findings.push({
          path: [...path, 'batch'],
          message: 'is missing: must be a mapping with the times of a batch, such as {times: [12ms, 15ms]}',
        });
      }
      const factor = [...path, 'variability'];
      if (service.variability != null && !isFaulty(factor)) {
        findings.push(...requireMean(factor, service.variability as NumberDistributionDocument));
      }
      return findings;
    }),
  ];
}
