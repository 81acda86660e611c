import type { Redis } from 'ioredis';
import { PREFIX } from './job.ts';

/** How often who takes part says so, and after how long without a word it counts as gone. */
export const HEARTBEAT_MS = 2_000;
const GONE_AFTER_MS = 15_000;
/** What was refused is told for so long. */
const REFUSALS_KEPT_SEC = 3600;

/** A worker or the coordinator of a sweep. */
export interface Participant {
  readonly id: string;
  readonly version: string;
}

type Kind = 'workers' | 'sweeps';

/** Says that someone is there. The clock is the server's, the same for all machines. */
export async function heartbeat(client: Redis, kind: Kind, { id, version }: Participant): Promise<void> {
  await client.zadd(`${PREFIX}:${kind}`, await serverMs(client), `${version} ${id}`);
}

export async function goodbye(client: Redis, kind: Kind, { id, version }: Participant): Promise<void> {
  await client.zrem(`${PREFIX}:${kind}`, `${version} ${id}`);
}

/** Who has been heard of lately. */
export async function present(client: Redis, kind: Kind): Promise<readonly Participant[]> {
  const since = (await serverMs(client)) - GONE_AFTER_MS;
  await client.zremrangebyscore(`${PREFIX}:${kind}`, '-inf', `(${since}`);
  const members = await client.zrangebyscore(`${PREFIX}:${kind}`, since, '+inf');
  return members.map((member) => {
    const [version = '', id = ''] = member.split(' ');
    return { version, id };
  });
}

/** A worker leaves the runs of a sweep to others, and says why. */
export async function refuse(client: Redis, sweepId: string, workerId: string, why: string): Promise<void> {
  const key = refusalsKey(sweepId);
  await client.hset(key, workerId, why);
  await client.expire(key, REFUSALS_KEPT_SEC);
}

/** Why workers left runs of a sweep to others, by worker. */
export async function refusals(client: Redis, sweepId: string): Promise<ReadonlyMap<string, string>> {
  return new Map(Object.entries(await client.hgetall(refusalsKey(sweepId))));
}

/** What was refused before this coordinator came says nothing of now: a file may have been put right. */
export async function forgetRefusals(client: Redis, sweepId: string): Promise<void> {
  await client.del(refusalsKey(sweepId));
}

function refusalsKey(sweepId: string): string {
  return `${PREFIX}:refusals:${sweepId}`;
}

async function serverMs(client: Redis): Promise<number> {
  const [seconds, micros] = await client.time();
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}
