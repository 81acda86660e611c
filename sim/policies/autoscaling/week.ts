import type { WeekSlot } from './plan.ts';

export const DAY_US = 86_400e6;
const DAYS = 7;

/** Fewest hosts that the hours of the week ask for at a time, and when that may change next. */
export function floorAt(
  week: readonly WeekSlot[],
  nowUs: number,
): { readonly hosts: number; readonly untilUs: number } {
  const day = Math.floor(nowUs / DAY_US);
  const inDay = nowUs - day * DAY_US;
  let hosts = 0;
  let untilUs = Number.POSITIVE_INFINITY;
  for (const slot of week) {
    for (const slotDay of slot.days) {
      const ahead = (slotDay - (day % DAYS) + DAYS) % DAYS;
      const isToday = ahead === 0;
      if (isToday && slot.fromUs <= inDay && inDay < slot.toUs) hosts = Math.max(hosts, slot.hosts);
      for (const edge of [slot.fromUs, slot.toUs]) {
        const inUs = ahead * DAY_US + edge - inDay;
        untilUs = Math.min(untilUs, nowUs + (inUs > 0 ? inUs : inUs + DAYS * DAY_US));
      }
    }
  }
  return { hosts, untilUs };
}
