import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { PipelineFailure, type PipelineError } from '../domain/errors';
import type { AssetSource } from '../domain/assets';
import { decodePicture } from './picture';

/** As `fixtures/make.py` writes it. */
type Fixture = { readonly file: string } & (
  | { readonly error: { readonly code: PipelineError['code']; readonly found?: string } }
  | {
      readonly dims: readonly [number, number, number];
      readonly isEightBit: boolean;
      readonly warnings: readonly string[];
      readonly tolerance: number;
      readonly values: string;
    }
);

const read = (path: string) => new Uint8Array(readFileSync(new URL(path, import.meta.url)));
const fixtures = new TextDecoder()
  .decode(read('fixtures/expected.jsonl'))
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Fixture);

const assets: AssetSource = async () => read('../../node_modules/@jsquash/webp/codec/dec/webp_dec.wasm');

const decodeFixture = (file: string) => decodePicture(read(`fixtures/${file}`), assets);

async function failureOf(volume: Promise<unknown>): Promise<PipelineError> {
  try {
    await volume;
  } catch (thrown) {
    if (thrown instanceof PipelineFailure) return thrown.error;
    throw thrown;
  }
  throw new Error('nothing was thrown');
}

function expectedValues(base64: string): Float32Array {
  const bytes = inflateSync(Buffer.from(base64, 'base64'));
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => {
    if (Number.isNaN(value) && Number.isNaN(b[i])) return most;
    const difference = Math.abs(value - b[i]!);
    return difference <= most ? most : difference;
  }, 0);
}

describe('decodePicture', () => {
  for (const fixture of fixtures) {
    if ('error' in fixture) {
      it(`refuses ${fixture.file} as ${fixture.error.code}${fixture.error.found ? `: ${fixture.error.found}` : ''}`, async () => {
        expect(await failureOf(decodeFixture(fixture.file))).toMatchObject(fixture.error);
      });
    } else {
      it(`reads ${fixture.file} as Pillow, numpy or tifffile do`, async () => {
        const volume = await decodeFixture(fixture.file);
        const wanted = expectedValues(fixture.values);
        expect(volume.grid).toEqual({ dims: fixture.dims, space: { kind: 'pixels' } });
        expect(volume.isEightBit).toBe(fixture.isEightBit);
        expect(volume.intensities).toHaveLength(wanted.length);
        expect(largestDifference(volume.intensities, wanted)).toBeLessThanOrEqual(fixture.tolerance);
        // These two are about size and look, and have tests of their own.
        const codes = volume.warnings
          .map(({ code }) => code)
          .filter((code) => code !== 'low-resolution' && code !== 'unlike-mri');
        expect(codes.toSorted()).toEqual([...fixture.warnings].sort());
      });
    }
  }

  it('says how many pixels a picture has that is smaller than the networks expect', async () => {
    const { warnings } = await decodeFixture('grey8.png');
    expect(warnings).toContainEqual({ code: 'low-resolution', longerSidePx: 40 });
  });

  it('leaves the file’s bytes as they were', async () => {
    for (const file of ['grey16-interlaced.png', 'grey.jpg', 'lzw-predictor.tif', 'rgba-lossy.webp']) {
      const bytes = read(`fixtures/${file}`);
      await decodePicture(bytes, assets);
      expect(bytes).toEqual(read(`fixtures/${file}`));
    }
  });

  it('reads a picture that lies in the middle of a larger buffer', async () => {
    for (const file of ['grey16.png', 'grey.jpg', 'grey16-big-endian.tif', 'grey-lossless.webp']) {
      const bytes = read(`fixtures/${file}`);
      const buffer = new Uint8Array(bytes.length + 37).fill(0xff);
      buffer.set(bytes, 13);
      const inside = await decodePicture(buffer.subarray(13, 13 + bytes.length), assets);
      expect(inside).toEqual(await decodePicture(bytes, assets));
    }
  });

  it('asks for the WebP decoder again after it could not be had', async () => {
    vi.resetModules();
    const { decodePicture: freshDecode } = await import('./picture');
    const webp = read('fixtures/grey-lossless.webp');
    await expect(freshDecode(webp, () => Promise.reject(new Error('offline')))).rejects.toThrow('offline');
    expect((await freshDecode(webp, assets)).grid.dims).toEqual([40, 36, 1]);
  });

  it('refuses a header of 20000×20000 pixels at once', async () => {
    for (const file of ['huge.png', 'huge.jpg', 'huge.tif', 'huge.webp']) {
      const start = performance.now();
      await failureOf(decodeFixture(file));
      expect(performance.now() - start).toBeLessThan(50);
    }
  });
});
