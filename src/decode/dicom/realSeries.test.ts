import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { decode } from '../decode';
import { survey } from '../survey';

const noAssets = () => Promise.reject(new Error('no asset is needed'));
const noCheckpoint = () => Promise.resolve();

const folder = '../shared/data/dicom/dcm_qa/ge_epi_series';

describe.skipIf(!existsSync(folder))(
  'a real run of 59 files, whose fourth time point was broken off before its last slice',
  () => {
    const files = () =>
      readdirSync(folder).map((name) => ({
        path: `run/${name}`,
        blob: new Blob([readFileSync(path.join(folder, name))]),
      }));

    it('is four volumes of 15 slices, told apart by the order of their numbers', async () => {
      const { scans, refused } = await survey(files(), noAssets, noCheckpoint);
      expect(refused).toEqual([]);
      expect(scans.map(({ series }) => series?.dims)).toEqual(Array(4).fill([64, 64, 15]));
      expect(scans.map(({ series }) => series?.sequence)).toEqual(Array(4).fill('other'));
      expect(scans[3]!.warnings).toEqual([
        { code: 'several-volumes', volumeCount: 4, by: 'the order of their numbers' },
        { code: 'slices-missing', slices: [15], sliceCount: 15 },
      ]);
      const names = scans.map((scan) => scan.files.map((file) => Number(/(\d+)\.dcm$/.exec(file.path)![1])));
      expect(names.flat()).toEqual(Array.from({ length: 59 }, (_, n) => n + 1));
    });

    it('has the last time point in the place of the others', async () => {
      const { scans } = await survey(files(), noAssets, noCheckpoint);
      const [first, last] = await Promise.all(
        [scans[0]!, scans[3]!].map((scan) => decode(scan, noAssets, noCheckpoint)),
      );
      expect(last!.grid.dims).toEqual(first!.grid.dims);
      const affine = (volume: typeof first) =>
        (volume!.grid.space as { affine: readonly (readonly number[])[] }).affine;
      expect(
        affine(last)
          .flat()
          .map((value, n) => Math.abs(value - affine(first).flat()[n]!) < 1e-4),
      ).not.toContain(false);
      expect(last!.intensities.subarray(14 * 64 * 64).every(Number.isNaN)).toBe(true);
    });
  },
);
