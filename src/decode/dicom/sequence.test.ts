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

/** Of an enhanced image: times in functional groups shared by all frames (milliseconds, FD but for TR). */
function enhancedOf(
  times: { readonly echo: number; readonly repetition: string; readonly inversion?: number },
  values: Parameters<typeof dataSetOf>[0] = {},
  sequences: readonly (keyof typeof tag)[] = [],
): DataSet {
  const holding = (...sets: readonly (readonly [name: keyof typeof tag, dataSet: DataSet])[]) =>
    Object.fromEntries(sets.map(([name, dataSet]) => [tag[name], { tag: tag[name], items: [{ dataSet }] }]));
  const double = (name: keyof typeof tag, value: number) =>
    ({ elements: { [tag[name]]: { length: 8 } }, double: () => value }) as unknown as DataSet;
  const groups = {
    elements: holding(
      ['echoSequence', double('effectiveEchoTime', times.echo)],
      ['timingSequence', dataSetOf({ repetitionTime: times.repetition })],
      ...(times.inversion === undefined
        ? []
        : ([['modifierSequence', double('inversionTimes', times.inversion)]] as const)),
    ),
  } as unknown as DataSet;
  const own = dataSetOf(values);
  const empty = sequences.map((name) => [name, dataSetOf({})] as const);
  return { ...own, elements: { ...own.elements, ...holding(['sharedFunctionalGroups', groups], ...empty) } } as DataSet;
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
  ['T1_MPRAGE_vor_KM', 'T1'],
  ['T1 SE TRA NACH KM', 'T1-CE'],
  ['T1 avant injection', 'T1'],
  ['T1 sin contraste', 'T1'],
  ['T1 WITH FAT SAT', 'T1'],
  ['T1 FS WITHOUT', 'T1'],
  ['T1 post op', 'T1'],
  ['AX T1 POST FS PHASE SWAP', 'T1-CE'],
  ['T1 POST PERFUSION', 'T1-CE'],
  ['T1 MPRAGE ARTERIAL PHASE', 'T1-CE'],
  ['SAG T1 PHASE SWAP', 'T1'],
  ['T1 perfusion', 'other'],
  ['GRE phase', 'other'],
  ['3D phase contrast T1', 'other'],
  ['T1 FLAIR +C', 'T1-CE'],
  ['t1_tse_dark-fluid_tra KM', 'T1-CE'],
  ['SAG CUBE T2 FLAIR FS +C', 'FLAIR'],
  ['T1 MPRAGE C-', 'T1'],
  ['Ax BRAVO Stealth +C', 'T1-CE'],
  ['AX T1 W WO CONTRAST', 'T1-CE'],
  ['T1 post Localizer-guided SRS planning', 'T1-CE'],
  ['AAHead_Scout_MPR_sag', 'other'],
  ['TEST1', 'unknown'],
  ['', 'unknown'],
];

test.each(described)('%j is %s', (description, sequence) => {
  expect(guessSequence(dataSetOf({}), description)).toBe(sequence);
});

test('the description outweighs the agent that a header repeats', () => {
  const agent = dataSetOf({ contrastAgent: 'DOTAREM' });
  expect(guessSequence(agent, 'T1 WITH FAT SAT')).toBe('T1-CE');
  expect(guessSequence(agent, 'T1_MPRAGE_vor_KM')).toBe('T1');
});

describe('of enhanced images', () => {
  const spinEcho = { echo: 12, repetition: '600' };
  test.each<[name: string, dataSet: DataSet, description: string, sequence: Sequence]>([
    ['an inversion time', enhancedOf({ echo: 120, repetition: '9000', inversion: 2500 }), '', 'FLAIR'],
    ['no inversion time', enhancedOf({ echo: 120, repetition: '9000' }), '', 'T2'],
    [
      'the contrast of the acquisition',
      enhancedOf({ echo: 120, repetition: '9000' }, { acquisitionContrast: 'FLUID_ATTENUATED' }),
      '',
      'FLAIR',
    ],
    ['another contrast', enhancedOf(spinEcho, { acquisitionContrast: 'PERFUSION' }), '', 'other'],
    ['no agent', enhancedOf(spinEcho), '', 'T1'],
    ['a list of agents', enhancedOf(spinEcho, {}, ['contrastAgentSequence']), '', 'T1-CE'],
    ['a list of agents, and words', enhancedOf(spinEcho, {}, ['contrastAgentSequence']), 'T1 AX', 'T1-CE'],
    [
      'a gradient echo with inversion',
      enhancedOf({ echo: 3, repetition: '2300', inversion: 900 }, { echoPulseSequence: 'GRADIENT' }),
      '',
      'T1',
    ],
  ])('%s', (_, dataSet, description, sequence) => {
    expect(guessSequence(dataSet, description)).toBe(sequence);
  });
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
