import { test } from 'vitest';
import { writeFileSync } from 'node:fs';
import { inProcess } from '../cli/in-process.ts';
test('x', async () => {
  let out = '';
  for (const args of JSON.parse(process.env.TRY ?? '[]')) {
    const t = performance.now();
    const r = await inProcess(args, 80);
    out += `$ ${args.join(' ')}\n${r.out}${r.err.replaceAll(/\r[^\n]*/g,'')}[${r.code}] ${Math.round(performance.now()-t)} ms\n`;
  }
  writeFileSync('/tmp/ext/out.txt', out);
});
