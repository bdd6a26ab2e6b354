import type { DataSet } from 'dicom-parser';
import { describe, expect, test } from 'vitest';
import type { Sequence } from '../../domain/scan';
import { guessSequence } from './sequence';
import { tag } from './tags';

/** A data set of short texts. */
function dataSetOf(values: Partial<Record<keyof typeof tag, string>>): DataSet {
  const text = Object.values(values).join('');
  let dataOffset = 0;
  const elements = Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const element = { tag: tag[name as keyof typeof tag], dataOffset, length: value.length };
      dataOffset += value.length;
      return [element.tag, element];
    }),
  );
  // Of the class no more is used here.
  return { elements, byteArray: new TextEncoder().encode(text) } as unknown as DataSet;
}

const described: readonly (readonly [description: string, sequence: Sequence])[] = [
  ['t1_mprage_sag_p2_iso', 'T1'],
  ['t1_mprage_sag_p2_iso_KM', 'T1-CE'],
  ['AX T1 POST GD', 'T1-CE'],
  ['sT1W_3D_TFE', 'T1'],
  ['T1 axial non contrast', 'T1'],
  ['T1_pre-contrast', 'T1'],
  ['T1 without and with contrast', 'T1-CE'],
  ['eThrive T1CE', 'T1-CE'],
  ['3D FLAIR', 'FLAIR'],
  ['t2_tirm_tra_dark-fluid', 'FLAIR'],
  ['T2W_TSE', 'T2'],
  ['Ax T2* GRE', 'other'],
  ['ep2d_diff_3scan_trace', 'other'],
  ['REST1 w SMS PF7-8', 'other'],
  ['Axial EPI-FMRI (Interleaved I to S)', 'other'],
  ['B0 NS', 'other'],
  ['gre_field_mapping', 'other'],
  ['localizer', 'other'],
  ['TEST1', 'unknown'],
  ['', 'unknown'],
];

test.each(described)('%j is %s', (description, sequence) => {
  expect(guessSequence(dataSetOf({}), description)).toBe(sequence);
});

describe('without words, the tags say it:', () => {
  const spinEcho = { scanningSequence: 'SE', imageType: 'ORIGINAL\\PRIMARY\\M' };
  test.each<[name: string, values: Parameters<typeof dataSetOf>[0], sequence: Sequence]>([
    ['short echo and repetition', { ...spinEcho, echoTime: '12', repetitionTime: '600' }, 'T1'],
    [
      'the same with an agent',
      { ...spinEcho, echoTime: '12', repetitionTime: '600', contrastAgent: 'DOTAREM' },
      'T1-CE',
    ],
    ['the same, agent NONE', { ...spinEcho, echoTime: '12', repetitionTime: '600', contrastAgent: 'NONE' }, 'T1'],
    ['long echo and repetition', { ...spinEcho, echoTime: '90', repetitionTime: '5000' }, 'T2'],
    ['fluid nulled', { ...spinEcho, echoTime: '90', repetitionTime: '9000', inversionTime: '2500' }, 'FLAIR'],
    [
      'slow gradient echo with inversion',
      { scanningSequence: 'GR\\IR', echoTime: '3', repetitionTime: '2300', inversionTime: '900' },
      'T1',
    ],
    ['echo-planar', { scanningSequence: 'EP\\GR', echoTime: '30', repetitionTime: '1200' }, 'other'],
    [
      'echo-planar, in the words of enhanced images',
      { echoPlanarPulseSequence: 'YES', echoTime: '12', repetitionTime: '600' },
      'other',
    ],
    [
      'a phase image',
      { ...spinEcho, imageType: 'ORIGINAL\\PRIMARY\\P', echoTime: '12', repetitionTime: '600' },
      'other',
    ],
    ['no times', spinEcho, 'unknown'],
  ])('%s', (_, values, sequence) => {
    expect(guessSequence(dataSetOf(values), '')).toBe(sequence);
  });
});
