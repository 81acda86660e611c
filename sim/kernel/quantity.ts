declare const unit: unique symbol;

/**
 * A number that carries its unit in its type, so that a length of time cannot be passed where an amount of memory is
 * meant. The mark exists for the compiler only: at run time it is a plain number, and arithmetic on it yields a plain
 * `number` that has to be given its unit again, at the one place that knows it.
 */
export type Quantity<U extends string> = number & { readonly [unit]: U };
