import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { REFUSALS } from '../../sim/cluster/fit.ts';
import { CLOSED_ORDER } from '../../sim/engine/closed-for.ts';
import { QUEUE_REASON_TEXT } from '../../sim/experiment/waited.ts';
import { BUCKETS, bucketOfReason } from '../../sim/observe/waterfall/buckets.ts';
import { REFUSAL_RULES } from '../../sim/sharing/index.ts';

describe('The table of reasons', () => {
  test('knows every reason for which a job can wait', () => {
    const reasons = [
      ...REFUSALS,
      ...CLOSED_ORDER.map((why) => `host-closed:${why}`),
      ...Object.keys(REFUSAL_RULES).map((rule) => `gpu-room:${rule}`),
      ...Object.keys(QUEUE_REASON_TEXT),
      ...[
        'anti-affinity',
        'max-of-class',
        'max-per-host',
        'spread',
        'gang',
        'gang:island',
        'gang:host',
        'gang:rack',
      ],
      ...['gpu-failed', 'no-host', 'quota:a/b', 'none'],
    ];
    for (const reason of reasons) expect(bucketOfReason(reason), reason).not.toBeUndefined();
  });

  test('knows every reason that the documentation names', () => {
    const text = readFileSync('docs/results.md', 'utf8');
    const section = text.slice(
      text.indexOf('## Why jobs were held back'),
      text.indexOf('## Reasons in one picture'),
    );
    const rules = [...section.matchAll(/^\| `([a-z-]+)` \|/gm)].map((match) => `gpu-room:${match[1]}`);
    expect(rules.length).toBeGreaterThan(30);
    for (const rule of rules) expect(bucketOfReason(rule), rule).not.toBeUndefined();
  });

  test('says nothing of a reason that nobody knows', () => {
    for (const reason of ['', 'weather', 'cpu-of-another-host', 'gang2:host']) {
      expect(bucketOfReason(reason), reason).toBeUndefined();
    }
  });

  test('puts demand that several lacks hold back under the first, and under none if hosts would have to open', () => {
    expect(bucketOfReason('cpu+gpu-room')).toBe('cpu');
    expect(bucketOfReason('memory+gpu-room:mig-geometry')).toBe('memory');
    expect(bucketOfReason('cpu+host-closed:failure')).toBeNull();
    expect(bucketOfReason('gpu-room:mig-geometry')).toBe('geometry');
    expect(bucketOfReason('gpu-room:memory-reserved')).toBe('gpu-memory');
    expect(bucketOfReason('anti-affinity+gang:host')).toBe('geometry');
    expect(bucketOfReason('host-closed:claim')).toBe('order');
    expect(bucketOfReason('quota:cpu+memory')).toBe('limits');
    expect(BUCKETS).toContain(bucketOfReason('licence'));
  });
});
