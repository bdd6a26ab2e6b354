import { expect, test } from 'vitest';
import { affineOf, spacingOf } from '../../domain/spacing';
import { decode } from '../decode';
import { dicomSeries } from '../fixtures/dicomFile';
import { survey } from '../survey';

const noAssets = () => Promise.reject(new Error('no program is needed'));
const noCheckpoint = () => Promise.resolve();

test('directions that a header has rounded do not stretch the pixels', async () => {
  // A turn by 45° about z: (0.71, 0.71, 0) is 1.004 long.
  const files = dicomSeries('s', 3, { imageOrientation: '0.71\\0.71\\0\\-0.71\\0.71\\0', pixelSpacing: '0.5\\0.9' });
  const { scans } = await survey(files, noAssets, noCheckpoint);
  const { grid } = await decode(scans[0]!, noAssets, noCheckpoint);
  // Between columns, between rows (PS3.3 10.7.1.3), between slices.
  spacingOf(affineOf(grid)!).forEach((mm, axis) => expect(mm).toBeCloseTo([0.9, 0.5, 2][axis]!, 9));
});
