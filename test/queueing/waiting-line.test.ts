import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { QueuedJob } from '../../sim/policies/queueing/discipline.ts';
import { WaitingLine } from '../../sim/policies/queueing/waiting-line.ts';

interface Waiting {
  readonly job: QueuedJob;
  readonly demand: number;
  readonly lane: number;
  readonly rank: number;
}

const act = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      demand: fc.nat(3),
      lane: fc.nat(2),
      rank: fc.nat(3),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('take' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('pass over' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), pick: fc.nat(1000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('begin' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('offer' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('order' as const), most: fc.nat(12) }) },
);

test.each([
  [false, 64],
  [true, 64],
  [false, 2],
  [true, 0],
])(
  'The waiting line offers what a plain list would; jobs ranked anew in each pass: %s, groups kept: %i',
  (isFluid, keptGroups) => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 80 }), (acts) => {
        const laneRanks = [1, 0, 1];
        let turn = 0;
        const known = new Map<QueuedJob, Waiting>();
        const rankNow = (each: Waiting) => (isFluid ? (each.rank + turn * (1 + each.demand)) % 5 : each.rank);
        const line = new WaitingLine(
          {
            isFluid,
            rank: (job) => rankNow(known.get(job) as Waiting),
            laneOf: (job) => (known.get(job) as Waiting).lane,
            laneRank: (lane) => laneRanks[lane] as number,
          },
          undefined,
          keptGroups,
        );
        let list: (Waiting & { readonly key: number })[] = [];
        let off = new Set<string>();
        const groupOf = ({ demand, lane }: Waiting) => `${demand}/${lane}`;
        const sorted = () =>
          [...list].sort(
            (a, b) =>
              (laneRanks[a.lane] as number) - (laneRanks[b.lane] as number) ||
              a.key - b.key ||
              a.job.job.number - b.job.job.number,
          );
        const best = () => sorted().find((each) => !off.has(groupOf(each)));
        let count = 0;
        const drop = (slot: number) => {
          line.remove(slot, 0);
          const gone = list.find(({ job }) => job.slot === slot) as Waiting;
          list = list.filter(({ job }) => job.slot !== slot);
          // A group that has emptied is a new one when it is back.
          if (!list.some((each) => groupOf(each) === groupOf(gone))) off.delete(groupOf(gone));
        };
        for (const each of acts) {
          if (each.kind === 'add') {
            const job = { slot: count, job: { number: count, demand: each.demand } } as unknown as QueuedJob;
            const waiting = { ...each, job };
            known.set(job, waiting);
            list.push({ ...waiting, key: rankNow(waiting) });
            line.add(job, 0);
            count += 1;
          } else if (each.kind === 'begin') {
            turn += 1;
            off = new Set();
            if (isFluid) list = list.map((other) => ({ ...other, key: rankNow(other) }));
            line.beginPass(0);
          } else if (each.kind === 'offer') {
            off = new Set();
            line.offerAll();
          } else if (each.kind === 'order') {
            expect(line.inOrder(0, each.most)).toEqual(
              sorted()
                .slice(0, each.most)
                .map(({ job }) => job),
            );
            expect(line.inOrder(0)).toEqual(sorted().map(({ job }) => job));
          } else if (each.kind === 'remove') {
            if (list.length > 0) drop((list[each.pick % list.length] as Waiting).job.slot);
          } else {
            const next = best();
            if (next === undefined) continue;
            if (each.kind === 'take') drop(next.job.slot);
            else {
              line.passOver(next.job.slot);
              off.add(groupOf(next));
            }
          }
          expect(line.next()).toBe(best()?.job);
          expect(line.size).toBe(list.length);
          expect(new Set(line.waiting())).toEqual(new Set(list.map(({ job }) => job)));
        }
      }),
      { numRuns: 400, seed: 41 },
    );
  },
);
