/** What a volume may claim. Checked against its header, before anything of that size is allocated. */
import { PipelineFailure } from '../domain/errors';
import type { Dims } from '../domain/grid';
import { minimumSidePx } from './bounds';
import { corrupt } from './failures';

/** 512³: as float32 it is 512 MiB. A head at 0.5 mm has a third of it. */
export const maximumVoxels = 2 ** 27;

const maximumSide = 2048;

/**
 * @throws PipelineFailure 'corrupt-file' (a side of 0 or less), 'volume-too-large', or 'image-too-small' if no two sides
 *   have the pixels of a slice
 */
export function checkVolumeDims(format: string, dims: Dims): void {
  if (!dims.every((side) => Number.isInteger(side) && side > 0)) {
    throw corrupt(format, 'one of its sides has no voxels');
  }
  if (Math.max(...dims) > maximumSide || dims[0] * dims[1] * dims[2] > maximumVoxels) {
    throw new PipelineFailure({ code: 'volume-too-large', dims, maximumSide, maximumVoxels });
  }
  const [, height, width] = [...dims].sort((a, b) => a - b) as [number, number, number];
  if (height < minimumSidePx) {
    throw new PipelineFailure({ code: 'image-too-small', width, height, minimum: minimumSidePx });
  }
}
