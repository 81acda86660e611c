import type { Dimension } from './units.ts';

/** Where a part of an expression stands: columns from 0, the end not included. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Which run a metric is read from: of `compare` the candidate, unless `base.` says otherwise. */
export type Side = 'candidate' | 'base';

/** Parts of a run that have metrics of their own. */
export const GROUP_KINDS = ['pool', 'hostGroup', 'host', 'model', 'mode', 'tenant', 'class'] as const;
export type GroupKind = (typeof GROUP_KINDS)[number];

/** A metric of a run, or of a part of it. */
export interface MetricRef {
  readonly name: string;
  readonly group?: { readonly by: GroupKind; readonly name: string };
}

export type CompareOp = '<' | '<=' | '>' | '>=' | '==' | '!=';
export type FoldName = 'min' | 'max' | 'abs';

/** Something with a value in each replication, in base units (`units.ts`). */
export type Quantity = Span &
  (
    | {
        readonly kind: 'number';
        readonly value: number;
        readonly dimension: Dimension;
        /** As written, with its unit. */
        readonly text: string;
      }
    | { readonly kind: 'metric'; readonly side: Side; readonly metric: MetricRef }
    /** Relative change from the base to the candidate. */
    | { readonly kind: 'delta'; readonly of: Quantity }
    /** Candidate less base. */
    | { readonly kind: 'change'; readonly of: Quantity }
    | { readonly kind: 'fold'; readonly name: FoldName; readonly of: readonly Quantity[] }
    | { readonly kind: 'negative'; readonly of: Quantity }
    | {
        readonly kind: 'arithmetic';
        readonly op: '+' | '-' | '*' | '/';
        readonly left: Quantity;
        readonly right: Quantity;
      }
  );

/** Something that holds or does not. */
export type Condition = Span &
  (
    | {
        readonly kind: 'comparison';
        readonly op: CompareOp;
        readonly left: Quantity;
        readonly right: Quantity;
      }
    | { readonly kind: 'all'; readonly of: readonly Condition[] }
    | { readonly kind: 'any'; readonly of: readonly Condition[] }
    | { readonly kind: 'not'; readonly of: Condition }
  );

export type Expression = Quantity | Condition;

export function isCondition(node: Expression): node is Condition {
  return node.kind === 'comparison' || node.kind === 'all' || node.kind === 'any' || node.kind === 'not';
}

/** All metrics that a quantity reads, with the side that they are read from; of `delta` and `change` both. */
export function metricsOf(node: Expression): readonly { readonly side: Side; readonly metric: MetricRef }[] {
  switch (node.kind) {
    case 'number':
      return [];
    case 'metric':
      return [{ side: node.side, metric: node.metric }];
    case 'delta':
    case 'change':
      return metricsOf(node.of).flatMap(({ metric }) => [
        { side: 'base' as const, metric },
        { side: 'candidate' as const, metric },
      ]);
    case 'negative':
    case 'not':
      return metricsOf(node.of);
    case 'fold':
    case 'all':
    case 'any':
      return node.of.flatMap(metricsOf);
    case 'arithmetic':
    case 'comparison':
      return [...metricsOf(node.left), ...metricsOf(node.right)];
  }
}

/** Whether an expression compares with a base, which only `compare` has. */
export function needsBase(node: Expression): boolean {
  return metricsOf(node).some(({ side }) => side === 'base');
}
