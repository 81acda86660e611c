import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Scenario } from '../../sim/index.ts';
import { PairScan } from '../../viz/replay/divergence.ts';
import { accountOf } from '../../viz/replay/divergence-account.ts';
import { differenceUs } from '../../viz/replay/divergence-waits.ts';
import type { Pair } from '../../viz/replay/pair.ts';
import { lives } from '../property/life-scenarios.ts';
import { sharedScenarios } from '../property/shared-scenarios.ts';
import { runWithReplay, segmentsOf } from '../replay/run-with-replay.ts';
import { normalized } from '../scenario/problems-of.ts';
import { sourceOf } from './replay-slices.ts';

/** One event of a job, as plain text. */
interface Told {
  readonly atUs: number;
  readonly kind: string;
  readonly number: number;
  readonly name: string;
  readonly arrivalUs: number;
  /** Of a decision: what and where; the same for the same. */
  readonly decision: string | undefined;
}

/** All events of jobs in a file, one list. */
function allEvents(file: Uint8Array): readonly Told[] {
  const told: Told[] = [];
  for (const segment of segmentsOf(file)) {
    const cursor = segment.open();
    for (let event = cursor.step(); event !== undefined; event = cursor.step()) {
      const { kind, atUs, job, parts, phase } = event;
      if (job === undefined) continue;
      const places = (parts ?? []).map(({ host, gpus, grant }) =>
        JSON.stringify([
          cursor.state.hosts[host]?.name,
          gpus,
          // A slot without a place of its own is told by its label.
          grant.map(({ label, start, size }) => (start < 0 ? [label] : [label, start, size])),
        ]),
      );
      const decision =
        kind === 'placed' || kind === 'moved'
          ? `${kind} ${places.sort().join()}`
          : kind === 'preempted' || kind === 'rejected'
            ? kind
            : kind === 'halted' && phase === 'saving'
              ? 'told'
              : undefined;
      told.push({ atUs, kind, number: job.number, name: job.name, arrivalUs: job.arrivalUs, decision });
    }
  }
  return told;
}

interface SlowJob {
  readonly key: string;
  readonly number: number;
  readonly events: readonly Told[];
}

/** Jobs by name, arrival and which of several alike. */
function jobsOf(events: readonly Told[]): readonly SlowJob[] {
  const seen = new Map<string, number>();
  return events
    .filter(({ kind }) => kind === 'arrived')
    .map(({ name, arrivalUs, number }) => {
      const alike = JSON.stringify([name, arrivalUs]);
      const before = seen.get(alike) ?? 0;
      seen.set(alike, before + 1);
      return { key: `${alike} ${before}`, number, events: events.filter((each) => each.number === number) };
    });
}

/** The same as the scan finds, from two full lists, job by job. */
function bruteForce(files: Pair<Uint8Array>, endsUs: Pair<number>) {
  const [first, second] = files.map((file) => jobsOf(allEvents(file))) as [SlowJob[], SlowJob[]];
  const found: { key: string; atUs: number; did: Pair<readonly string[]> }[] = [];
  const waits: { key: string; waitUs: Pair<number> }[] = [];
  let paired = 0;
  let differences = 0;
  for (const one of first) {
    const other = second.find(({ key }) => key === one.key);
    if (other === undefined) continue;
    paired += 1;
    const at = ({ events }: SlowJob, atUs: number) =>
      events.flatMap((each) => (each.atUs === atUs && each.decision !== undefined ? [each.decision] : []));
    const times = [...new Set([...one.events, ...other.events].map(({ atUs }) => atUs))].sort(
      (a, b) => a - b,
    );
    const differing = times.filter(
      (atUs) => JSON.stringify(at(one, atUs)) !== JSON.stringify(at(other, atUs)),
    );
    differences += differing.length;
    const firstUs = differing[0];
    if (firstUs !== undefined)
      found.push({ key: one.key, atUs: firstUs, did: [at(one, firstUs), at(other, firstUs)] });
    const waitOf = ({ events }: SlowJob, endUs: number) => {
      const placed = events.find(({ kind }) => kind === 'placed');
      const [{ arrivalUs }] = events as [Told];
      if (placed !== undefined) return { us: placed.atUs - arrivalUs, isOpen: false };
      if (events.some(({ kind }) => kind === 'rejected' || kind === 'failed')) return undefined;
      return { us: endUs - arrivalUs, isOpen: true };
    };
    const [a, b] = [waitOf(one, endsUs[0]), waitOf(other, endsUs[1])];
    if (a === undefined || b === undefined) continue;
    if (a.isOpen && b.isOpen) continue;
    waits.push({ key: one.key, waitUs: [a.us, b.us] });
  }
  return { found, waits, paired, differences, unpaired: [first.length - paired, second.length - paired] };
}

function endOf(file: Uint8Array): number {
  return segmentsOf(file).at(-1)?.lastUs ?? 0;
}

async function expectSame(scenario: Scenario, other: Scenario, eventsEach: number): Promise<PairScan> {
  const files = [runWithReplay(scenario, []).file, runWithReplay(other, []).file] as const;
  const endsUs = [endOf(files[0]), endOf(files[1])] as const;
  const scan = new PairScan([sourceOf(files[0], eventsEach), sourceOf(files[1], eventsEach)], endsUs);
  await scan.run();
  expect(scan.isWhole).toBe(true);
  const slow = bruteForce(files, endsUs);
  expect([scan.pairedJobs, ...scan.unpaired]).toEqual([slow.paired, ...slow.unpaired]);
  expect([scan.divergedJobs, scan.differences]).toEqual([slow.found.length, slow.differences]);
  const numbers = jobsOf(allEvents(files[0]));
  const plain = scan.divergences.map(({ atUs, job, did }) => ({
    atUs,
    number: job.numbers[0],
    counts: did.map(({ length }) => length),
  }));
  const times = plain.map(({ atUs }) => atUs);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  const byNumber = (a: { number: number }, b: { number: number }) => a.number - b.number;
  expect([...plain].sort(byNumber)).toEqual(
    slow.found
      .map(({ key, atUs, did }) => ({
        atUs,
        number: numbers.find((each) => each.key === key)?.number ?? -1,
        counts: did.map(({ length }) => length),
      }))
      .sort(byNumber)
      .slice(0, plain.length),
  );
  const differing = slow.waits.map(({ waitUs: [a, b] }) => b - a);
  const longer = differing.filter((us) => us > 0).sort((a, b) => b - a);
  const shorter = differing.filter((us) => us < 0).sort((a, b) => a - b);
  expect(scan.waits.longer.map(differenceUs)).toEqual(longer.slice(0, 50));
  expect(scan.waits.shorter.map(differenceUs)).toEqual(shorter.slice(0, 50));
  expect([scan.waits.longerCount, scan.waits.shorterCount]).toEqual([longer.length, shorter.length]);
  return scan;
}

describe('what two runs did differently is what two full lists of their events say', () => {
  const otherPolicy = fc.record({
    placement: fc.constantFrom('first-fit', 'best-fit', 'worst-fit', 'random', 'gpu-packing' as const),
    queueing: fc.constantFrom('fifo', 'fifo', 'srtf', 'priority' as const),
  });
  const eventsEach = fc.constantFrom(3, 17, Number.POSITIVE_INFINITY);

  test('on random fleets with faults, preemption, pools and elasticity, under two policies', async () => {
    let diverged = 0;
    await fc.assert(
      fc.asyncProperty(lives, otherPolicy, eventsEach, async (document, { placement }, each) => {
        const { scenario } = normalized(document);
        const other = { ...scenario, policy: { ...scenario.policy, placement, tieBreak: 'index' } };
        const scan = await expectSame(scenario, other as Scenario, each);
        diverged += scan.divergedJobs;
      }),
      { numRuns: 15 },
    );
    expect(diverged).toBeGreaterThan(0);
  });

  test('on random fleets of shared cards with services, sessions and moves, under two policies', async () => {
    let diverged = 0;
    await fc.assert(
      fc.asyncProperty(
        sharedScenarios({ services: 'any', sessions: true, changes: 'any' }),
        otherPolicy,
        eventsEach,
        async (scenario, policy, each) => {
          const other = { ...scenario, policy: { ...scenario.policy, ...policy } } as Scenario;
          diverged += (await expectSame(scenario, other, each)).divergedJobs;
        },
      ),
      { numRuns: 8 },
    );
    expect(diverged).toBeGreaterThan(0);
  });

  test('a run and itself never part', async () => {
    await fc.assert(
      fc.asyncProperty(lives, async (document) => {
        const { scenario } = normalized(document);
        const scan = await expectSame(scenario, scenario, 5);
        expect([scan.divergedJobs, scan.unpaired, scan.waits.longerCount]).toEqual([0, [0, 0], 0]);
      }),
      { numRuns: 5 },
    );
  });

  test('a scan that is told to stop says how far it came', async () => {
    const document = parse(readFileSync('scenarios/catalog/preemptive-priority.yaml', 'utf8'));
    const { file } = runWithReplay(normalized(document).scenario, []);
    const endUs = endOf(file);
    let asked = 0;
    const scan = new PairScan([sourceOf(file), sourceOf(file)], [endUs, endUs], () => {
      asked += 1;
      return Promise.resolve(asked < 12);
    });
    await scan.run();
    expect(asked).toBe(12);
    expect(scan.isWhole).toBe(false);
    expect(scan.reachedUs).toBeGreaterThan(0);
    expect(scan.reachedUs).toBeLessThan(endUs);
    expect(scan.divergedJobs).toBe(0);
  });
});

test('accounts tell what each run did, where the job was before, and what was free', async () => {
  await fc.assert(
    fc.asyncProperty(lives, fc.constantFrom(3, 17, Number.POSITIVE_INFINITY), async (document, each) => {
      const { scenario } = normalized(document);
      const { file } = runWithReplay(scenario, []);
      const source = sourceOf(file, each);
      const events = allEvents(file);
      for (const { atUs, number } of events.filter(({ decision }) => decision !== undefined).slice(0, 12)) {
        const account = await accountOf(source, number, atUs);
        const there = events.filter((told) => told.atUs === atUs && told.decision !== undefined);
        const own = there.filter((told) => told.number === number);
        expect(account.did.map((did) => did.split(' ')[0])).toEqual(
          own.map(({ decision }) => (decision === 'preempted' ? 'stopped' : decision?.split(' ')[0])),
        );
        expect(account.otherCount).toBe(there.length - own.length);
        // What it then got was free before, so that a placed job found a host that would do.
        const first = own[0]?.decision ?? '';
        if (first.startsWith('placed')) {
          expect(account.job?.phase).toBe('waiting');
          expect(account.free.hostsThatDo).toBeGreaterThan(0);
        }
        if (first === 'preempted' || first === 'told') expect(account.job?.phase).not.toBe('waiting');
      }
    }),
    { numRuns: 6 },
  );
});
