import type { IntegerSolver } from '../../../kernel/optimize/linear-program.ts';
import { findReplicaProblems } from '../../../scenario/checks/plan-replicas.ts';
import { normalizeScenario } from '../../../scenario/normalize.ts';
import { formatPath, type Path } from '../../../scenario/path.ts';
import { resolvePlanReplicas, type SizedServicePlan } from '../../../scenario/resolve/plan-replicas.ts';
import type { PlanReplicasDocument } from '../../../scenario/schema/plan-replicas.ts';
import type { ScenarioDocument } from '../../../scenario/schema/scenario.ts';
import type { Scenario, Service } from '../../../scenario/types.ts';
import type { GpuAsk } from '../../../sharing/index.ts';
import { ScenarioError } from '../../scenario-error.ts';
import { profileOf, type SizableKind, sizableKinds } from './card-kinds.ts';
import { busiestRate } from './request-rates.ts';
import { type ReplicaForm, rewrittenDocument, type SizedForm } from './rewrite.ts';
import { type ServiceSize, type Sizing, sizeServices } from './size-services.ts';

/** A scenario with its services sized. */
export interface SizedScenario {
  /** Of the same form as the one given; valid. */
  readonly document: ScenarioDocument;
  /** Cards by host group and layout. */
  readonly cards: readonly {
    readonly hosts: string;
    readonly layout: readonly string[];
    readonly count: number;
  }[];
  readonly cardCount: number;
  /** No choice of sizes and layouts that answers as much has fewer. */
  readonly boundCards: number;
  readonly isProven: boolean;
  /** Least capacity of a service over its requests in the busiest hour. */
  readonly leastCapacity: number;
  /** What became of each service. */
  readonly sizes: readonly SizedForm[];
}

interface SizingSetting {
  readonly hostCosts?: ReadonlyMap<string, number> | undefined;
  readonly under?: ScenarioDocument;
}

/** Where the services to be sized are in a scenario. */
const PLACE: Path = ['plan', 'replicas'];

/** A size of a service, and a slot that it may take. */
interface Offer extends ServiceSize {
  readonly form: ReplicaForm;
}

/**
 * Sizes services: how many replicas of which size each gets, on how few cards, cut how. A service becomes one for each size
 * that it gets, with its part of the requests by capacity (it keeps its name where that is one); host groups that share by
 * MIG without a layout become one for each layout that is needed, with as many hosts, and go where none is. All cards of a
 * host are cut alike, as a host group has one layout. CPU and memory of hosts are left to the simulation.
 *
 * Answers count at the speed that a slot has while all slots of its card are at work; a size counts where its largest batch
 * takes no more than the stated part of the service's objective at that speed.
 *
 * @param document valid; its other workload is left as it is
 * @param replicas valid value by value
 * @param headroom for services without one of their own
 * @param setting.hostCosts what a host of each group costs, by name, in whatever is to be least; absent: cards are
 * @param setting.under the same document under another demand, into which what was found is written; absent: `document`
 * @throws {ScenarioError} where that cannot be done with these services and sizes
 */
export function withSizedServices(
  document: ScenarioDocument,
  replicas: PlanReplicasDocument,
  headroom: number,
  solver: IntegerSolver,
  { hostCosts, under = document }: SizingSetting = {},
): SizedScenario {
  const normal = normalizeScenario(document);
  if (!normal.ok) {
    const [first] = normal.problems;
    throw new ScenarioError(first?.path ?? '', first?.message ?? 'is not valid');
  }
  const [problem] = findReplicaProblems(document, replicas, PLACE);
  if (problem !== undefined) throw new ScenarioError(formatPath(problem.path), problem.message);
  const plans = resolvePlanReplicas(replicas);
  const wanted = plans.flatMap(({ sizes }) => sizes.map(({ profile }) => profile));
  const kinds = sizableKinds(document, normal.scenario, wanted);
  const needs = plans.map((plan, index) => {
    const service = serviceNamed(normal.scenario, plan.service);
    const isMemoryStated = usedMemoryIsStated(document, plan.service);
    return {
      name: plan.service,
      requestsPerSec: service.traffic.kind === 'open' ? busiestRate(service.traffic.arrivals) : 0,
      headroom: plan.headroom ?? undefined,
      sizes: offersOf(plan, service, isMemoryStated, kinds, [...PLACE, index]),
    };
  });
  const costOf = ({ group, cardsPerHost }: SizableKind) => hostCosts?.get(group.name) ?? cardsPerHost;
  const sizing = sizeServices(
    {
      services: needs,
      kinds: kinds.map((kind) => ({
        name: kind.group.name,
        cost: costOf(kind),
        layouts: kind.layouts.map((slots) => repeated(slots, kind.cardsPerHost).map(({ key }) => key)),
      })),
      headroom,
    },
    solver,
  );
  // Each offer is for a slot of some layout, and cards are not limited.
  if (!sizing.isPossible) throw new Error('Sizes that stand on cards have no place on any number of them');
  const cards = cutCards(sizing, kinds);
  const chosen = sizing.replicas.map(({ service, size, count }) => ({
    service,
    form: (size as Offer).form,
    requestsPerSec: size.requestsPerSec,
    count,
  }));
  const rewritten = rewrittenDocument(under, kinds, cards, chosen);
  const written = normalizeScenario(rewritten.document);
  if (!written.ok) {
    const [first] = written.problems;
    throw new ScenarioError(
      formatPath(PLACE),
      `lead to a scenario that is not valid: ${first?.path}: ${first?.message}`,
    );
  }
  return {
    ...rewritten,
    cardCount: cards.reduce((sum, { count }) => sum + count, 0),
    boundCards: Math.ceil(
      sizing.boundCost / Math.max(...kinds.map((kind) => costOf(kind) / kind.cardsPerHost)) - 1e-6,
    ),
    isProven: sizing.isProven,
    leastCapacity: sizing.leastCapacity,
  };
}

function serviceNamed({ workload }: Scenario, name: string): Service {
  const found = workload.services.find((each) => each.name === name);
  if (found === undefined) throw new RangeError(`There is no service ${name}`);
  return found;
}

/** What a service uses by default is what its slot has: that of another size is no use of it. */
function usedMemoryIsStated({ workload }: ScenarioDocument, name: string): boolean {
  const service = workload.services?.find((each) => each.name === name);
  return service?.use?.memory != null || service?.preset !== undefined;
}

/** A service's sizes on every kind of slot of its profile that is fast enough. */
function offersOf(
  { service: name, sizes, batchShare }: SizedServicePlan,
  service: Service,
  isMemoryStated: boolean,
  kinds: readonly SizableKind[],
  path: Path,
): readonly Offer[] {
  const limitSec = service.objectiveUs === null ? null : (service.objectiveUs / 1e6) * batchShare;
  const offers: Offer[] = [];
  let fastestSec = Number.POSITIVE_INFINITY;
  sizes.forEach((size, s) => {
    let refused: string | undefined;
    let isAdmitted = false;
    for (const kind of kinds) {
      const { model } = kind;
      const profile = profileOf(model, size.profile);
      const accepts = service.models.length === 0 || service.models.includes(model);
      if (profile === undefined || !accepts || size.models?.includes(model) === false) continue;
      const refusal = kind.refusal(askOf(service, profile, size.concurrency, isMemoryStated));
      if (refusal !== undefined) {
        refused ??= `${model}: ${refusal.detail}`;
        continue;
      }
      isAdmitted = true;
      const form = {
        model,
        profile,
        batch: size.batch,
        maxBatch: size.maxBatch,
        concurrency: size.concurrency,
      };
      const slots = new Map(kind.layouts.flat().map((slot) => [slot.key, slot]));
      for (const slot of slots.values()) {
        if (slot.profile !== profile) continue;
        const batchSec = size.batchSec / slot.speed;
        fastestSec = Math.min(fastestSec, batchSec);
        if (limitSec !== null && batchSec > limitSec * (1 + 1e-9)) continue;
        offers.push({
          profile: slot.key,
          batch: size.maxBatch,
          concurrency: size.concurrency,
          requestsPerSec: size.requestsPerSec * slot.speed,
          form,
        });
      }
    }
    if (!isAdmitted) {
      throw new ScenarioError(
        formatPath([...path, 'sizes', s]),
        `has no place on any card: ${refused ?? `no GPU that ${name} accepts has ${size.profile}`}`,
      );
    }
  });
  if (offers.length > 0) return offers;
  throw new ScenarioError(
    formatPath([...path, 'sizes']),
    `must have a batch of at most ${limitSec} s (${batchShare * 100} % of the objective of ${name}), the fastest takes ${fastestSec} s`,
  );
}

/** What a replica of a size asks of a card. */
function askOf(service: Service, profile: string, processes: number, isMemoryStated: boolean): GpuAsk {
  if (service.use === null) throw new RangeError(`Service ${service.name} uses no GPU`);
  const use = {
    ...service.use,
    processes,
    memoryMib: isMemoryStated ? service.use.memoryMib : 0,
    speedByProfile: { [profile]: 1 },
  };
  return { slot: { kind: 'profile', profile }, count: 1, use };
}

function cutCards(sizing: Sizing, kinds: readonly SizableKind[]) {
  return sizing.cards.map(({ kind: name, layout, count }) => {
    const kind = kinds.find(({ group }) => group.name === name) as SizableKind;
    const slots = kind.layouts.find(
      (each) =>
        repeated(each, kind.cardsPerHost)
          .map(({ key }) => key)
          .join() === layout.join(),
    );
    return {
      hosts: name,
      layout: (slots ?? []).map(({ profile }) => profile),
      count: count * kind.cardsPerHost,
    };
  });
}

function repeated<T>(items: readonly T[], times: number): readonly T[] {
  return Array.from({ length: times }, () => items).flat();
}
