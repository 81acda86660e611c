import { simulate } from '../../determinism/simulate.ts';

self.onmessage = ({ data: [text, settings] }: MessageEvent<[string, readonly string[]]>) =>
  self.postMessage(JSON.stringify(simulate(text, settings)));
