import { expect, test } from 'vitest';
import { addressOptions } from './addressOptions';

test('without a wish the program chooses', () => {
  expect(addressOptions('')).toEqual({ backend: 'auto', network: 'nested-unet' });
});

test('backend and network can be asked for', () => {
  expect(addressOptions('?backend=webgpu&network=both')).toEqual({ backend: 'webgpu', network: 'both' });
  expect(addressOptions('?network=attention-unet&backend=wasm')).toEqual({
    backend: 'wasm',
    network: 'attention-unet',
  });
});

test('what does not exist is no wish', () => {
  expect(addressOptions('?backend=cuda&network=../x')).toEqual({ backend: 'auto', network: 'nested-unet' });
});
