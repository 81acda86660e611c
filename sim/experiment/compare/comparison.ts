import { readObjective, type Samples } from '../../objectives/index.ts';
import { isMapping } from '../../scenario/path.ts';
import { resolveObjectives } from '../../scenario/resolve/objectives.ts';
import type { ObjectiveDocument } from '../../scenario/schema/objectives.ts';
import type { Objective } from '../../scenario/types.ts';
import type { Replication } from '../replicate.ts';
import { type ComparedMetric, compareMetrics } from '../statistics/index.ts';
import { type DocumentChange, documentChanges } from './document-changes.ts';
import { isExactFor, restsOnMeans } from './exactness.ts';
import type { ObjectiveResult } from './kept.ts';
import { type GateVerdict, gateVerdict, judgeObjective } from './objectives.ts';
import { type Criterion, type Pareto, paretoFront } from './pareto.ts';
import type { ComparedSide } from './sides.ts';
import { runValues } from './values.ts';

/** What a comparison says of the base or a variant. */
interface SideSummary {
  readonly name: string;
  readonly source: string;
  readonly description: string;
  readonly seeds: readonly number[];
  readonly notes: readonly string[];
}

/** A variant beside the base. */
export interface ComparedVariant extends SideSummary {
  readonly changes: readonly DocumentChange[];
  /** Whether both sides ran with the same seeds, seed by seed. */
  readonly isPaired: boolean;
  readonly metrics: readonly ComparedMetric[];
  readonly objectives: readonly ObjectiveResult[];
}

/** `compare.json`. */
export interface Comparison {
  readonly schema: 'slicewise/compare@1';
  readonly version: string;
  readonly base: SideSummary;
  readonly variants: readonly ComparedVariant[];
  readonly pareto?: Pareto;
  /** Of all variants; `pass` where nothing was asked. */
  readonly verdict: GateVerdict;
  /** Whether undecided counts as failed. */
  readonly isStrict: boolean;
}

export interface ComparisonOptions {
  readonly version: string;
  /** Absent: all. */
  readonly metrics?: readonly string[] | undefined;
  readonly criteria?: readonly Criterion[];
  /** Conditions asked of every variant besides the objectives of its own scenario. */
  readonly gate?: readonly Objective[];
  readonly isStrict?: boolean;
}

/** Compares variants with a base: metrics with verdicts, objectives, and the Pareto front. */
export function compareSides(
  base: ComparedSide,
  others: readonly ComparedSide[],
  { version, metrics, criteria = [], gate = [], isStrict = false }: ComparisonOptions,
): Comparison {
  const variants = others.map((side): ComparedVariant => {
    const isPaired = base.isExact && side.isExact && shareSeeds(base.replications, side.replications);
    return {
      ...summaryOf(side),
      changes: documentChanges(base.document, side.document),
      isPaired,
      metrics: compareMetrics(base.replications, side.replications, { metrics, paired: isPaired }),
      objectives: judged(base, side, isPaired, gate),
    };
  });
  const all = [base, ...others];
  const mean = ({ replications }: ComparedSide, metric: string) =>
    compareMetrics(replications, replications, { metrics: [metric] })[0]?.base ?? null;
  return {
    schema: 'slicewise/compare@1',
    version,
    base: summaryOf(base),
    variants,
    ...(criteria.length === 0
      ? {}
      : {
          pareto: paretoFront(
            criteria,
            new Map(all.map((side) => [side.name, criteria.map(({ metric }) => mean(side, metric))])),
          ),
        }),
    verdict: gateVerdict(
      variants.flatMap(({ objectives }) => objectives),
      isStrict,
    ),
    isStrict,
  };
}

function summaryOf({ name, source, description, replications, isExact, notes }: ComparedSide): SideSummary {
  const coarse = isExact
    ? []
    : ['The result has no single replications: it is compared by mean and interval (Welch), without pairs'];
  return {
    name,
    source,
    description,
    seeds: replications.map(({ seed }) => seed),
    notes: [...notes, ...coarse],
  };
}

function shareSeeds(base: readonly Replication[], candidate: readonly Replication[]): boolean {
  const seeds = new Set(base.map(({ seed }) => seed));
  return candidate.some(({ seed }) => seeds.has(seed));
}

function judged(
  base: ComparedSide,
  side: ComparedSide,
  isPaired: boolean,
  gate: readonly Objective[],
): readonly ObjectiveResult[] {
  const own = objectivesOf(side.document);
  const asked = [
    ...own.map((objective, index) => ({ objective, index })),
    ...gate.map((objective) => ({ objective, index: null })),
  ];
  return asked.map(({ objective, index }): ObjectiveResult => {
    const read = readObjective(objective.expect);
    const judge = (samples: Samples, sides: readonly ComparedSide[]) => {
      const result = judgeObjective(objective, index, samples);
      const isKnown =
        !read.ok || restsOnMeans(read.condition) || sides.every((each) => isExactFor(read.condition, each));
      return isKnown ? result : unknown(result);
    };
    if (read.ok && read.needsBase) {
      const both = [base, side];
      const areExact = both.every((each) => isExactFor(read.condition, each));
      return judge(against(base, side, isPaired && areExact), both);
    }
    return { ...judge(alone(side), [side]), onBase: judge(alone(base), [base]).verdict };
  });
}

/** Samples that stand for means and intervals say nothing about several metrics together. */
function unknown(result: ObjectiveResult): ObjectiveResult {
  const reason =
    'needs what single replications gave, of which the result keeps mean and interval: compare the scenarios';
  return { ...result, verdict: 'not-measured', needed: null, reason };
}

function alone({ replications }: ComparedSide): Samples {
  return { kind: 'alone', candidate: replications.map(runValues) };
}

function against(base: ComparedSide, side: ComparedSide, isPaired: boolean): Samples {
  if (!isPaired) {
    return {
      kind: 'apart',
      base: base.replications.map(runValues),
      candidate: side.replications.map(runValues),
    };
  }
  const bySeed = new Map(base.replications.map((each) => [each.seed, each]));
  const pairs = side.replications.flatMap((candidate) => {
    const partner = bySeed.get(candidate.seed);
    return partner === undefined ? [] : [[runValues(partner), runValues(candidate)] as const];
  });
  return { kind: 'paired', base: pairs.map(([each]) => each), candidate: pairs.map(([, each]) => each) };
}

function objectivesOf(document: unknown): readonly Objective[] {
  const written = isMapping(document)
    ? (document.objectives as readonly ObjectiveDocument[] | undefined)
    : undefined;
  return resolveObjectives(written).objectives ?? [];
}
