/** Just enough of JSON Schema 2020-12 to check documents against the keywords our schema uses. */

type Schema = Readonly<Record<string, unknown>>;
type Rule = (argument: never, value: unknown, schema: Schema, root: Schema) => boolean;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const count = (schemas: readonly Schema[], value: unknown, root: Schema) =>
  schemas.filter((schema) => isValid(value, schema, root)).length;

const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: Number.isInteger,
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
};

const rules: Readonly<Record<string, Rule>> = {
  $ref: (name: string, value, _schema, root) => {
    const definitions = root.$defs as Record<string, Schema>;
    return isValid(value, definitions[name.replace('#/$defs/', '')]!, root);
  },
  type: (name: string, value) => types[name]!(value),
  const: (expected: unknown, value) => value === expected,
  enum: (allowed: readonly unknown[], value) => allowed.includes(value),
  minimum: (limit: number, value) => typeof value !== 'number' || value >= limit,
  maximum: (limit: number, value) => typeof value !== 'number' || value <= limit,
  exclusiveMinimum: (limit: number, value) => typeof value !== 'number' || value > limit,
  minLength: (limit: number, value) => typeof value !== 'string' || value.length >= limit,
  maxLength: (limit: number, value) => typeof value !== 'string' || value.length <= limit,
  pattern: (pattern: string, value) => typeof value !== 'string' || new RegExp(pattern, 'u').test(value),
  minItems: (limit: number, value) => !Array.isArray(value) || value.length >= limit,
  maxItems: (limit: number, value) => !Array.isArray(value) || value.length <= limit,
  prefixItems: (schemas: readonly Schema[], value, _schema, root) =>
    !Array.isArray(value) ||
    schemas.every((schema, i) => i >= value.length || isValid(value[i], schema, root)),
  items: (schema: Schema | false, value, { prefixItems }, root) => {
    if (!Array.isArray(value)) return true;
    const rest = value.slice(Array.isArray(prefixItems) ? prefixItems.length : 0);
    return schema === false ? rest.length === 0 : rest.every((item) => isValid(item, schema, root));
  },
  properties: (schemas: Record<string, Schema>, value, _schema, root) =>
    !isObject(value) ||
    Object.entries(schemas).every(
      ([key, schema]) => !Object.hasOwn(value, key) || isValid(value[key], schema, root),
    ),
  required: (keys: readonly string[], value) =>
    !isObject(value) || keys.every((key) => Object.hasOwn(value, key)),
  propertyNames: (schema: Schema, value, _schema, root) =>
    !isObject(value) || Object.keys(value).every((key) => isValid(key, schema, root)),
  additionalProperties: (schema: Schema | false, value, { properties }, root) => {
    if (!isObject(value)) return true;
    const known = Object.keys((properties ?? {}) as object);
    const rest = Object.entries(value).filter(([key]) => !known.includes(key));
    return schema === false ? rest.length === 0 : rest.every(([, item]) => isValid(item, schema, root));
  },
  anyOf: (schemas: readonly Schema[], value, _schema, root) => count(schemas, value, root) > 0,
  oneOf: (schemas: readonly Schema[], value, _schema, root) => count(schemas, value, root) === 1,
};

/** Keywords that describe and do not restrict. */
const ANNOTATIONS = ['$schema', '$defs', 'title', 'description', 'examples', 'default', 'id'];

/** @throws {Error} for a keyword this validator does not know */
export function isValid(value: unknown, schema: Schema, root: Schema = schema): boolean {
  return Object.entries(schema).every(([keyword, argument]) => {
    if (ANNOTATIONS.includes(keyword)) return true;
    const rule = rules[keyword];
    if (rule === undefined) throw new Error(`Cannot validate: unknown keyword "${keyword}"`);
    return rule(argument as never, value, schema, root);
  });
}
