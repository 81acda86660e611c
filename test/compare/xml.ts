/** An element of XML 1.0. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Reads XML 1.0 as strictly as it is needed here: elements, attributes, text and entities. Throws at what is not well-formed: a
 * stray `<` or `&`, an attribute twice, an end without a start, a character that XML does not have.
 */
export function parseXml(xml: string): XmlElement {
  // Section 2.2: Char.
  const bad = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.exec(xml);
  if (bad !== null) throw new Error(`character ${bad[0].codePointAt(0)?.toString(16)} at ${bad.index}`);
  const body = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\s*/, '');
  const token = /<(\/?)([A-Za-z][\w-]*)((?:\s+[\w-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y;
  const open: { name: string; attributes: Record<string, string>; children: XmlElement[]; text: string }[] = [
    { name: '', attributes: {}, children: [], text: '' },
  ];
  let at = 0;
  while (at < body.length) {
    token.lastIndex = at;
    const match = token.exec(body);
    if (match === null) throw new Error(`not well-formed at: ${body.slice(at, at + 80)}`);
    at = token.lastIndex;
    const [, closes, name = '', attributes = '', isEmpty, text] = match;
    const top = open.at(-1) as (typeof open)[number];
    if (text !== undefined) top.text += decoded(text);
    else if (closes === '/') {
      if (top.name !== name || open.length < 2) throw new Error(`</${name}> closes <${top.name}>`);
      open.pop();
    } else {
      const element = { name, attributes: attributesOf(attributes), children: [], text: '' };
      top.children.push(element);
      if (isEmpty !== '/') open.push(element);
    }
  }
  const [root] = open[0]?.children ?? [];
  if (open.length !== 1 || root === undefined || open[0]?.children.length !== 1)
    throw new Error('no one root');
  return root;
}

function attributesOf(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(/([\w-]+)="([^"]*)"/g)) {
    if (Object.hasOwn(found, name)) throw new Error(`attribute ${name} twice`);
    found[name] = decoded(value);
  }
  return found;
}

function decoded(text: string): string {
  return text.replace(/&([^;]*);?/g, (whole, name: string) => {
    const code = /^#(\d+)$/.exec(name)?.[1];
    const character = code === undefined ? ENTITIES[name] : String.fromCodePoint(Number(code));
    if (character === undefined || !whole.endsWith(';')) throw new Error(`entity ${whole}`);
    return character;
  });
}
