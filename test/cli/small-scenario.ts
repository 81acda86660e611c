/** A busy fleet of two hosts: jobs wait, some run side by side on a GPU. Runs in milliseconds. */
export const SMALL_YAML = `apiVersion: slicewise/v1
name: small
fleet:
  hosts:
    - { name: a, count: 2, cpu: 8, memory: 32GiB, gpus: { model: A100, count: 2 } }
workload:
  synthetic:
    tasks: 50
    arrivals: { process: poisson, rate: 6/h }
    classes:
      - { name: half, cpu: 2, memory: 4GiB, gpus: 1, gpu: 50%, lifetime: { kind: exponential, mean: 1h } }
      - { name: two, cpu: 2, memory: 4GiB, gpus: 2, lifetime: { kind: exponential, mean: 1h } }
`;

export const NODE_HEADER = 'sn,cpu_milli,memory_mib,gpu,model';
export const POD_HEADER =
  'name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,creation_time,deletion_time,scheduled_time';

/** A scenario that reads `nodes.csv` and `pods.csv` beside it. */
export const TRACE_YAML = `apiVersion: slicewise/v1
name: traced
fleet: { trace: { format: openb, nodes: nodes.csv } }
workload: { trace: { format: openb, pods: pods.csv } }
policy: { placement: first-fit }
`;
