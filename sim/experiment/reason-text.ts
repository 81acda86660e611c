import { REFUSAL_RULES } from '../sharing/index.ts';
import { QUEUE_REASON_TEXT } from './waited.ts';

const CONSTRAINT_TEXT: Readonly<Record<string, string>> = {
  cpu: 'too little free CPU',
  memory: 'too little free host memory',
  'gpu-model': 'no GPU of an accepted model',
  'gpu-count': 'fewer GPUs than asked for',
  'gpu-room': 'too few GPUs with enough room',
  'gpu-failed': 'failed GPUs, with which it would fit',
  'host-closed': 'closed',
  'host-closed:failure': 'broken down',
  'host-closed:uplink': 'lost their uplink',
  'host-closed:maintenance': 'maintenance to come or under way',
  'host-closed:absence': 'not come yet, or left',
  'host-closed:standby': 'to stand by as spares',
  'host-closed:leaving': 'to leave',
  'host-closed:change': 'a planned change to come or under way',
  'host-closed:claim': 'room that is kept for somebody before it',
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
  if (reason === 'never-fits:licence') {
    return 'no host could ever take it with a licence: there are fewer than it needs, or none that hold where it fits';
  }
  const never = reason.startsWith('never-fits:');
  const names = (never ? reason.slice('never-fits:'.length) : reason).split('+');
  if (never && names.join() === 'host-closed') {
    return 'no host could ever take it: those that could are away and do not come';
  }
  const text = names.map(constraintText).join(' and ');
  return never
    ? `no host could ever take it: even empty, the closest have ${text}`
    : `the closest hosts have ${text}`;
}
