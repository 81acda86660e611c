import { scenarioJsonSchema } from '../../../sim/scenario/index.ts';
import type { SharingModeName } from '../../../sim/sharing/index.ts';

/** An option of a sharing mode as a scenario writes it. */
export interface ModeOption {
  readonly key: string;
  readonly required: boolean;
  /** What it is, with its default. */
  readonly text: string;
}

/** What is read of the JSON Schema of a mode. */
interface ModeSchema {
  readonly properties?: Readonly<
    Record<
      string,
      { readonly const?: unknown; readonly description?: string; readonly enum?: readonly string[] }
    >
  >;
  readonly required?: readonly string[];
}

/** The options of a mode, from the schema of the scenario document. */
export function modeOptions(mode: SharingModeName): readonly ModeOption[] {
  const { properties = {}, required = [] } = schemaOf(mode);
  return Object.entries(properties)
    .filter(([key]) => key !== 'mode')
    .map(([key, { description = '', enum: names }]) => ({
      key,
      required: required.includes(key),
      text: names === undefined ? description : `${names.join(', ')}. ${description}`,
    }));
}

let schema: Readonly<Record<string, unknown>> | undefined;

function schemaOf(mode: SharingModeName): ModeSchema {
  schema ??= scenarioJsonSchema();
  const { $defs } = schema as {
    readonly $defs?: {
      readonly sharing?: { readonly anyOf?: readonly { readonly oneOf?: readonly ModeSchema[] }[] };
    };
  };
  const modes = $defs?.sharing?.anyOf?.flatMap((each) => each.oneOf ?? []) ?? [];
  const found = modes.find(({ properties }) => properties?.mode?.const === mode);
  if (found === undefined)
    throw new RangeError(`Cannot list the options of mode "${mode}": the schema has none`);
  return found;
}
