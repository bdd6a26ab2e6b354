/** The whole way in, as the page takes it: survey, then decode each scan. What may come out, and nothing else. */
import { decode } from '../decode/decode';
import { survey } from '../decode/survey';
import { voxelCount } from '../domain/grid';
import type { AssetSource } from '../domain/assets';
import { type PipelineError, PipelineFailure } from '../domain/errors';
import { errorText } from '../domain/errorText';
import type { FileBytes } from '../domain/scan';
import { canary, type SeedFile } from './seed';

/** Of one mutant; more would only repeat. */
const mostScans = 4;

export interface Outcome {
  readonly volumeCount: number;
  readonly errors: readonly PipelineError['code'][];
  /** All voxels that came out, as float32. */
  readonly volumeBytes: number;
}

/** A file in memory. A Blob would do, and takes longer than most decoders. */
export const fileBytes = (bytes: Uint8Array): FileBytes => ({
  size: bytes.length,
  slice: (start, end) => fileBytes(bytes.subarray(start, end)),
  arrayBuffer: () => Promise.resolve(bytes.slice().buffer),
});

const noCheckpoint = () => Promise.resolve();

/** @throws Error what is wrong with the reader: an untyped error, content of the file in an error, a volume that lies */
export async function readAll(files: readonly SeedFile[], assets: AssetSource): Promise<Outcome> {
  const named = files.map(({ path, bytes }) => ({ path, blob: fileBytes(bytes) }));
  const errors: PipelineError['code'][] = [];
  let volumeCount = 0;
  let volumeBytes = 0;
  const { scans, refused } = await survey(named, assets, noCheckpoint);
  for (const { error } of refused) errors.push(soundCode(error));
  for (const scan of scans.slice(0, mostScans)) {
    try {
      const { grid, intensities } = await decode(scan, assets, noCheckpoint);
      const isWhole = grid.dims.every((side) => Number.isInteger(side) && side > 0);
      if (!isWhole || intensities.length !== voxelCount(grid)) {
        throw new Error(`dims ${grid.dims.join(' × ')}, but ${intensities.length} voxels`);
      }
      volumeCount++;
      volumeBytes += intensities.byteLength;
    } catch (thrown) {
      if (!(thrown instanceof PipelineFailure)) throw thrown;
      errors.push(soundCode(thrown.error));
    }
  }
  return { volumeCount, errors, volumeBytes };
}

function soundCode(error: PipelineError): PipelineError['code'] {
  if (error.code === 'internal') throw new Error(`internal: ${error.message}`);
  const said = [JSON.stringify(error), ...Object.values(errorText(error))].join('\n');
  if (said.includes(canary)) throw new Error(`the error repeats the file: ${error.code}`);
  return error.code;
}
