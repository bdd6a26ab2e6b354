import { afterEach, expect, test, vi } from 'vitest';

afterEach(() => vi.resetModules());

/** The module as it is where these models ship. */
async function where(models: 'bothSequences' | 'oneForFlair' | 'onlyT1ce' | 'withOwn') {
  vi.doMock('virtual:shipped-models', async () => (await import('./fixtures/listedModels'))[models]);
  return import('./networkChoice');
}

test('a sequence is there if a network for it ships, T1-CE first', async () => {
  expect((await where('bothSequences')).sequences).toEqual(['t1ce', 'flair']);
  vi.resetModules();
  expect((await where('onlyT1ce')).sequences).toEqual(['t1ce']);
});

test('an image goes to the networks for what it says it is, as far as they ship', async () => {
  const { sequenceFor } = await where('bothSequences');
  expect((['FLAIR', 'T1-CE', 'T1', 'T2', 'other', 'unknown'] as const).map(sequenceFor)).toEqual(
    ['flair', 't1ce', 't1ce', undefined, undefined, undefined], // prettier-ignore
  );
  vi.resetModules();
  expect((await where('onlyT1ce')).sequenceFor('FLAIR')).toBeUndefined();
});

test('where one network ships for a sequence, it is what is looked at', async () => {
  const { possibleChoice, architecturesFor, modelIdOf } = await where('oneForFlair');
  expect(architecturesFor('flair')).toEqual(['attention-unet']);
  expect(possibleChoice('both', 'flair')).toBe('attention-unet');
  expect(possibleChoice('nested-unet', 'flair')).toBe('attention-unet');
  expect(possibleChoice('both', 't1ce')).toBe('both');
  expect(modelIdOf('attention-unet', 'flair')).toBe('attention-unet-flair');
});

test('a network of the user’s own takes the place of the one that ships, and of no other', async () => {
  const { modelIdOf, architecturesFor } = await where('withOwn');
  expect(modelIdOf('attention-unet', 't1ce')).toBe('attention-unet-t1ce-own');
  expect(modelIdOf('nested-unet', 't1ce')).toBe('nested-unet-t1ce');
  expect(modelIdOf('attention-unet', 'flair')).toBe('attention-unet-flair');
  expect(modelIdOf('nested-unet', 'flair')).toBe('nested-unet-flair');
  expect(architecturesFor('t1ce')).toEqual(['nested-unet', 'attention-unet']);
});
