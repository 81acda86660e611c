import type { CatalogueEntry } from '../../worker/desk/catalogue.ts';
import { TOPICS, type Topic } from '../../worker/desk/topic.ts';

/** Scenarios in which every word of a search occurs, by topic; topics without any are left out. */
export function entriesByTopic(
  entries: readonly CatalogueEntry[],
  search: string,
): readonly { readonly topic: Topic; readonly entries: readonly CatalogueEntry[] }[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const found = entries.filter(({ name, topic, title, more, fleet, modes }) => {
    const text = [name, topic, title, more, fleet, ...modes].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return TOPICS.map((topic) => ({ topic, entries: found.filter((entry) => entry.topic === topic) })).filter(
    (group) => group.entries.length > 0,
  );
}
