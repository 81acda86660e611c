import type { CostFormula, FacilityFigure, SizingFact } from '../prices/price.ts';

/** Figures of the building and the money: energy, colocation, amortisation. */
// biome-ignore format: one record per line
export const FACILITY: readonly FacilityFigure[] = [
  { id: 'pue', low: 1.1, typical: 1.56, high: 1.6, unit: 'ratio', source: 'uptime', confidence: 'documented', note: 'industry mean 1.58 (2023), 1.56 (2024), 1.55-1.59 since 2020; hyperscale 1.1-1.3; Equinix 1.42; AWS 1.135, Azure 1.185, Alibaba 1.3 in ccf' },
  { id: 'electricity-usd-kwh', low: 0.06, typical: 0.12, high: 0.25, unit: 'USD/kWh', source: 'yob', confidence: 'documented', note: 'US 0.06-0.12, EU about 0.25' },
  { id: 'colocation', low: 150, typical: 200, high: 250, unit: 'USD/kW/month', source: 'yob', confidence: 'documented' },
  { id: 'amortisation', low: 24, typical: 36, high: 60, unit: 'months', source: 'yob', confidence: 'documented', note: '24/36/48 compared; 60 for sovereign or licence terms' },
  { id: 'breakeven', low: 14, typical: 16, high: 18, unit: 'months', source: 'yob', confidence: 'documented', note: '8x H100 owned against cloud at high use' },
  { id: 'own-vs-rent-utilisation', low: 0.6, typical: 0.7, high: 0.8, unit: 'ratio', source: 'yob', confidence: 'documented', note: 'owning wins above about 70 % sustained' },
  { id: 'server-tco-3y-8xH100', low: 450000, typical: 550000, high: 650000, unit: 'USD', source: 'yob', confidence: 'documented' },
  { id: 'opencost-gpu-hour', low: null, typical: 0.95, high: null, unit: 'USD/h', source: 'opencost', confidence: 'documented', note: 'default custom price in OpenCost' },
  { id: 'idle-fraction-of-tdp', low: 0.08, typical: 0.12, high: 0.2, unit: 'ratio', source: 'derived from the power rows', confidence: 'derived' },
];

/** Formulas of cost work, in words. */
// biome-ignore format: one record per line
export const COST_FORMULAS: readonly CostFormula[] = [
  { id: 'F-power', formula: 'energyKwh = sum over GPUs of integral(idleW + (maxW - idleW) x utilisation) dt / 1000 ; facilityKwh = energyKwh x PUE', source: 'standard practice; linear model as in ccf', confidence: 'documented' },
  { id: 'F-owned-hour', formula: 'usdPerDeliveredGpuHour = (capex x (1 - residual) / months x 12 + annualOpex) / (gpus x 8760 x utilisation)', source: 'yob', confidence: 'documented' },
  { id: 'F-tco', formula: 'tco(T) = capex + sum over years(power + cooling through PUE + colocation + licences + support + staff) - residual', source: 'yob', confidence: 'documented' },
  { id: 'F-capex-year', formula: 'straight line: capex / months x 12; residual 0 to 35 % at 36 months', source: 'yob', confidence: 'documented' },
  { id: 'F-npv', formula: 'npv = -capex + sum_t(netBenefit_t / (1 + r)^t); payback = months until cumulative undiscounted benefit equals capex; roi = (sum benefit - sum cost) / sum cost', source: 'standard finance', confidence: 'documented' },
  { id: 'F-licence', formula: 'licences = max over time of concurrent holders (CCU), not named users; per-GPU editions: physical GPUs that carry C-series or MIG-backed vGPUs', source: 'pkg; lic16', confidence: 'documented' },
  { id: 'F-chargeback', formula: 'fee = rate x share x hours, share = frame-buffer fraction, MIG slices / 7, or busy-time fraction; article 3 uses cores', source: 'article 3; see the claims table', confidence: 'derived' },
  { id: 'F-consolidation', formula: 'serversAfter >= serversBefore x utilisationBefore / (utilisationAfter x efficiency of the mode)', source: 'derived', confidence: 'derived', note: '0.35 to 0.82 cannot go below 43 % of the hardware, before mode losses' },
];

/** Limits of hypervisors and what follows from licence counts. */
// biome-ignore format: one record per line
export const SIZING_FACTS: readonly SizingFact[] = [
  { fact: 'sizing limits: ESXi 64 hosts per cluster, 1024 VMs per host; AHV 32 nodes per cluster; 4 double-width or 6 single-width cards per server; Horizon 20,000 sessions per pod', source: 'adv', confidence: 'documented' },
  { fact: 'one vGPU VM per licence; user density per GPU is the type count, not a licence limit', source: 'derived', confidence: 'derived' },
  { fact: 'first year of subscription cost by 48 GiB GPU full of 2 GiB vGPUs (24): vPC 24 x 50 = 1,200 USD, vWS 24 x 250 = 6,000 USD; 24 GiB GPU of 1 GiB (24): same', source: 'derived from pkg and the vGPU table', confidence: 'derived' },
];

/** Prices and rules that no source in the copies read gives. */
// biome-ignore format: one record per line
export const PRICE_GAPS: readonly string[] = [
  'OrionX, Bitfusion prices',
  'prices of T4, A2, A10, A16 cards',
  'exact hour of the second unlicensed step',
  'Intel statement on licence-free SR-IOV',
  '5-year NVAIE price',
];
