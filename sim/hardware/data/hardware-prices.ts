import type { GpuPower, HardwarePrice } from '../prices/price.ts';

/** Purchase prices, USD. */
// biome-ignore format: one record per line
export const HARDWARE_PRICES: readonly HardwarePrice[] = [
  { gpu: 'A100 80GB PCIe', usd: 15000, asOf: 'about 2025', source: 'runpod', confidence: 'unverified', note: 'street price in a public data file; its power figure for L4 and L40S is wrong' },
  { gpu: 'A100 SXM4 80GB', usd: 16000, asOf: 'about 2025', source: 'runpod', confidence: 'unverified', note: 'street price in a public data file; its power figure for L4 and L40S is wrong' },
  { gpu: 'A40', usd: 4000, asOf: 'about 2025', source: 'runpod', confidence: 'unverified', note: 'street price in a public data file; its power figure for L4 and L40S is wrong' },
  { gpu: 'H100 SXM', usd: 28000, asOf: 'about 2025', source: 'runpod', confidence: 'unverified', note: 'street price in a public data file; its power figure for L4 and L40S is wrong' },
  { gpu: 'H100 NVL', usd: 29000, asOf: 'about 2025', source: 'runpod', confidence: 'unverified', note: 'street price in a public data file; its power figure for L4 and L40S is wrong' },
  { gpu: 'H100 PCIe', usd: 27000, asOf: 'about 2025', source: 'runpod', confidence: 'unverified', note: 'street price in a public data file; its power figure for L4 and L40S is wrong' },
  { gpu: 'H200', usd: 30000, asOf: 'about 2025', source: 'runpod', confidence: 'unverified', note: 'street price in a public data file; its power figure for L4 and L40S is wrong' },
  { gpu: 'L4', usd: 5000, asOf: 'about 2025', source: 'runpod', confidence: 'unverified', note: 'street price in a public data file; its power figure for L4 and L40S is wrong' },
  { gpu: 'L40', usd: 7000, asOf: 'about 2025', source: 'runpod', confidence: 'unverified', note: 'street price in a public data file; its power figure for L4 and L40S is wrong' },
  { gpu: 'L40S', usd: 8250, asOf: 'about 2025', source: 'runpod', confidence: 'unverified', note: 'street price in a public data file; its power figure for L4 and L40S is wrong' },
  { gpu: 'RTX 6000 Ada', usd: 7600, asOf: 'about 2025', source: 'runpod', confidence: 'unverified', note: 'street price in a public data file; its power figure for L4 and L40S is wrong' },
  { gpu: 'RTX A6000', usd: 2500, asOf: 'about 2025', source: 'runpod', confidence: 'unverified', note: 'street price in a public data file; its power figure for L4 and L40S is wrong' },
  { gpu: 'RTX A5000', usd: 1200, asOf: 'about 2025', source: 'runpod', confidence: 'unverified', note: 'street price in a public data file; its power figure for L4 and L40S is wrong' },
  { gpu: 'RTX 3090', usd: 2000, asOf: 'about 2025', source: 'runpod', confidence: 'unverified', note: 'street price in a public data file; its power figure for L4 and L40S is wrong' },
  { gpu: 'RTX 4090', usd: 4100, asOf: 'about 2025', source: 'runpod', confidence: 'unverified', note: 'street price in a public data file; its power figure for L4 and L40S is wrong' },
  { gpu: 'A100 80GB used', usdRange: [8000, 15000], asOf: '2026', source: 'last9', confidence: 'documented' },
  { gpu: 'H100', usdRange: [30000, 40000], asOf: '2025-2026', source: 'last9', confidence: 'documented' },
  { gpu: '8x H100 server', usdRange: [300000, 350000], asOf: '2025-2026', source: 'yob', confidence: 'documented', note: '10.2 kW max; residual 25-35 % at 36 months; network and racks +10-15 %' },
  { gpu: 'Arc Pro B50', usd: 350, asOf: '2025', source: 'hf', confidence: 'documented' },
  { gpu: 'Arc Pro B60', usd: 1200, asOf: '2025', source: 'hf', confidence: 'unverified', note: 'page lists 48 GB (dual card)' },
  { gpu: 'Arc Pro B70', usd: 949, asOf: '2026', source: 'hf', confidence: 'documented' },
  { gpu: 'T4, A2, A10, A16, L4 (server vendors)', usd: null, asOf: null, source: 'gen', confidence: 'unverified', note: 'no list price retrieved; take from a quote' },
];

/** Idle and maximum watts per GPU. */
// biome-ignore format: one record per line
export const GPU_POWER: readonly GpuPower[] = [
  { gpu: 'T4', idleW: 8, maxW: 71, source: 'ccf', confidence: 'documented', note: 'AWS-fleet constants: idle 8, max 71; PWR uses 10/70' },
  { gpu: 'T4', idleW: 10, maxW: 70, source: 'pwr', confidence: 'documented' },
  { gpu: 'A10', idleW: 30, maxW: 150, source: 'pwr', confidence: 'documented' },
  { gpu: 'A10G', idleW: 18, maxW: 153, source: 'ccf', confidence: 'documented' },
  { gpu: 'P100', idleW: 25, maxW: 250, source: 'pwr', confidence: 'documented', note: '36/306 in cloud-carbon-footprint' },
  { gpu: 'V100', idleW: 30, maxW: 300, source: 'pwr', confidence: 'documented', note: '35/306 in cloud-carbon-footprint' },
  { gpu: 'A100', idleW: 50, maxW: 400, source: 'pwr', confidence: 'documented', note: '46/407 in cloud-carbon-footprint' },
  { gpu: 'K80', idleW: 35, maxW: 306, source: 'ccf', confidence: 'documented' },
  { gpu: 'P4', idleW: 9, maxW: 76.5, source: 'ccf', confidence: 'documented' },
  { gpu: 'V520', idleW: 26, maxW: 229, source: 'ccf', confidence: 'documented' },
  { gpu: 'M60 (per GPU)', idleW: 23, maxW: 150, source: 'smi', confidence: 'measured', note: 'one GPU of the board; cloud-carbon-footprint gives 35/306 per board' },
  { gpu: 'P40', idleW: 18, maxW: 250, source: 'smi', confidence: 'measured' },
  { gpu: 'A40', idleW: 30, maxW: 300, source: 'runpod', confidence: 'unverified' },
  { gpu: 'H100', idleW: 60, maxW: 700, source: 'runpod', confidence: 'unverified' },
  { gpu: 'L40S', idleW: 30, maxW: 350, source: 'runpod', confidence: 'unverified', note: 'the file says 300 max; TDP is 350' },
  { gpu: 'RTX A6000', idleW: 28, maxW: 300, source: 'runpod', confidence: 'unverified' },
  { gpu: 'H200 dormant', idleW: 74, maxW: 700, source: 'idle', confidence: 'measured' },
  { gpu: 'any HBM GPU with an open CUDA context', idleW: null, idleAddsW: [26, 50], maxW: null, source: 'idle', confidence: 'measured', note: 'above bare idle; memory occupancy itself under 0.02 W/GB' },
  { gpu: 'L40S with an open CUDA context', idleW: null, idleAddsW: [66, 66], maxW: null, source: 'idle', confidence: 'measured' },
];
