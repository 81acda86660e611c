import { scaledQuantity } from './scaled.ts';

/** Share of one GPU (compute and memory alike) in whole thousandths: `0.5`, `"0.5GPU"`, `"50%"` and `"500m"` are equal. */
export const gpuShareQuantity = scaledQuantity({
  accepts: 'a share of one GPU such as 0.5, "0.5GPU", "50%" or "500m"',
  range: 'a share of one GPU from 0 to 1GPU',
  min: 0,
  max: 1000,
  units: { '': [1000, 1], GPU: [1000, 1], '%': [10, 1], m: [1, 1] },
  base: 'thousandths of a GPU (0.001GPU)',
  examples: ['0.5GPU', '50%', 0.5, '500m'],
  write: (gpuMilli) => `${gpuMilli}m`,
});
