import { expect, test } from 'vitest';
import type { MaskProvenance } from '../domain/provenance';
import { screenshotCaption } from './screenshotCaption';

const about: MaskProvenance = {
  ...{ programVersion: '1.2.3', modelId: 'a-model', weightsSha256: 'ab', threshold: 0.35, isTriPlanar: true },
  ...{
    minSize: { value: 20, unit: 'mm3' },
    rejectedCount: 0,
    backend: 'wasm',
    adapter: 'cpu',
    trainedOn: '',
    notice: '',
  },
};
const first = { name: 'A', colour: [1, 2, 3] as const, isDashed: false, about };
const second = { name: 'B', colour: [4, 5, 6] as const, isDashed: true, about: { ...about, modelId: 'b-model' } };
const notice = { text: 'Research use only, not for diagnosis.' };

test('a screenshot says whose masks it shows, with which threshold, and what it is not for', () => {
  expect(screenshotCaption([first, second], { isMaskHidden: false, overlay: 'disagreement' })).toEqual([
    { text: 'A: a-model, p >= 0.35, smallest 20 mm3, three planes averaged, metsight 1.2.3', colour: [1, 2, 3] },
    {
      text: 'B (dashed): b-model, p >= 0.35, smallest 20 mm3, three planes averaged, metsight 1.2.3',
      colour: [4, 5, 6],
    },
    { text: 'Only where they disagree.' },
    notice,
  ]);
});

test('while the masks are hidden no network is named', () => {
  expect(screenshotCaption([first], { isMaskHidden: true, overlay: 'masks' })).toEqual([
    { text: 'The masks are hidden.' },
    notice,
  ]);
});
