import { describe, expect, test } from 'vitest';
import type { Sequence } from '../domain/scan';
import { sequenceOfName } from './sequenceOfName';
import { namesLocalizer, sequenceWords, unsaidWarnings } from './sequenceWords';

const names: readonly (readonly [name: string, sequence: Sequence])[] = [
  ['BraTS-MET-00110-000-t1c.nii.gz', 'T1-CE'],
  ['BraTS-MET-00110-000-t1n.nii.gz', 'T1'],
  ['BraTS-MET-00110-000-t2f.nii.gz', 'FLAIR'],
  ['BraTS-MET-00110-000-t2w.nii.gz', 'T2'],
  ['BraTS20_Training_001_t1ce.nii', 'T1-CE'],
  ['sub-01_ce-gadolinium_T1w.nii.gz', 'T1-CE'],
  ['sub-01_T1w.nii.gz', 'T1'],
  ['study-T1post.nii.gz', 'T1-CE'],
  ['T1_3D_postGd.nii.gz', 'T1-CE'],
  ['patient_T1+C.nii.gz', 'T1-CE'],
  ['AX_T1_FLAIR_+C.nii.gz', 'T1-CE'],
  ['t1_flair_gd.nii.gz', 'T1-CE'],
  ['x_t1_tirm_post.nii.gz', 'T1-CE'],
  ['t1-contrast-enhanced.mha', 'T1-CE'],
  ['cet1w.nrrd', 'T1-CE'],
  ['T1c_reg.nii.gz', 'T1-CE'],
  ['mprage_gad.mgz', 'T1-CE'],
  ['T1_native_2.nii.gz', 'T1'],
  ['patient_2_T1.nii.gz', 'T1'],
  ['FLAIR_T1space.nii.gz', 'FLAIR'],
  ['flair_reg_to_t1.nii.gz', 'FLAIR'],
  ['t2_reg_to_t1.nii.gz', 'T2'],
  ['t2_flair.nii.gz', 'FLAIR'],
  ['swi.nii.gz', 'other'],
  ['t2star.nii.gz', 'other'],
  ['scan.nii.gz', 'unknown'],
  ['Schmidt_Difficult_case.nii.gz', 'unknown'],
];

test.each(names)('a file called %s is %s', (name, sequence) => {
  expect(sequenceOfName(`T1/${name}`)).toBe(sequence);
});

describe('pictures to plan by', () => {
  test.each(['AAHead_Scout', 'AAHead_Scout_MPR_sag', 'localizer', '3-plane LOC', 'Survey_32ch', 'Localizer T1 FFE'])(
    'are told by %s',
    (description) => expect(namesLocalizer(description)).toBe(true),
  );
  test.each(['T1 post Localizer-guided SRS planning', 'T1 +C for scout', 'local T1 shim', 'T1'])(
    'are not told by %s',
    (description) => expect(namesLocalizer(description)).toBe(false),
  );
});

test('where nothing says the sequence, that is said', () => {
  expect(unsaidWarnings('unknown')).toEqual([{ code: 'sequence-unsaid' }]);
  expect(unsaidWarnings('T1-CE')).toEqual([]);
});

test('a name without end takes no time', () => {
  const start = process.cpuUsage();
  sequenceWords('space'.repeat(20_000));
  sequenceWords(' '.repeat(100_000));
  expect(process.cpuUsage(start).user / 1000).toBeLessThan(200);
});
