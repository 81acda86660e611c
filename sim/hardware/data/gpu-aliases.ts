/** Names that do not say all of what a catalogue entry is, the entry they stand for, and what that assumes. */
export interface GpuAlias {
  readonly alias: string;
  readonly gpuId: string;
  readonly assumption: string;
}

// biome-ignore format: one record per line
export const GPU_ALIASES: readonly GpuAlias[] = [
  { alias: 'V100M16', gpuId: 'v100-sxm2-16gb', assumption: 'V100 with 16 GB in the Alibaba traces, form factor not given: SXM2' },
  { alias: 'V100M32', gpuId: 'v100-sxm2-32gb', assumption: 'V100 with 32 GB in the Alibaba traces, form factor not given: SXM2' },
  { alias: 'V100', gpuId: 'v100-sxm2-16gb', assumption: 'form factor and memory not given: SXM2 16 GB' },
  { alias: 'V100 16GB', gpuId: 'v100-sxm2-16gb', assumption: 'form factor not given: SXM2' },
  { alias: 'V100 32GB', gpuId: 'v100-sxm2-32gb', assumption: 'form factor not given: SXM2' },
  { alias: 'A100 40GB', gpuId: 'a100-sxm4-40gb', assumption: 'form factor not given: SXM4' },
  { alias: 'A100 80GB', gpuId: 'a100-sxm4-80gb', assumption: 'form factor not given: SXM4' },
  { alias: 'H100', gpuId: 'h100-sxm5-80gb', assumption: 'form factor and memory not given: SXM5 80 GB' },
  { alias: 'H100 80GB', gpuId: 'h100-sxm5-80gb', assumption: 'form factor not given: SXM5' },
  { alias: 'H100 80GB HBM3', gpuId: 'h100-sxm5-80gb', assumption: 'the name nvidia-smi prints for the SXM5 part' },
  { alias: 'H200', gpuId: 'h200-sxm-141gb', assumption: 'form factor not given: SXM' },
  { alias: 'H200 141GB', gpuId: 'h200-sxm-141gb', assumption: 'form factor not given: SXM' },
  { alias: 'RTX 6000', gpuId: 'quadro-rtx-6000', assumption: 'generation not given: Quadro RTX 6000 (Turing)' },
  { alias: 'RTX6000', gpuId: 'quadro-rtx-6000', assumption: 'generation not given: Quadro RTX 6000 (Turing)' },
  { alias: 'RTX8000', gpuId: 'quadro-rtx-8000', assumption: 'Quadro RTX 8000 (Turing)' },
  { alias: 'RTX4000', gpuId: 'quadro-rtx-4000', assumption: 'generation not given: Quadro RTX 4000 (Turing)' },
  { alias: 'RTX 4000', gpuId: 'quadro-rtx-4000', assumption: 'generation not given: Quadro RTX 4000 (Turing)' },
];
