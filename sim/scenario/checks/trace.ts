import { type Finding, quoteValue } from '../problem.ts';
import { secondsFrom } from '../resolve/distribution.ts';
import type { TraceDocument } from '../schema/trace.ts';
import type { CheckContext } from './context.ts';
import type { Sound } from './sound.ts';

const TRACE = ['workload', 'trace'] as const;

/** What the values of a trace must satisfy together. */
export function checkTrace({ sound }: CheckContext): readonly Finding[] {
  const trace = sound.workload?.trace;
  // The form of a trace whose format is missing or wrong is not known.
  if (trace?.format === undefined || trace.format === 'openb') return [];
  const findings: Finding[] = [];
  const { from, until } = trace as Sound<Exclude<TraceDocument, { readonly format: 'openb' }>>;
  if (from != null && until != null && secondsFrom(from) >= secondsFrom(until)) {
    const message = `must be after from (${from}), got ${quoteValue(until)}`;
    findings.push({ path: [...TRACE, 'until'], message });
  }
  if (trace.format === 'swf' && trace.processorsPerGpu != null && trace.processorsAre !== 'cores') {
    const message = `needs processorsAre: cores, got ${trace.processorsPerGpu}`;
    findings.push({ path: [...TRACE, 'processorsPerGpu'], message });
  }
  return findings;
}
