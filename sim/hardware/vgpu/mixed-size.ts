/** memory GiB, vGPU size GiB, most vGPUs in equal-size mode, most in mixed-size mode, placement ids. */
export type MixedSizeRow = readonly [
  memoryGib: number,
  sizeGib: number,
  maxEqualSize: number,
  maxMixedSize: number,
  placementIds: readonly number[],
];

/**
 * Where vGPUs of one size may start in mixed-size mode. The memory is cut into n equal cells, n the largest power of
 * two that leaves every cell at least `sizeGib`; even cells are filled from their start, odd cells up to their end.
 * Rule R-mixed-3: derived from every published placement table, not documented by the vendor. GPUs of the Ada
 * generation are said to allow fewer 1 GiB vGPUs; how many is not known, so the result is too high there.
 *
 * @param memoryGib nominal memory of the GPU, whole GiB
 * @param sizeGib frame buffer of the vGPU, whole GiB
 * @returns starts in GiB, ascending; empty when the vGPU is larger than the GPU
 */
export function mixedSizePlacements(memoryGib: number, sizeGib: number): number[] {
  if (sizeGib > memoryGib) return [];
  let cells = 1;
  while (cells * 2 * sizeGib <= memoryGib) cells *= 2;
  return Array.from({ length: cells }, (_, cell) =>
    cell % 2 === 0
      ? Math.floor((cell * memoryGib) / cells)
      : Math.floor(((cell + 1) * memoryGib) / cells) - sizeGib,
  );
}
