import { z } from 'zod';
import { isMapping, type Path } from '../path.ts';

/** Strips optional and nullable wrappers. */
function bare(schema: z.ZodType): z.ZodType {
  let inner = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodNullable)
    inner = inner.unwrap() as z.ZodType;
  return inner;
}

/** The alternatives of a schema that a value may be read by: of a union the branches of the value's own shape. */
function branches(schema: z.ZodType, value: unknown): readonly z.ZodType[] {
  const inner = bare(schema);
  if (inner instanceof z.ZodDiscriminatedUnion) {
    const options = inner.options as readonly z.ZodObject[];
    const discriminator = inner.def.discriminator;
    const chosen = options.filter((option) => {
      const literal = option.shape[discriminator];
      return (
        isMapping(value) &&
        literal instanceof z.ZodLiteral &&
        literal.values.has(value[discriminator] as z.core.util.Literal)
      );
    });
    return chosen.length > 0 ? chosen : options;
  }
  if (inner instanceof z.ZodUnion) {
    return (inner.options as readonly z.ZodType[])
      .filter((option) => {
        if (value === undefined || value === null) return true;
        if (Array.isArray(value)) return option instanceof z.ZodArray;
        return (
          isMapping(value) === (option instanceof z.ZodObject || option instanceof z.ZodDiscriminatedUnion)
        );
      })
      .flatMap((option) => branches(option, value));
  }
  return [inner];
}

/** What a schema says about the members of a value: fixed keys, free names, positions, or nothing inside. */
export type Members =
  | { readonly kind: 'keys'; readonly keys: readonly string[] }
  | { readonly kind: 'names' }
  | { readonly kind: 'positions' }
  | { readonly kind: 'none' };

/** Which members the value at this schema may have. */
function membersOf(schema: z.ZodType, value: unknown): Members {
  const options = branches(schema, value);
  const keys = new Set(
    options.flatMap((option) => (option instanceof z.ZodObject ? Object.keys(option.shape) : [])),
  );
  if (keys.size > 0) return { kind: 'keys', keys: [...keys] };
  if (options.some((option) => option instanceof z.ZodRecord)) return { kind: 'names' };
  if (options.some((option) => option instanceof z.ZodArray || option instanceof z.ZodTuple)) {
    return { kind: 'positions' };
  }
  return { kind: 'none' };
}

/** The schema of one member of a value; undefined where the schema knows no such member. */
function memberSchema(schema: z.ZodType, value: unknown, key: string | number): z.ZodType | undefined {
  for (const option of branches(schema, value)) {
    if (option instanceof z.ZodObject && typeof key === 'string' && Object.hasOwn(option.shape, key)) {
      return option.shape[key] as z.ZodType;
    }
    if (option instanceof z.ZodRecord && typeof key === 'string') return option.valueType as z.ZodType;
    if (option instanceof z.ZodArray && typeof key === 'number') return option.element as z.ZodType;
    if (option instanceof z.ZodTuple && typeof key === 'number') {
      return (option.def.items as readonly z.ZodType[])[key];
    }
  }
  return undefined;
}

/** The schema of the value at `path`; undefined where the schema does not reach that far. */
function schemaAt(root: z.ZodType, document: unknown, path: Path) {
  let schema: z.ZodType | undefined = root;
  let value = document;
  for (const key of path) {
    schema = memberSchema(schema, value, key);
    if (schema === undefined) return undefined;
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string | number, unknown>)[key]
        : undefined;
  }
  return { schema, value };
}

/** The members accepted at `path` of `document`. */
export function membersAt(root: z.ZodType, document: unknown, path: Path): Members {
  const found = schemaAt(root, document, path);
  return found === undefined ? { kind: 'none' } : membersOf(found.schema, found.value);
}

/** The names among which the key `discriminator` of the mapping at `path` chooses. */
export function kindsAt(
  root: z.ZodType,
  document: unknown,
  path: Path,
  discriminator: string,
): readonly string[] {
  const found = schemaAt(root, document, path);
  if (found === undefined) return [];
  return branches(found.schema, {}).flatMap((option) => {
    const literal = option instanceof z.ZodObject ? option.shape[discriminator] : undefined;
    return literal instanceof z.ZodLiteral ? [...literal.values].map(String) : [];
  });
}
