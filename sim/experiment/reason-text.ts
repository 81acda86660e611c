import { REFUSAL_RULES } from '../sharing/index.ts';
import { QUEUE_REASON_TEXT } from './waited.ts';

const CONSTRAINT_TEXT: Readonly<Record<string, string>> = {
  cpu: 'too little free CPU',
  memory: 'too little free host memory',
  'gpu-model': 'no GPU of an accepted model',
  'gpu-count': 'fewer GPUs than asked for',
  'gpu-room': 'too few GPUs with enough room',
  'host-closed': 'a planned change to come or under way',
};

/** `gpu-room:vgpu-size-lock` says which rule of the sharing mode most cards refuse by. */
function constraintText(name: string): string {
  const rule = name.startsWith('gpu-room:') ? name.slice('gpu-room:'.length) : '';
  const said = (REFUSAL_RULES as Readonly<Record<string, string>>)[rule];
  return said === undefined ? (CONSTRAINT_TEXT[name] ?? name) : `no room on their GPUs: ${said} (${rule})`;
}

/** `cpu+gpu-room` as a sentence about the hosts that come closest. */
export function reasonText(reason: string): string {
  const ofQueue = QUEUE_REASON_TEXT[reason];
  if (ofQueue !== undefined) return ofQueue;
  if (reason.startsWith('quota:')) return `its quota is used up (${reason.slice('quota:'.length)})`;
  const never = reason.startsWith('never-fits:');
  const names = (never ? reason.slice('never-fits:'.length) : reason).split('+');
  const text = names.map(constraintText).join(' and ');
  return never
    ? `no host could ever take it: even empty, the closest have ${text}`
    : `the closest hosts have ${text}`;
}
