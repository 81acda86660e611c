import { expect, test } from 'vitest';
import { activeIn, FrameCompositions, FrameDomain } from '../../sim/engine/frame-states.ts';

/** A domain whose tenants are all of classes of their own. */
function domainOf(tenants: number) {
  const compositions = new FrameCompositions();
  const domain = new FrameDomain(compositions, 'rules', { rules: null, limiterFps: null }, [], []);
  for (let member = 0; member < tenants; member++) {
    const ringClass = {
      kind: 'frames' as const,
      gpuMs: { kind: 'constant' as const, value: 1 },
      speed: 1,
      kernelMs: 0,
      cpuMs: 0,
      targetFps: 30,
      limiterFps: null,
      encodeMs: 0,
      networkMs: 0,
      displayMs: 0,
      deadlineMs: 50,
    };
    domain.join(0, member, `class-${String(member).padStart(2, '0')}`, ringClass, member);
  }
  return { compositions, domain };
}

test.each([2, 12, 32])('Times of states are kept for %i classes, few of whose states occur', (tenants) => {
  const { compositions, domain } = domainOf(tenants);
  domain.setActive(1e6, 0, true);
  domain.setActive(3e6, tenants - 1, true);
  domain.setActive(6e6, 0, false);
  domain.settle(10e6);
  const found = new Map<string, number>();
  for (const composition of compositions.all) {
    composition.times.forEach((state, seconds) => {
      const active = activeIn(composition, state).flatMap((count, c) =>
        count > 0 ? [composition.groups[c]] : [],
      );
      found.set(active.join(), seconds);
    });
  }
  expect(Object.fromEntries(found)).toEqual({
    '': 1,
    0: 2,
    [`0,${tenants - 1}`]: 3,
    [String(tenants - 1)]: 4,
  });
});
