import { Document, isScalar, Scalar, visit } from 'yaml';

/** Keys that nobody takes for a number or a date: words of YAML 1.1 such as `on` are quoted by their schema. */
const PLAIN_KEY = /^[A-Za-z]/;

/**
 * YAML that readers of YAML 1.1 and 1.2 take for the same: Go's yaml.v2, which the Kubernetes tools read by, takes `on`,
 * `1e3`, `0x10`, `0o7`, `1_0` and `12:30` for numbers or truth values unless they are quoted.
 */
export function yamlText(content: unknown): string {
  const document = new Document(content, { version: '1.1', aliasDuplicateObjects: false });
  visit(document, {
    Pair(_, { key }) {
      if (isScalar(key) && !PLAIN_KEY.test(String(key.value))) key.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document.toString({
    directives: false,
    lineWidth: 0,
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'PLAIN',
  });
}

/** Text of several lines that is written as it stands. */
export function block(text: string): Scalar<string> {
  const scalar = new Scalar(text);
  scalar.type = Scalar.BLOCK_LITERAL;
  return scalar;
}
