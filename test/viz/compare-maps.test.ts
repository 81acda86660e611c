import fc from 'fast-check';
import { assert, describe, expect, test } from 'vitest';
import { type FleetFacts, fleetFacts } from '../../viz/views/fleet/facts.ts';
import { linkedStanding, type PlaneWindow, type Standing } from '../../viz/views/fleet/linked-window.ts';
import { type LinkedMap, MapLink } from '../../viz/views/fleet/map-link.ts';
import { layPlane } from '../../viz/views/fleet/plane.ts';
import { sameGpu, sameHosts, sameSelection } from '../../viz/views/fleet/same-hosts.ts';
import { headerOf } from './fleet-made.ts';

/** A fleet of hosts with these names and numbers of GPUs. */
function fleetOf(hosts: readonly (readonly [name: string, gpus: number])[]): FleetFacts {
  const made = hosts.map(([, count]) => ({ pool: 0, gpus: [{ model: 'A', count }] }));
  const cards = Array.from({ length: hosts.reduce((sum, [, gpus]) => sum + gpus, 0) }, () => undefined);
  const header = headerOf(made, cards);
  const named = header.start.hosts.map((host, h) => ({ ...host, name: hosts[h]?.[0] ?? '' }));
  return fleetFacts({ ...header, start: { ...header.start, hosts: named } });
}

function windowOf(facts: FleetFacts, width: number, height: number): PlaneWindow {
  const plane = layPlane(facts, width / height);
  return { plane, width, height, fittedK: Math.min(width / plane.width, height / plane.height) };
}

/** Where a host's corner is in a window, CSS pixels. */
function cornerOf({ plane }: PlaneWindow, { x, y, k }: Standing, host: number): readonly [number, number] {
  return [x + (plane.hostX[host] as number) * k, y + (plane.hostY[host] as number) * k];
}

const fleets = fc
  .uniqueArray(fc.nat(40), { minLength: 1, maxLength: 25 })
  .map((numbers) => numbers.map((n) => [`host ${n}`, [1, 4, 8][n % 3] as number] as const));
const zooms = fc.record({
  times: fc.double({ min: 0.4, max: 30, noNaN: true }),
  x: fc.double({ min: 0, max: 1, noNaN: true }),
  y: fc.double({ min: 0, max: 1, noNaN: true }),
});

/** A window that stands with a point of the plane in its middle. */
function standing(
  { plane, width, height, fittedK }: PlaneWindow,
  { times, x, y }: { times: number; x: number; y: number },
): Standing {
  const k = fittedK * times;
  return { x: width / 2 - x * plane.width * k, y: height / 2 - y * plane.height * k, k };
}

describe('two maps that are zoomed together', () => {
  test('stand alike where the fleets are alike', () => {
    fc.assert(
      fc.property(fleets, zooms, (hosts, zoom) => {
        const facts = fleetOf(hosts);
        const own = windowOf(facts, 800, 400);
        const at = standing(own, zoom);
        const led = linkedStanding(
          { ...own, ...at },
          windowOf(fleetOf(hosts), 800, 400),
          sameHosts(facts, fleetOf(hosts)),
        );
        for (const key of ['x', 'y', 'k'] as const)
          assert.approximately(led[key], at[key], 1e-6 * Math.max(1, Math.abs(at[key])));
      }),
    );
  });

  test('have the host that is nearest to the middle at the same place and as large, where both fleets have it', () => {
    let compared = 0;
    fc.assert(
      fc.property(fleets, fleets, zooms, (hosts, others, zoom) => {
        const [a, b] = [fleetOf(hosts), fleetOf(others)];
        const [own, other] = [windowOf(a, 900, 500), windowOf(b, 700, 500)];
        const k = 4 * Math.max(own.fittedK, other.fittedK) * (1 + zoom.times);
        const at = standing(own, { ...zoom, times: k / own.fittedK });
        const led = linkedStanding({ ...own, ...at }, other, sameHosts(a, b));
        assert.approximately(led.k, at.k, 1e-9 * at.k);
        // By names and corners alone: which shared host is nearest to the middle.
        const middles = hosts.flatMap(([name, gpus], host) => {
          const twin = others.findIndex(([each]) => each === name);
          if (twin < 0) return [];
          const [left, top] = cornerOf(own, at, host);
          const group = own.plane.groups[own.plane.groupOfHost[host] as number];
          const [width, height] = [(group?.hostWidth ?? 0) * k, (group?.hostHeight ?? 0) * k];
          const isSeen = left < 900 && top < 500 && left + width > 0 && top + height > 0;
          return [
            { host, twin, gpus, isSeen, far: Math.hypot(left + width / 2 - 450, top + height / 2 - 250) },
          ];
        });
        middles.sort((one, two) => one.far - two.far);
        const [nearest, next] = middles;
        if (nearest === undefined || !nearest.isSeen || (next !== undefined && next.far - nearest.far < 1e-6))
          return;
        compared += 1;
        // The windows differ in width: as far from the middle of each.
        const [one, two] = [cornerOf(own, at, nearest.host), cornerOf(other, led, nearest.twin)];
        assert.approximately(one[0] - 450, two[0] - 350, 1e-6 * k);
        assert.approximately(one[1] - 250, two[1] - 250, 1e-6 * k);
      }),
      // Few windows so near show a host that both fleets have.
      { numRuns: 1500 },
    );
    expect(compared).toBeGreaterThan(5);
  });

  test('both show all of the fleet where one does, and going nearer never makes the other go away', () => {
    fc.assert(
      fc.property(fleets, fleets, zooms, zooms, (hosts, others, zoom, { times }) => {
        const [a, b] = [fleetOf(hosts), fleetOf(others)];
        const [own, other] = [windowOf(a, 800, 400), windowOf(b, 800, 400)];
        const led = (by: number) =>
          linkedStanding({ ...own, ...standing(own, { ...zoom, times: by }) }, other, sameHosts(a, b)).k;
        assert.approximately(led(1), other.fittedK, 1e-9 * other.fittedK);
        const [near, far] = [Math.max(times, zoom.times), Math.min(times, zoom.times)];
        assert.isAtLeast(led(near) * (1 + 1e-12), led(far));
      }),
    );
  });

  test('show the same part of the plane where the fleets have no host in common', () => {
    const [a, b] = [fleetOf([['a', 8]]), fleetOf([['b', 8]])];
    const [own, other] = [windowOf(a, 600, 600), windowOf(b, 600, 600)];
    const at = standing(own, { times: 6, x: 0.3, y: 0.8 });
    expect(linkedStanding({ ...own, ...at }, other, sameHosts(a, b))).toEqual(at);
  });
});

class FakeMap implements LinkedMap {
  readonly facts: FleetFacts;
  window: PlaneWindow & Standing;
  isFitted = true;
  constructor(facts: FleetFacts) {
    this.facts = facts;
    const own = windowOf(facts, 400, 300);
    this.window = { ...own, ...standing(own, { times: 1, x: 0.5, y: 0.5 }) };
  }
  follow(to: Standing, isFitted: boolean): void {
    this.window = { ...this.window, ...to };
    this.isFitted = isFitted;
  }
  zoom(times: number): void {
    this.isFitted = false;
    this.window = { ...this.window, ...standing(this.window, { times, x: 0.5, y: 0.5 }) };
  }
}

test('a link leads the other map while it is on, and catches up when it is turned on again', () => {
  const facts = fleetOf([
    ['a', 8],
    ['b', 8],
  ]);
  const [one, two] = [new FakeMap(facts), new FakeMap(facts)];
  const link = new MapLink();
  link.join(one);
  const leave = link.join(two);
  one.zoom(5);
  link.moved(one);
  expect(two.window.k).toBeCloseTo(one.window.k, 9);
  expect(two.isFitted).toBe(false);
  link.isOn = false;
  two.zoom(9);
  link.moved(two);
  expect(one.window.k).not.toBeCloseTo(two.window.k, 3);
  link.isOn = true;
  expect(one.window.k).toBeCloseTo(two.window.k, 9);
  leave();
  one.zoom(2);
  link.moved(one);
  expect(two.window.k).not.toBeCloseTo(one.window.k, 3);
});

test('hosts and GPUs are found in another fleet by name and index', () => {
  fc.assert(
    fc.property(fleets, fleets, (hosts, others) => {
      const [a, b] = [fleetOf(hosts), fleetOf(others)];
      const same = sameHosts(a, b);
      for (let gpu = 0; gpu < a.gpuCount; gpu++) {
        const host = a.hostOfGpu[gpu] as number;
        const other = sameGpu(a, b, same, gpu);
        const twin = others.findIndex(([name]) => name === hosts[host]?.[0]);
        expect(other >= 0).toBe(twin >= 0);
        const seen = sameSelection(a, b, same, { kind: 'gpu', gpu });
        expect(seen).toEqual(twin < 0 ? { kind: 'none' } : { kind: 'gpu', gpu: other });
        if (other < 0) continue;
        expect(b.hostNames[b.hostOfGpu[other] as number]).toBe(a.hostNames[host]);
        expect(other - (b.gpuStart[twin] as number)).toBe(gpu - (a.gpuStart[host] as number));
      }
    }),
  );
  const [small, large] = [fleetOf([['a', 2]]), fleetOf([['a', 8]])];
  expect(sameGpu(large, small, sameHosts(large, small), 5)).toBe(-1);
});
