import { expect, it } from 'vitest';
import { ijk } from '../domain/grid';
import { lesionsToCsv } from './lesionTable';

const header = 'id,voxelCount,centroidI,centroidJ,centroidK,meanProbability,maxProbability,firstSlice,lastSlice\r\n';

it('writes a row for each lesion below the headings', () => {
  const csv = lesionsToCsv([
    {
      id: 1,
      voxelCount: 120,
      centroid: ijk(12.345, 7, 0),
      meanProbability: 0.91236,
      maxProbability: 1,
      slices: [0, 0],
    },
    { id: 2, voxelCount: 9, centroid: ijk(0, 100.5, 3), meanProbability: 0.5, maxProbability: 0.75, slices: [2, 4] },
  ]);
  expect(csv).toBe(`${header}1,120,12.35,7.00,0.00,0.9124,1.0000,0,0\r\n2,9,0.00,100.50,3.00,0.5000,0.7500,2,4\r\n`);
});

it('writes the headings alone where there is no lesion', () => {
  expect(lesionsToCsv([])).toBe(header);
});
