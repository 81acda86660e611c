import { GPU_MILLI } from '../../cluster/request.ts';
import type { CardRoom } from './card-room.ts';

/** Ways to fill a GPU that are listed; where there are more, only limits are known. */
const MOST_LAYOUTS = 300;
/** How finely sizes are rounded in the limits that stand for the ways to fill a GPU. */
const MOST_STEPS = 20;

/**
 * What fits on a GPU that is shared by fraction.
 *
 * @param millis by ask: thousandths of the GPU, 1 to 1000; undefined: it does not go there
 */
export function fractionRoom(millis: readonly (number | undefined)[]): CardRoom {
  const sizes = [...new Set(millis.filter((milli) => milli !== undefined))].sort((a, b) => b - a);
  const layouts = fills(sizes);
  return {
    slots: sizes.map(() => undefined),
    mostMilli: sizes,
    kindsOf: millis.map((milli) => (milli === undefined ? [] : [sizes.indexOf(milli)])),
    layouts,
    limits: layouts === undefined ? roundedLimits(sizes) : [],
  };
}

/** All multisets of the sizes that nothing more fits beside; undefined where there are too many. Sizes descend. */
function fills(sizes: readonly number[]): readonly (readonly number[])[] | undefined {
  const found: (readonly number[])[] = [];
  const counts = new Array<number>(sizes.length).fill(0);
  const least = sizes.at(-1) ?? Number.POSITIVE_INFINITY;
  const fill = (i: number, left: number): boolean => {
    if (i === sizes.length) {
      // What leaves room for a size that came before has been found with that size.
      if (left < least) found.push([...counts]);
      return found.length <= MOST_LAYOUTS;
    }
    const size = sizes[i] as number;
    const most = Math.floor(left / size);
    for (let n = i === sizes.length - 1 ? most : 0; n <= most; n++) {
      counts[i] = n;
      if (!fill(i + 1, left - n * size)) return false;
    }
    counts[i] = 0;
    return true;
  };
  return fill(0, GPU_MILLI) ? found : undefined;
}

/**
 * Limits that every way to fill a GPU keeps to: sizes as they are, and sizes rounded in `m` steps by a function that never
 * makes what fits into 1 larger than 1.
 *
 * @see Fekete and Schepers, "New classes of fast lower bounds for bin packing problems", Mathematical Programming 91 (2001)
 */
function roundedLimits(sizes: readonly number[]): readonly (readonly number[])[] {
  const limits = [sizes.map((size) => size / GPU_MILLI)];
  for (let m = 1; m <= MOST_STEPS; m++) {
    limits.push(
      sizes.map((size) => {
        const steps = (m + 1) * size;
        return steps % GPU_MILLI === 0 ? size / GPU_MILLI : Math.floor(steps / GPU_MILLI) / m;
      }),
    );
  }
  return limits;
}
