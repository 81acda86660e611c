import { describe, expect, test } from 'vitest';
import { PALETTE } from '../../sim/report/charts/palette.ts';

type Triple = readonly [number, number, number];

const PAGE = { light: '#ffffff', dark: '#14171a' } as const;

/** How colours look without one kind of cones, in linear RGB. Machado et al., IEEE TVCG 15(6), 2009, severity 1.0. */
const VISIONS: Readonly<Record<string, readonly Triple[]>> = {
  'all cones': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function linear(colour: string): Triple {
  const part = (at: number) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [part(1), part(3), part(5)];
}

const dot = (row: Triple, [r, g, b]: Triple) => row[0] * r + row[1] * g + row[2] * b;

/** Ottosson, A perceptual color space for image processing (2020). */
function oklab(rgb: Triple): Triple {
  const cones: Triple = [
    Math.cbrt(dot([0.4122214708, 0.5363325363, 0.0514459929], rgb)),
    Math.cbrt(dot([0.2119034982, 0.6806995451, 0.1073969566], rgb)),
    Math.cbrt(dot([0.0883024619, 0.2817188376, 0.6299787005], rgb)),
  ];
  return [
    dot([0.2104542553, 0.793617785, -0.0040720468], cones),
    dot([1.9779984951, -2.428592205, 0.4505937099], cones),
    dot([0.0259040371, 0.7827717662, -0.808675766], cones),
  ];
}

function seen(colour: string, vision: readonly Triple[]): Triple {
  const rgb = linear(colour);
  const [r = 0, g = 0, b = 0] = vision.map((row) => Math.min(1, Math.max(0, dot(row, rgb))));
  return oklab([r, g, b]);
}

const luminance = (colour: string) => dot([0.2126, 0.7152, 0.0722], linear(colour));

describe.each(['light', 'dark'] as const)('colours of charts on a %s page', (theme) => {
  test.each(Object.entries(VISIONS))('any two can be told apart with %s', (_, vision) => {
    const all = PALETTE[theme].map((colour) => seen(colour, vision));
    const alike = all.flatMap((a, i) =>
      all.slice(0, i).flatMap((b, j) => {
        const distance = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
        return distance >= 0.1 ? [] : [`${j} and ${i}: ${distance}`];
      }),
    );
    expect(alike).toEqual([]);
  });

  test('each stands out from the page by 3 to 1', () => {
    for (const colour of PALETTE[theme]) {
      const [low = 0, high = 0] = [luminance(colour), luminance(PAGE[theme])].sort((a, b) => a - b);
      expect((high + 0.05) / (low + 0.05)).toBeGreaterThanOrEqual(3);
    }
  });
});
