import { describe, expect, test } from 'vitest';
import type { FleetView } from '../../sim/cluster/fleet.ts';
import type { TaskShape } from '../../sim/cluster/request.ts';
import { type GpuAsk, isRefusal, type Refusal, type Slot } from '../../sim/sharing/index.ts';
import { cardGround, cardSheets, tallyAnswers } from '../../viz/views/inspector/card-sheets.ts';
import { CardTwins, cardAnswers } from '../../viz/worker/desk/card-twins.ts';
import { TIMED_RUNS } from '../replay/catalogue.ts';
import { record } from './jobs-recording.ts';

/** Scenarios of each way to share a card, those in which cards are cut anew, and how many hours of them are run. */
const HOURS: Readonly<Record<string, number>> = {
  'mig-on-demand-h100': 4,
  'mig-inference-a100': 0.01,
  'mig-vgpu-a100': 4,
  'vgpu-mixed-l4': 9.5,
  'vgpu-office-a16': 9.2,
  'sriov-follow-demand': 11,
  'sriov-amd-v620': 4,
  'kubernetes-time-slicing': 4,
  'mps-inference-a100': 0.05,
  'hook-percent-caps': 0.2,
  'uvm-swap-notebooks': 11,
  'api-remoting-rdma': 0.02,
  'gvt-g-kiosks': 2,
  'paravirtual-desktops': 9.5,
  'rtx-3090-passthrough': 4,
  'edge-jetson-orin': 0.02,
};
const TIMES = 8;
const MOST_ASKS = 20;

/** What each card says to each ask that anybody has made so far, at some times of a run. */
type Said = {
  readonly atUs: number;
  readonly answers: readonly (readonly [gpu: number, ask: number, answer: unknown])[];
};

describe('a card that is made anew from a replay answers what the engine itself would', () => {
  const runs = TIMED_RUNS.flatMap((run) => {
    const { experiment } = run.scenario;
    const hours = HOURS[run.name];
    if (hours === undefined || experiment.kind !== 'timed') return [];
    const horizonUs = Math.round(hours * 3600e6) as typeof experiment.horizonUs;
    const own = { ...experiment, horizonUs, warmupUs: 0 as typeof experiment.warmupUs };
    return [{ ...run, scenario: { ...run.scenario, experiment: own }, horizonUs: hours * 3600e6 }];
  });
  test.each(runs.map((run) => [run.name, run] as const))('%s', (_name, run) => {
    const asks: GpuAsk[] = [];
    const said: Said[] = [];
    const times = Array.from({ length: TIMES }, (_, i) => Math.floor((run.horizonUs * (i + 0.9)) / TIMES));
    const look = (atUs: number, fleet: FleetView) => {
      const answers: Said['answers'][number][] = [];
      for (const [gpu, card] of fleet.cards.entries())
        for (const [a, ask] of asks.entries())
          if (card !== undefined) answers.push([gpu, a, card.admit(ask)]);
      said.push({ atUs, answers });
    };
    const { outline, segments } = record(run, times, look, () => [
      {
        arrived: (_at, { shapes }) => {
          for (const { ask } of shapes as readonly TaskShape[])
            if (ask !== undefined && asks.length < MOST_ASKS && !asks.includes(ask)) asks.push(ask);
        },
      },
    ]);
    const ground = cardGround(outline.header);
    const twins = new CardTwins(structuredClone(ground.fleet));
    let [taken, refused] = [0, 0];
    for (const { atUs, answers } of said) {
      const segment = segments.findLast(({ firstUs }, i) => i === 0 || firstUs <= atUs);
      const cursor = segment?.open();
      cursor?.advanceTo(atUs);
      if (cursor === undefined) throw new Error('no segment');
      const gpus = [...new Set(answers.map(([gpu]) => gpu))];
      // As a worker gets it.
      const cards = structuredClone(cardSheets(cursor.state, ground, gpus));
      const said = cardAnswers(structuredClone(ground.fleet), cards.sheets, structuredClone(asks));
      for (const [gpu, a, answer] of answers) {
        const [alone] = structuredClone(cardSheets(cursor.state, ground, [gpu]).sheets);
        const own = alone && twins.ask(alone, asks[a] as GpuAsk);
        expect(own?.says, `GPU ${gpu} at ${atUs}`).toEqual(answer);
        // Of cards that are alike one is asked for all: which tenant came first may be seen in labels, not in rules.
        const forAll = said[a]?.[cards.sheetOf.get(gpu) ?? -1]?.says;
        const rule = (each: unknown) => (each as Partial<Refusal> | undefined)?.refused;
        expect(rule(forAll)).toEqual(rule(answer));
        if (isRefusal(answer as never)) refused += 1;
        else taken += 1;
      }
      for (const [a, sayings] of said.entries()) {
        const own = answers.filter(([, ask]) => ask === a).map(([, , answer]) => answer as Slot | Refusal);
        // Nobody had made that ask yet.
        if (own.length === 0) continue;
        const tally = tallyAnswers(gpus, cards, sayings);
        expect(tally.taking).toBe(own.filter((each) => !isRefusal(each)).length);
        expect(tally.unknown).toBe(0);
        expect(tally.refusing.reduce((sum, [, count]) => sum + count, 0)).toBe(own.length - tally.taking);
      }
    }
    expect(taken + refused).toBeGreaterThan(0);
  });
});
