import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import {
  isParvaFolder,
  readAllProfiles,
  readDeployments,
} from '../../../bench/validation/parvagpu/deployment.ts';
import { planned, statedBound } from '../../../bench/validation/plan/planned.ts';
import { loadSolver } from '../../../cli/load-solver.ts';

const folder = resolve('../shared/traces/parvagpu');
const PUBLISHED: Readonly<Record<string, number>> = { SLO1: 2, SLO2: 3, SLO4: 7, SLO5: 13 };

test('ParvaGPU scenarios take no more GPUs than published, proven to be the least, no fewer than the stated bound', async (context) => {
  if (!isParvaFolder(folder)) context.skip('no ../shared/traces/parvagpu');
  const solver = await loadSolver();
  const profiles = readAllProfiles(folder);
  for (const deployment of readDeployments(folder)) {
    const { name, objectives } = deployment;
    const plan = planned(deployment, profiles, solver, { headroom: 0, reading: 'full', seconds: 1 });
    expect(plan.isProven).toBe(true);
    expect(plan.boundCards).toBe(plan.cardCount);
    expect(plan.cardCount).toBeLessThanOrEqual(PUBLISHED[name] as number);
    expect(plan.cardCount).toBeGreaterThanOrEqual(Math.ceil(statedBound(deployment, profiles)));
    for (const [model, { requestsPerSec, latencySec }] of objectives) {
      const own = plan.sizes.filter((each) => each.service === model);
      let capacity = 0;
      for (const { profile, batch, concurrency, replicas } of own) {
        const { throughput } = profiles.get(model)!.get(`${profile[0]} ${batch} ${concurrency}`)!;
        expect(batch / throughput).toBeLessThanOrEqual(latencySec / 2 + 1e-6);
        capacity += throughput * concurrency * replicas;
      }
      // Times are written in whole microseconds.
      expect(capacity).toBeGreaterThanOrEqual(requestsPerSec * (1 - 1e-3));
    }
  }
});
