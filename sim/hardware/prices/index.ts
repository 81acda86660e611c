/** Licences, prices, watts and facility figures, each with its date and source. */
export { CLOUD_PRICES } from '../data/cloud-prices.ts';
export { COST_FORMULAS, FACILITY, PRICE_GAPS, SIZING_FACTS } from '../data/facility.ts';
export { GPU_POWER, HARDWARE_PRICES } from '../data/hardware-prices.ts';
export { LICENCE_RULES, LICENCES, UNLICENSED_PHASES } from '../data/licences.ts';
export { PRICE_SOURCES } from '../data/price-sources.ts';
export { CURRENCIES, minorDigits } from './currencies.ts';
export {
  cited,
  type FigureKind,
  figureNames,
  PRICE_FIGURES,
  type PriceFigure,
  powerOfGpu,
  priceFigure,
} from './figures.ts';
export type {
  CloudPrice,
  CostFormula,
  FacilityFigure,
  GpuPower,
  HardwarePrice,
  Licence,
  LicenceRule,
  SizingFact,
  UnlicensedPhase,
} from './price.ts';
