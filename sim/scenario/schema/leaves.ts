import { z } from 'zod';
import type { QuantityKind } from '../quantities/quantity.ts';

/**
 * The building blocks of the document schema. Each carries the text that completes a problem ("must be ...")
 * and the description that goes into the JSON Schema. None transforms: what is valid stays as written.
 */

/** A mapping with these keys and no others. */
export function section<Shape extends z.ZodRawShape>(shape: Shape, description: string) {
  const error = `must be a mapping with the keys ${Object.keys(shape).join(', ')}`;
  return z.strictObject(shape, { error }).meta({ description });
}

/** A list of `min` to `max` items; `noun` names them in problems. */
export function list<Item extends z.ZodType>(
  item: Item,
  noun: string,
  min: number,
  max: number,
  description: string,
) {
  const error = `must be a list of ${min === max ? min : `${min} to ${max}`} ${noun}`;
  return z.array(item, { error }).min(min, { error }).max(max, { error }).meta({ description });
}

/** A whole number within [min, max]. */
export function wholeNumber(min: number, max: number, description: string) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error }).meta({ description });
}

/** A finite number within [min, max], or above `min` where `excludesMin`. */
export function finiteNumber(min: number, max: number, description: string, excludesMin = false) {
  const error = excludesMin
    ? `must be a number above ${min} and at most ${max}`
    : `must be a number from ${min} to ${max}`;
  const base = z.number({ error });
  const bounded = excludesMin ? base.gt(min, { error }) : base.min(min, { error });
  return bounded.max(max, { error }).meta({ description });
}

/** One of a list of names. */
export function oneOf<const Names extends readonly [string, ...string[]]>(names: Names, description: string) {
  return z.enum(names, { error: `must be one of ${names.join(', ')}` }).meta({ description });
}

/** Text of 1 to `max` characters without control characters. */
export function line(max: number, description: string) {
  const error = `must be text of 1 to ${max} characters without line breaks`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  const printable = /^[^\u0000-\u001f\u007f]*$/;
  return z
    .string({ error })
    .min(1, { error })
    .max(max, { error })
    .regex(printable, { error })
    .meta({ description });
}

/** Free text over any number of lines. */
export function prose(max: number, description: string) {
  const error = `must be text of at most ${max} characters`;
  return z.string({ error }).max(max, { error }).meta({ description });
}

/** A name other parts of the document and of the command line refer to. */
export function identifier(description: string) {
  const error = 'must be a name of 1 to 64 letters, digits, ".", "_" or "-", starting with a letter or digit';
  return z
    .string({ error })
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, { error })
    .meta({ description });
}

/** Path of a file, relative to the scenario's own folder. */
export function filePath(description: string) {
  return line(4096, description);
}

export function flag(description: string) {
  return z.boolean({ error: 'must be true or false' }).meta({ description });
}

/** May be left out, or null to say so. */
export function orNone<Schema extends z.ZodType>(schema: Schema) {
  return schema
    .nullable()
    .optional()
    .meta({ description: schema.description ?? '' });
}

/** A quantity written with its unit; the problem names the accepted form or range. */
function readBy(kind: Pick<QuantityKind, 'read'>) {
  return (payload: z.core.ParsePayload<string | number>) => {
    const reading = kind.read(payload.value);
    if (!reading.ok) {
      payload.issues.push({ code: 'custom', input: payload.value, message: reading.message, continue: true });
    }
  };
}

type KindOf = Pick<QuantityKind, 'accepts' | 'pattern' | 'examples' | 'read'>;

/** A quantity that always needs its unit. */
export function quantity(kind: KindOf, description: string) {
  return z
    .string({ error: `must be ${kind.accepts}` })
    .check(readBy(kind))
    .meta({ description, pattern: kind.pattern, examples: [...kind.examples] });
}

/** A quantity that may also be a bare number. */
export function quantityOrNumber(kind: KindOf, description: string) {
  return z
    .union([z.string().meta({ pattern: kind.pattern }), z.number()], { error: `must be ${kind.accepts}` })
    .check(readBy(kind))
    .meta({ description, examples: [...kind.examples] });
}
