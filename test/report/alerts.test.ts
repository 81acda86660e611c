import { expect, test } from 'vitest';
import type { Alert } from '../../sim/index.ts';
import { alertBlocks } from '../../sim/report/alerts.ts';
import { layOut } from '../../sim/report/blocks.ts';

const alert = (text: string, state: Alert['state']): Alert => ({
  rule: 'r',
  metric: 'gpu.allocated',
  is: 'above',
  limit: 0.9,
  windowSeconds: 60,
  source: 's',
  scope: 'fleet',
  state,
  count: 1,
  totalSeconds: 60,
  text,
  longest: [],
});

test('the summary tells what fired, a few lines of it, and text of others stays text', () => {
  const fired = Array.from({ length: 8 }, (_, i) => alert(`alert ${i}\u001b[31m`, 'fired'));
  const lines = layOut(alertBlocks({ alerts: [...fired, alert('never', 'quiet')] }), 100);
  expect(lines).toHaveLength(7);
  expect(lines[0]).toMatch(/^Alerts +alert 0/);
  expect(lines.at(-1)).toMatch(/^ +2 more in result\.json$/);
  expect(lines.join('')).not.toContain('\u001b');
  expect(lines.join('')).not.toContain('never');
  expect(alertBlocks({})).toEqual([]);
});
