import { GPU_MILLI } from '../../cluster/request.ts';
import type { QueuedJob } from './discipline.ts';

/** GPUs that a job asks for in thousandths: a whole number, so that what is added up can be taken off again exactly. */
export function gpuMilliOf({ gpus }: Pick<QueuedJob, 'gpus'>): number {
  return Math.round(gpus * GPU_MILLI);
}
