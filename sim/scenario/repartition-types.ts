/** What may become of a running job whose part of a card is to go: see `RunningRule` of the engine. */
export const RUNNING_RULES = ['wait', 'save', 'stop', 'move'] as const;
export const REPARTITION_POLICIES = ['on-demand', 'periodic', 'defragment'] as const;

/** How the cards of some hosts are cut anew while jobs run on them. Times are whole microseconds. */
export type Repartition =
  | {
      readonly kind: 'on-demand';
      readonly hosts: readonly string[];
      readonly creation: 'driver' | 'look-ahead';
    }
  | {
      readonly kind: 'periodic';
      readonly hosts: readonly string[];
      readonly everyUs: number | null;
      readonly atUnserved: boolean;
      readonly atChange: boolean;
      readonly gapUs: number;
      readonly running: (typeof RUNNING_RULES)[number];
      readonly migratePath: string | null;
      readonly patienceUs: number | null;
      readonly runningWeight: number;
      readonly horizonUs: number;
      readonly creation: 'any-start' | 'driver-default';
    }
  | {
      readonly kind: 'defragment';
      readonly hosts: readonly string[];
      readonly creation: 'driver' | 'look-ahead';
      readonly everyUs: number | null;
      readonly atUnserved: boolean;
      readonly gapUs: number;
      readonly gainPerCost: number;
      readonly maxMoves: 1 | 2;
      readonly horizonUs: number;
      readonly migratePath: string | null;
    };
