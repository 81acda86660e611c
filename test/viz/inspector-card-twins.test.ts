import { describe, expect, test } from 'vitest';
import type { FleetView } from '../../sim/cluster/fleet.ts';
import type { TaskShape } from '../../sim/cluster/request.ts';
import { type GpuAsk, isRefusal } from '../../sim/sharing/index.ts';
import { CardTwins } from '../../viz/views/inspector/card-twins.ts';
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
    const twins = new CardTwins(outline.header);
    let [taken, refused] = [0, 0];
    for (const { atUs, answers } of said) {
      const segment = segments.findLast(({ firstUs }, i) => i === 0 || firstUs <= atUs);
      const cursor = segment?.open();
      cursor?.advanceTo(atUs);
      for (const [gpu, a, answer] of answers) {
        const own = cursor && twins.admit(cursor.state, gpu, asks[a] as GpuAsk);
        expect(own, `GPU ${gpu} at ${atUs}`).toEqual(answer);
        if (isRefusal(answer as never)) refused += 1;
        else taken += 1;
      }
    }
    expect(taken + refused).toBeGreaterThan(0);
  });
});
