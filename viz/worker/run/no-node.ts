/**
 * Stands for `node:module` in the browser: the solver imports it where it finds itself in Node, which no page is.
 *
 * @throws {Error} always
 */
export function createRequire(): never {
  throw new Error('Cannot load modules of Node in a browser');
}
