import type { CanonicalDocument } from '../../scenario/canonical/scenario.ts';

/** What demand may be: the scenario's with some settings, times a factor. */
export interface Demand {
  readonly factor: number;
  readonly set?: Readonly<Record<string, unknown>>;
}

/** So that three times 0.1 is written as 0.3. */
const FIGURES = 12;

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Mapping = { readonly [key: string]: Json };

/**
 * The document with so many times the arrivals of tasks and requests, users of session groups, and clients of services. Tasks
 * that are counted (`tasks: 5000`) come faster, not in larger number. Users and clients are rounded up.
 *
 * @param document in canonical form; left as it is
 * @throws {RangeError} if it has tasks of a trace whose format has no `arrivalScale`
 */
export function withDemand(document: CanonicalDocument, factor: number): object {
  const workload = document.workload as unknown as Mapping;
  const { synthetic, services, sessions, trace } = workload;
  return {
    ...document,
    workload: {
      ...workload,
      ...(isMapping(synthetic) && isMapping(synthetic.arrivals)
        ? { synthetic: { ...synthetic, arrivals: faster(synthetic.arrivals, factor) } }
        : {}),
      ...(isList(services) ? { services: services.map((each) => withTraffic(each as Mapping, factor)) } : {}),
      ...(isList(sessions)
        ? {
            sessions: sessions.map((each) => ({
              ...(each as Mapping),
              users: Math.ceil(rounded(((each as Mapping).users as number) * factor)),
            })),
          }
        : {}),
      ...(isMapping(trace) ? { trace: replayedFaster(trace, factor) } : {}),
    },
  };
}

/** Why the demand of a workload cannot grow; undefined where it can. */
export function whyNotScaled(document: CanonicalDocument): string | undefined {
  const { trace } = document.workload as unknown as Mapping;
  // What a search reads is read before it, at the times that the scenario says.
  return isMapping(trace)
    ? 'its tasks come from a trace, which is read once, at the times that the scenario says'
    : undefined;
}

function replayedFaster(trace: Mapping, factor: number): Mapping {
  const { arrivalScale, format } = trace;
  if (typeof arrivalScale !== 'number')
    throw new RangeError(`Cannot change the demand of a trace in the format ${String(format)}`);
  return { ...trace, arrivalScale: rounded(arrivalScale / factor) };
}

function withTraffic(service: Mapping, factor: number): Mapping {
  const traffic = service.traffic as Mapping;
  if (traffic.kind === 'closed')
    return {
      ...service,
      traffic: { ...traffic, clients: Math.ceil(rounded((traffic.clients as number) * factor)) },
    };
  return { ...service, traffic: { ...traffic, arrivals: faster(traffic.arrivals as Mapping, factor) } };
}

/** @see sim/scenario/schema/arrivals.ts */
function faster(arrivals: Mapping, factor: number): Mapping {
  switch (arrivals.process) {
    case 'renewal':
      return { ...arrivals, interarrival: timesOver(arrivals.interarrival as Json, 1 / factor) };
    case 'markov-modulated':
      return {
        ...arrivals,
        states: (arrivals.states as readonly Mapping[]).map((state) => ({
          ...state,
          rate: times(state.rate as string, factor),
        })),
      };
    default:
      return { ...arrivals, rate: times(arrivals.rate as string, factor) };
  }
}

/** Every length of time in a distribution times a factor: its other parameters have no unit. */
function timesOver(value: Json, factor: number): Json {
  if (isList(value)) return value.map((each) => timesOver(each, factor));
  if (isMapping(value))
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, timesOver(each, factor)]));
  return typeof value === 'string' && AMOUNT.test(value) ? times(value, factor) : value;
}

const AMOUNT = /^(\d+(?:\.\d+)?)(\D.*)$/;

/** `60/h` times 1.5 is `90/h`. */
function times(written: string, factor: number): string {
  const [, amount = '', unit = ''] = AMOUNT.exec(written) ?? [];
  if (amount === '') throw new RangeError(`Cannot multiply ${written}: need a number with a unit`);
  return `${plain(rounded(Number(amount) * factor))}${unit}`;
}

const rounded = (value: number) => Number(value.toPrecision(FIGURES));

/** Without an exponent, which quantities do not have. */
function plain(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(20).replace(/\.?0+$/, '') : text;
}

function isMapping(value: Json | undefined): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
