/**
 * Name of one host of a group: the group's own name where it is a single host, else the name and a number of
 * at least four digits: `g2-0000`. Numbers of a group have equal length, so that names sort in host order.
 *
 * @param index position in the group, from 0
 * @param count hosts in the group
 */
export function hostName(groupName: string, index: number, count: number): string {
  if (count === 1) return groupName;
  const digits = Math.max(4, String(count - 1).length);
  return `${groupName}-${String(index).padStart(digits, '0')}`;
}
