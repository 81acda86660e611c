const FILES = import.meta.glob<string>('../../../scenarios/catalog/**/*.yaml', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** The scenarios of the catalogue as they are written, by name, in the order of their names. */
export const CATALOGUE_TEXTS: ReadonlyMap<string, string> = new Map(
  Object.entries(FILES)
    .map(([path, text]) => [path.replace(/^.*\/catalog\//, '').replace(/\.yaml$/, ''), text] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1)),
);
