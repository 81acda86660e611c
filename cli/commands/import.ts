import type { Command } from 'commander';
import type { CliIo } from '../io.ts';
import { registerImportDeployed } from './import/deployed.ts';
import { registerImportGpuCluster } from './import/gpu-cluster.ts';
import { registerImportJobs } from './import/jobs.ts';
import { registerImportKubernetes } from './import/kubernetes.ts';
import { registerImportOpenb } from './import/openb.ts';
import { registerImportSacct } from './import/sacct.ts';
import { registerImportSwf } from './import/swf.ts';

/** `slicewise import FORMAT`: turns traces and cluster files into scenarios. */
export function registerImport(program: Command, io: CliIo): void {
  const command = program
    .command('import')
    .description('make a scenario of trace files, of a cluster file or of what is deployed');
  registerImportOpenb(command, io);
  registerImportJobs(command, io);
  registerImportSwf(command, io);
  registerImportSacct(command, io);
  registerImportKubernetes(command, io);
  registerImportGpuCluster(command, io);
  registerImportDeployed(command, io);
}
