import { formatPath, isMapping, type Path, valueAt } from '../../../sim/scenario/path.ts';
import { flowText } from './edit-text.ts';
import { choicesOf, descriptionOf, type SchemaPart, schemaAt } from './schema-at.ts';

/** One question of the form. */
export interface FormField {
  readonly path: Path;
  readonly place: string;
  readonly label: string;
  readonly help: string;
  readonly control: 'choice' | 'whole' | 'number' | 'text' | 'yaml';
  /** What the document says, as text of a line; empty where it says nothing. */
  readonly value: string;
  /** What stands for it where it says nothing; empty where that is nothing either. */
  readonly otherwise: string;
  readonly choices: readonly string[];
  readonly min?: number;
  readonly max?: number;
}

export interface FormGroup {
  readonly title: string;
  readonly fields: readonly FormField[];
}

/** Host groups, pools and the like beyond these are left to the YAML. */
const MOST_ITEMS = 30;

/**
 * The usual questions to a scenario, as far as it has the sections that they are about.
 *
 * @param schema of the scenario document
 * @param canonical the document with all defaults; undefined where it is not valid
 */
export function formGroups(schema: SchemaPart, document: unknown, canonical: unknown): readonly FormGroup[] {
  const ask = (path: Path, label: string, control?: FormField['control']) =>
    fieldAt(schema, document, canonical, path, label, control);
  const groups: FormGroup[] = [
    { title: 'Policy', fields: policyFields(document, ask) },
    ...fleetGroups(document, ask),
    { title: 'Load', fields: loadFields(document, ask) },
    { title: 'Run', fields: runFields(document, ask) },
  ];
  return groups.filter(({ fields }) => fields.length > 0);
}

type Ask = (path: Path, label: string, control?: FormField['control']) => FormField;

function policyFields(document: unknown, ask: Ask): readonly FormField[] {
  const scheduling = ['policy', 'scheduling'];
  return [
    ask(['policy', 'placement'], 'Placement'),
    ask(['policy', 'queueing'], 'Who is next'),
    ask([...scheduling, 'fill'], 'When the next finds no room'),
    ask([...scheduling, 'preemption'], 'Preemption'),
    ...(valueAt(document, [...scheduling, 'preemption']) === undefined
      ? []
      : [ask([...scheduling, 'stopBy'], 'How a job gives way')]),
    ...itemsAt(document, ['policy', 'pools']).flatMap(({ path, name }) => [
      ask([...path, 'placement'], `Placement in pool ${name}`),
      ask([...path, 'queueing'], `Who is next in pool ${name}`),
    ]),
  ];
}

function fleetGroups(document: unknown, ask: Ask): readonly FormGroup[] {
  return itemsAt(document, ['fleet', 'hosts']).map(({ path, name, item }) => {
    const { gpus, sharing } = item;
    const models: readonly Path[] = Array.isArray(gpus)
      ? gpus.map((_, i) => [...path, 'gpus', i])
      : gpus === undefined
        ? []
        : [[...path, 'gpus']];
    const many = models.length > 1;
    return {
      title: `Hosts ${name}`,
      fields: [
        ask([...path, 'count'], 'Hosts'),
        ...models.flatMap((at, i) => [
          ask([...at, 'model'], many ? `GPU model ${i + 1}` : 'GPU model', 'text'),
          ask([...at, 'count'], many ? `GPUs of model ${i + 1} in a host` : 'GPUs in a host'),
        ]),
        ...(models.length === 0 ? [] : [ask([...path, 'sharing'], 'How a GPU is shared', 'yaml')]),
        ...(isMapping(sharing) && (sharing.mode === 'mig' || sharing.mode === 'mig-vgpu')
          ? [ask([...path, 'sharing', 'layout'], 'Layout', 'yaml')]
          : []),
      ],
    };
  });
}

function loadFields(document: unknown, ask: Ask): readonly FormField[] {
  const synthetic = ['workload', 'synthetic'];
  const isThere = (path: Path) => valueAt(document, path) !== undefined;
  return [
    ...(isThere([...synthetic, 'arrivals', 'rate'])
      ? [ask([...synthetic, 'arrivals', 'rate'], 'Arrivals', 'text')]
      : []),
    ...(isThere([...synthetic, 'until']) ? [ask([...synthetic, 'until'], 'Arrivals until', 'text')] : []),
    ...(isThere([...synthetic, 'tasks']) ? [ask([...synthetic, 'tasks'], 'Tasks')] : []),
    ...(isThere(['workload', 'trace', 'jobs'])
      ? [ask(['workload', 'trace', 'arrivalScale'], 'Arrivals of the trace, times', 'number')]
      : []),
    ...itemsAt(document, ['workload', 'services']).flatMap(({ path, name }) => [
      ask([...path, 'replicas'], `Replicas of ${name}`),
      ...(isThere([...path, 'traffic', 'rate'])
        ? [ask([...path, 'traffic', 'rate'], `Requests to ${name}`, 'text')]
        : []),
    ]),
    ...itemsAt(document, ['workload', 'sessions']).map(({ path, name }) =>
      ask([...path, 'users'], `Users of ${name}`),
    ),
  ];
}

function runFields(document: unknown, ask: Ask): readonly FormField[] {
  const isFill = valueAt(document, ['experiment', 'kind']) === 'fill';
  return [
    ask(['seed'], 'Seed'),
    ...(isFill
      ? [ask(['experiment', 'target'], 'Requested up to, in capacities', 'text')]
      : [
          ask(['experiment', 'horizon'], 'Ends after', 'text'),
          ask(['experiment', 'warmup'], 'Warm-up', 'text'),
        ]),
  ];
}

interface Item {
  readonly path: Path;
  readonly name: string;
  readonly item: Readonly<Record<string, unknown>>;
}

function itemsAt(document: unknown, path: Path): readonly Item[] {
  const items = valueAt(document, path);
  if (!Array.isArray(items)) return [];
  return items.slice(0, MOST_ITEMS).flatMap((item: unknown, i) => {
    if (!isMapping(item)) return [];
    return [{ path: [...path, i], name: typeof item.name === 'string' ? item.name : String(i + 1), item }];
  });
}

function fieldAt(
  schema: SchemaPart,
  document: unknown,
  canonical: unknown,
  path: Path,
  label: string,
  control?: FormField['control'],
): FormField {
  const parts = schemaAt(schema, document, path);
  const choices = choicesOf(parts).map(String);
  const bounded = parts.find(({ minimum, maximum }) => minimum !== undefined || maximum !== undefined);
  const isNumber = parts.some(({ type }) => type === 'integer' || type === 'number');
  const isWhole = isNumber && parts.every(({ type }) => type !== 'number' && type !== 'string');
  const value = valueAt(document, path);
  const standsFor = valueAt(canonical, path);
  const minimum = bounded?.minimum ?? bounded?.exclusiveMinimum;
  const listed = control === 'yaml' || control === 'text' ? undefined : choices.length > 0;
  return {
    path,
    place: formatPath(path),
    label,
    help: descriptionOf(parts),
    control: control ?? (listed === true ? 'choice' : isWhole ? 'whole' : isNumber ? 'number' : 'text'),
    value: lineOf(value),
    otherwise: value === undefined ? lineOf(standsFor) : '',
    choices,
    ...(minimum === undefined ? {} : { min: minimum }),
    ...(bounded?.maximum === undefined ? {} : { max: bounded.maximum }),
  };
}

/** Texts as they are, anything else as YAML. */
function lineOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : flowText(value);
}
