import { alertsSection } from './alerts.ts';
import { assumptionsSection } from './assumptions.ts';
import { costSection } from './cost.ts';
import { explanationsSection } from './explanations.ts';
import { fleetSection } from './fleet.ts';
import { licencesSection } from './licences.ts';
import { methodSection } from './method.ts';
import { notesSection } from './notes.ts';
import { occupancySection } from './occupancy.ts';
import { overTimeSection } from './over-time.ts';
import { questionSection } from './question.ts';
import { reproduceSection } from './reproduce.ts';
import { resultsSection } from './results.ts';
import type { SectionKind } from './section.ts';
import { servicesSection } from './services.ts';
import { uncertaintySection } from './uncertainty.ts';
import { waitsSection } from './waits.ts';
import { waterfallSection } from './waterfall.ts';
import { workloadSection } from './workload.ts';

/** All sections, in the order of the report. */
export const REPORT_SECTIONS: readonly SectionKind[] = [
  questionSection,
  fleetSection,
  workloadSection,
  resultsSection,
  waterfallSection,
  overTimeSection,
  waitsSection,
  occupancySection,
  servicesSection,
  costSection,
  licencesSection,
  alertsSection,
  explanationsSection,
  assumptionsSection,
  uncertaintySection,
  methodSection,
  reproduceSection,
  notesSection,
];
