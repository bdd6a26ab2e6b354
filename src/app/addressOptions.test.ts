import { expect, test } from 'vitest';
import { addressOptions } from './addressOptions';

test('without a wish the program chooses', () => {
  expect(addressOptions('')).toEqual({ backend: 'auto', network: 'nested-unet', sequence: 't1ce' });
});

test('backend, network and sequence can be asked for', () => {
  expect(addressOptions('?backend=webgpu&network=both')).toMatchObject({ backend: 'webgpu', network: 'both' });
  expect(addressOptions('?network=attention-unet&backend=wasm&sequence=flair')).toEqual({
    backend: 'wasm',
    network: 'attention-unet',
    sequence: 'flair',
  });
});

test('what does not exist is no wish', () => {
  expect(addressOptions('?backend=cuda&network=../x&sequence=t2')).toEqual({
    backend: 'auto',
    network: 'nested-unet',
    sequence: 't1ce',
  });
});
