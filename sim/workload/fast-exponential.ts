import { exp, log } from '../kernel/math.ts';
import type { RandomStream } from '../kernel/random.ts';

const LAYERS = 256;
/** Where the tail begins, and the area of each layer, for 256 layers (Marsaglia and Tsang, table 1). */
const TAIL = 7.69711747013105;
const AREA = 0.003949659822581557;

/** Right ends of the layers from the widest, which stands for the tail too, to the top; the density there. */
const ENDS = new Float64Array(LAYERS + 1);
const DENSITIES = new Float64Array(LAYERS + 1);
ENDS[0] = AREA / exp(-TAIL);
for (let i = 1; i < LAYERS; i++) {
  const before = ENDS[i - 1] as number;
  ENDS[i] = i === 1 ? TAIL : -log(AREA / before + exp(-before));
}
for (let i = 0; i <= LAYERS; i++) DENSITIES[i] = exp(-(ENDS[i] as number));

/**
 * An exponential variate of mean 1, three times as fast as by its quantile: 99 of 100 take one uniform number, a
 * multiplication and a comparison. For where there are tens of millions of them; elsewhere the `exponential`
 * distribution is better, whose variates rise with the numbers they are made of.
 *
 * Layer and place within it come from different bits of one 53-bit number, so they are independent.
 *
 * @see Marsaglia and Tsang, "The ziggurat method for generating random variables", Journal of Statistical Software 5
 *   (2000); Doornik, "An improved ziggurat method to generate normal random samples" (2005), for the bits
 */
export function fastExponential(stream: RandomStream): number {
  for (;;) {
    const scaled = stream.next() * LAYERS;
    const layer = scaled | 0;
    const x = (scaled - layer) * (ENDS[layer] as number);
    if (x < (ENDS[layer + 1] as number)) return x;
    if (layer === 0) return TAIL - log(stream.nextOpen());
    const low = DENSITIES[layer] as number;
    if (low + stream.next() * ((DENSITIES[layer + 1] as number) - low) < exp(-x)) return x;
  }
}
