import { decode as decodePng } from 'fast-png';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Grid } from '../domain/grid';
import { about } from './fixtures/derived';
import { encodeMaskPng, encodeProbabilityPng, encodeRgbaPng } from './png';

const grid = (width: number, height: number, slices: number): Grid => ({
  dims: [width, height, slices],
  space: { kind: 'pixels' },
});

/** Bit depth and colour type of the header (ISO/IEC 15948, 11.2.2). */
const kindOf = (png: Uint8Array) => ({ depth: png[24], colourType: png[25] });
const eightBitGrey = { depth: 8, colourType: 0 };
const sixteenBitGrey = { depth: 16, colourType: 0 };

const dims = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 3 }));

describe('encodeMaskPng', () => {
  it('writes 255 where a lesion is and 0 elsewhere, in 8-bit grey', () => {
    const labels = Uint16Array.of(0, 1, 0, 2, 0, 300);
    const png = encodeMaskPng({ grid: grid(3, 2, 1), labels }, 0, about);
    expect(kindOf(png)).toEqual(eightBitGrey);
    const { width, height, data } = decodePng(png);
    expect({ width, height, data: [...data] }).toEqual({ width: 3, height: 2, data: [0, 255, 0, 255, 0, 255] });
  });

  it('gives every slice of every mask back', () => {
    const masks = dims.chain(([ni, nj, nk]) =>
      fc.uint16Array({ minLength: ni * nj * nk, maxLength: ni * nj * nk, max: 3 }).map((labels) => ({
        grid: grid(ni, nj, nk),
        labels,
      })),
    );
    fc.assert(
      fc.property(masks, (mask) => {
        const [ni, nj, nk] = mask.grid.dims;
        for (let k = 0; k < nk; k++) {
          const { width, height, data } = decodePng(encodeMaskPng(mask, k, about));
          expect([width, height]).toEqual([ni, nj]);
          const slice = mask.labels.subarray(ni * nj * k, ni * nj * (k + 1));
          expect([...data].map((value) => value > 0)).toEqual([...slice].map((label) => label > 0));
        }
      }),
    );
  });

  it('refuses a slice that is not there', () => {
    const mask = { grid: grid(2, 2, 1), labels: new Uint16Array(4) };
    expect(() => encodeMaskPng(mask, 1, about)).toThrow(RangeError);
    expect(() => encodeMaskPng(mask, -1, about)).toThrow(RangeError);
    expect(() => encodeMaskPng(mask, 0.5, about)).toThrow(RangeError);
  });

  it('returns bytes that own their buffer, so that posting them posts nothing else', () => {
    const png = encodeMaskPng({ grid: grid(2, 2, 1), labels: new Uint16Array(4) }, 0, about);
    expect(png.buffer.byteLength).toBe(png.byteLength);
  });
});

describe('encodeProbabilityPng', () => {
  it('writes probability × 65535, rounded, in 16-bit grey', () => {
    const probabilities = Float32Array.of(0, 1, 0.5, 1 / 65535, 0.25, 0.75);
    const png = encodeProbabilityPng({ grid: grid(2, 3, 1), probabilities }, 0, about);
    expect(kindOf(png)).toEqual(sixteenBitGrey);
    expect([...decodePng(png).data]).toEqual([0, 65535, 32768, 1, 16384, 49151]);
  });

  it('gives every probability back to within half a step', () => {
    const maps = dims.chain(([ni, nj, nk]) =>
      fc
        .float32Array({ minLength: ni * nj * nk, maxLength: ni * nj * nk, min: 0, max: 1, noNaN: true })
        .map((probabilities) => ({ grid: grid(ni, nj, nk), probabilities })),
    );
    fc.assert(
      fc.property(maps, (map) => {
        const [ni, nj, nk] = map.grid.dims;
        for (let k = 0; k < nk; k++) {
          decodePng(encodeProbabilityPng(map, k, about)).data.forEach((value, i) => {
            expect(Math.abs(value / 65535 - map.probabilities[ni * nj * k + i]!)).toBeLessThanOrEqual(0.5001 / 65535);
          });
        }
      }),
    );
  });
});

describe('encodeRgbaPng', () => {
  it('keeps colours under full transparency', () => {
    const rgba = Uint8ClampedArray.of(1, 2, 3, 0, 250, 251, 252, 255);
    const { channels, data } = decodePng(encodeRgbaPng({ rgba, width: 2, height: 1 }, [about]));
    expect({ channels, data: [...data] }).toEqual({ channels: 4, data: [...rgba] });
  });
});

describe('the text of a picture', () => {
  it('says how it came about, in Latin-1, and nothing else', () => {
    const odd = { ...about, adapter: 'GPU™ 日本', modelId: 'other' };
    const png = encodeRgbaPng({ rgba: new Uint8ClampedArray(4), width: 1, height: 1 }, [about, odd]);
    const made = `weights sha256 ${about.weightsSha256}, p >= 0.5, smallest 20 mm3, wasm`;
    expect(decodePng(png).text).toEqual({
      Software: 'metsight 1.2.3',
      Description: `a-model, ${made} (cpu); other, ${made} (GPU? ??)`,
      Disclaimer: 'Research use only.',
    });
    const mask = { grid: grid(1, 1, 1), labels: Uint16Array.of(1) };
    expect(decodePng(encodeMaskPng(mask, 0, about)).text.Description).toBe(`a-model, ${made} (cpu)`);
    const map = { grid: grid(1, 1, 1), probabilities: Float32Array.of(1) };
    expect(decodePng(encodeProbabilityPng(map, 0, about)).text.Description).toBe(`a-model, ${made} (cpu)`);
  });
});
