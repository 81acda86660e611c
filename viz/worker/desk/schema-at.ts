import { isMapping, type Path } from '../../../sim/scenario/path.ts';

/** A part of a JSON Schema (draft 2020-12), as far as it is read here. */
export interface SchemaPart {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly properties?: Readonly<Record<string, SchemaPart>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | SchemaPart;
  readonly items?: SchemaPart;
  readonly anyOf?: readonly SchemaPart[];
  readonly oneOf?: readonly SchemaPart[];
  readonly $defs?: Readonly<Record<string, SchemaPart>>;
}

/**
 * What a schema says of the place at a path: one part for each form that a value there may have. Of parts that a key tells
 * apart, such as `kind: timed`, those that the document has chosen; all of them where it has not.
 *
 * @param document as far as it can be read; decides between forms alone
 */
export function schemaAt(schema: SchemaPart, document: unknown, path: Path): readonly SchemaPart[] {
  let parts = forms(schema, schema, document);
  let value = document;
  for (const key of path) {
    const inner = memberOf(value, key);
    parts = parts.flatMap((part) => memberPart(part, key).flatMap((each) => forms(schema, each, inner)));
    value = inner;
  }
  return parts;
}

function memberOf(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) return value[Number(key)];
  return isMapping(value) && Object.hasOwn(value, String(key)) ? value[String(key)] : undefined;
}

function memberPart(part: SchemaPart, key: string | number): readonly SchemaPart[] {
  if (typeof key === 'number') return part.items === undefined ? [] : [part.items];
  const { properties, additionalProperties } = part;
  if (properties !== undefined && Object.hasOwn(properties, key)) return [properties[key] as SchemaPart];
  return typeof additionalProperties === 'object' ? [additionalProperties] : [];
}

/** A part without references and unions. A union hands down its description to forms that have none. */
function forms(root: SchemaPart, part: SchemaPart, value: unknown): readonly SchemaPart[] {
  if (part.$ref !== undefined) {
    const target = root.$defs?.[part.$ref.replace('#/$defs/', '')];
    return target === undefined ? [] : forms(root, described(target, part), value);
  }
  const union = part.anyOf ?? part.oneOf;
  // A mapping may have alternatives that only say which keys are needed.
  if (union === undefined || part.properties !== undefined) return [part];
  const all = union.flatMap((each) => forms(root, described(each, part), value));
  const chosen = all.filter((each) => isChosen(each, value));
  return chosen.length > 0 ? chosen : all;
}

function described(part: SchemaPart, above: SchemaPart): SchemaPart {
  const { description, examples } = above;
  return {
    ...(description === undefined ? {} : { description }),
    ...(examples === undefined ? {} : { examples }),
    ...part,
  };
}

/** Whether a value has this form, as far as its kind and its constant keys say. */
function isChosen({ type, properties, const: only }: SchemaPart, value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (only !== undefined) return value === only;
  if (isMapping(value)) {
    if (properties === undefined) return type === 'object' || type === undefined;
    return Object.entries(properties).every(
      ([key, each]) => each.const === undefined || value[key] === undefined || value[key] === each.const,
    );
  }
  if (Array.isArray(value)) return type === 'array';
  if (typeof value === 'string') return type === 'string' || type === undefined;
  if (typeof value === 'number') return type === 'number' || type === 'integer';
  return type === typeof value;
}

/** Values that a place may have, where the schema lists them, each once. */
export function choicesOf(parts: readonly SchemaPart[]): readonly unknown[] {
  const all = parts.flatMap(({ type, enum: listed, const: only }) =>
    listed !== undefined ? listed : only !== undefined ? [only] : type === 'boolean' ? [true, false] : [],
  );
  return [...new Set(all)];
}

/** What the place is for; empty where the schema does not say. */
export function descriptionOf(parts: readonly SchemaPart[]): string {
  return parts.find(({ description }) => description !== undefined)?.description ?? '';
}
