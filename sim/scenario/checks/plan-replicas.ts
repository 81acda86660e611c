import { CatalogueNameError, migModelByName, migProfileByName } from '../../hardware/index.ts';
import { nameHint } from '../nearest-name.ts';
import type { Path } from '../path.ts';
import { type Finding, quoteValue } from '../problem.ts';
import type { PlanReplicasDocument } from '../schema/plan-replicas.ts';
import type { HostGroupDocument, ScenarioDocument } from '../schema/scenario.ts';
import { repeats } from './common.ts';

/** A host group whose cards can be cut for services. */
export interface SizableGroup {
  readonly group: HostGroupDocument;
  readonly model: string;
  readonly cardsPerHost: number;
}

/** Host groups with cards of one model that share by MIG and have no layout yet. */
export function sizableGroups({ fleet }: Pick<ScenarioDocument, 'fleet'>): readonly SizableGroup[] {
  return (fleet.hosts ?? []).flatMap((group): readonly SizableGroup[] => {
    const { gpus, sharing } = group;
    const isOpen =
      sharing === 'mig' || (typeof sharing === 'object' && sharing?.mode === 'mig' && sharing.layout == null);
    const [first, ...others] = gpus === undefined ? [] : [gpus].flat();
    if (!isOpen || first === undefined || others.length > 0) return [];
    return [{ group, model: first.model, cardsPerHost: first.count }];
  });
}

/**
 * What is wrong with services that are to be sized, every problem at once.
 *
 * @param document found valid itself
 * @param replicas found valid value by value
 * @param path of `replicas`
 */
export function findReplicaProblems(
  document: Pick<ScenarioDocument, 'fleet' | 'workload'>,
  replicas: PlanReplicasDocument,
  path: Path,
): readonly Finding[] {
  const groups = sizableGroups(document);
  if (groups.length === 0) {
    const message = 'needs a host group with GPUs of one model, sharing: mig and no layout, which can be cut';
    return [{ path, message }];
  }
  const models = [...new Set(groups.map(({ model }) => model))];
  const services = document.workload.services ?? [];
  const names = services.map(({ name }) => name);
  return [
    ...repeats(
      replicas.map(({ service }) => service),
      (index) => [...path, index, 'service'],
    ),
    ...replicas.flatMap(({ service: name, sizes }, index): readonly Finding[] => {
      const at = [...path, index, 'service'];
      const service = services.find((each) => each.name === name);
      if (service === undefined) {
        const message = `must be a service of the workload, got ${quoteValue(name)}`;
        return [{ path: at, message, hint: nameHint(name, names) }];
      }
      const findings: Finding[] = [];
      const refuse = (message: string) => findings.push({ path: at, message });
      if (service.traffic.kind !== 'open') {
        refuse(
          `must be a service with open traffic: how much ${name} asks depends on how fast it is answered`,
        );
      } else if (service.traffic.arrivals.process === 'renewal' && sizes.length > 1) {
        refuse(
          `must have arrivals that can be divided among sizes (not renewal), or one size: ${name} has ${sizes.length}`,
        );
      }
      if ((service.gpus ?? 1) > 1) refuse(`must have replicas of one GPU, got ${name} with ${service.gpus}`);
      sizes.forEach(({ slot, models: own = models }, s) => {
        const size = [...path, index, 'sizes', s];
        for (const [m, model] of own.entries()) {
          if (models.includes(model)) continue;
          const message = `must be a model of a host group that can be cut (${models.join(', ')}), got ${quoteValue(model)}`;
          findings.push({ path: [...size, 'models', m], message });
        }
        const refusals = own
          .filter((model) => models.includes(model))
          .map((model) => unknownOn(model, slot.profile));
        const [first] = refusals;
        if (first !== undefined && refusals.every((each) => each !== undefined)) {
          findings.push({ path: [...size, 'slot', 'profile'], message: `must be a MIG profile: ${first}` });
        }
      });
      return findings;
    }),
  ];
}

/** Why a model has no such profile; undefined where it has it. */
function unknownOn(model: string, profile: string): string | undefined {
  const mig = migModelByName(model);
  if (mig === undefined) return `${model} has no MIG`;
  try {
    migProfileByName(mig, profile);
  } catch (error) {
    if (error instanceof CatalogueNameError) return error.message;
    throw error;
  }
  return undefined;
}
