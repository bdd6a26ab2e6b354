import { expect, test } from 'vitest';
import { decode } from '../decode';
import { dicomSeries } from '../fixtures/dicomFile';
import { survey } from '../survey';

const noAssets = () => Promise.reject(new Error('no asset is needed'));
const noCheckpoint = () => Promise.resolve();

/** Reasons why the series is taken for no head MRI. */
async function reasons(bodyPartExamined: string | undefined): Promise<readonly string[]> {
  const pixelData = new Uint8Array(2 * 64 * 64).map((_, n) => (n * 7919) % 251);
  const files = dicomSeries('a', 3, { bodyPartExamined, rows: 64, columns: 64, pixelSpacing: '3\\3', pixelData });
  const { scans } = await survey(files, noAssets, noCheckpoint);
  const { warnings } = await decode(scans[0]!, noAssets, noCheckpoint);
  return warnings.flatMap((warning) => (warning.code === 'unlike-mri' ? warning.reasons : []));
}

test.each([
  ['ABDOMEN', 'abdomen'],
  ['c-spine', 'cervical spine'],
])('a series that says it is of the %s is said to be no head', async (code, word) => {
  expect(await reasons(code)).toContain(`its header says: ${word}`);
});

test.each([undefined, '', 'HEAD', 'BRAIN', 'SKULL', 'SMITH^ABDOMEN', 'constructor'])(
  'of %s nothing is said, and no text of the file gets out',
  async (code) => {
    expect((await reasons(code)).filter((reason) => /header/.test(reason))).toEqual([]);
  },
);
