import type { PlanResult } from '../../../experiment/plan/index.ts';
import { name, type ReportDocument, type ReportSection } from '../../document/blocks.ts';
import { planAnswer } from './answer.ts';
import { planBill } from './bill.ts';
import { planBinding } from './binding.ts';
import { planFront } from './front.ts';
import { planGrowth } from './growth.ts';
import { planMethod } from './method.ts';
import { planRegret } from './regret.ts';
import { planRivals } from './rivals.ts';
import type { PlanSection } from './section.ts';

/** All sections of a plan, in the order of the report. */
const PLAN_SECTIONS: readonly PlanSection[] = [
  planAnswer,
  planBill,
  planBinding,
  planRivals,
  planFront,
  planGrowth,
  planRegret,
  planMethod,
];

/** The report of a plan. */
export function planDocument(result: PlanResult): ReportDocument {
  const sections = PLAN_SECTIONS.flatMap(({ id, title, build }): readonly ReportSection[] => {
    const blocks = build(result);
    return blocks.length === 0 ? [] : [{ id, title, blocks }];
  });
  return {
    title: ['Plan of ', name(result.name)],
    subtitle: ['Planned by Slicewise ', name(result.version)],
    sections,
  };
}
