import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { normalizeScenario, replicate } from '../sim/index.ts';

/**
 * Time of a long run with very many changes of activity: 200 desktops on 10 cards for 30 days, each changing between
 * work and pause every 10 s, which is 52 million changes that each re-time 20 residents; and how the cost of a change
 * grows with the residents of a card. `node bench/run.mjs sessions [DAYS]`.
 */

const DAYS = Number(process.argv[2] ?? 30);

/** Desktops with one vGPU each, `perCard` on each card. */
const document = (cards: number, perCard: number, days: number) => ({
  apiVersion: 'slicewise/v1',
  name: 'desktops',
  fleet: {
    hosts: [
      {
        name: 'vdi',
        count: cards,
        cpu: 256,
        memory: '2TiB',
        gpus: { model: 'L40S', count: 1 },
        sharing: { mode: 'vgpu' },
      },
    ],
  },
  workload: {
    sessions: [
      {
        name: 'desktop',
        users: cards * perCard,
        cpu: 2,
        memory: '4GiB',
        gpus: 1,
        slot: { profile: 'L40S-1B' },
        use: { workload: 'desktop', busy: 0.15, compute: 0.1, bandwidth: 0.05, memory: '500MiB' },
        logon: 'always',
        activity: { on: { kind: 'exponential', mean: '10s' }, off: { kind: 'exponential', mean: '10s' } },
      },
    ],
  },
  experiment: { kind: 'timed', horizon: `${days}d` },
});

function measure(cards: number, perCard: number, days: number) {
  const checked = normalizeScenario(document(cards, perCard, days));
  if (!checked.ok) throw new Error(checked.problems.map((p) => `${p.path}: ${p.message}`).join('\n'));
  const cpuBefore = process.cpuUsage();
  const before = performance.now();
  const run = replicate(checked.scenario, {}, 1);
  const wallSec = (performance.now() - before) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  const events = run.readings.find(([name]) => name === 'events')?.[1].value ?? 0;
  return { wallSec, cpuSec: (cpu.user + cpu.system) / 1e6, events };
}

measure(10, 20, 0.2);
const whole = measure(10, 20, DAYS);
const lines = [5, 10, 20, 32].map((perCard) => {
  const { cpuSec, events } = measure(4, perCard, 1);
  return `| ${perCard} | ${((1e9 * cpuSec) / events).toFixed(0)} |`;
});
const date = new Date().toISOString().slice(0, 10);
const text = `# Session benchmark: changes of activity on shared cards

${date}, ${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, load ${(loadavg()[0] ?? 0).toFixed(1)}, Node ${process.version}.

200 desktops on 10 cards, ${DAYS} days, a change of activity every 10 s each: ${whole.events.toLocaleString('en')} events in
${whole.wallSec.toFixed(1)} s (${whole.cpuSec.toFixed(1)} s of processor time), ${(whole.events / whole.cpuSec / 1e6).toFixed(2)} million a second.

| residents of a card | processor time of a change, ns |
| ---: | ---: |
${lines.join('\n')}
`;
console.log(text);
mkdirSync('bench/results', { recursive: true });
writeFileSync(`bench/results/sessions-${date}.md`, text);
