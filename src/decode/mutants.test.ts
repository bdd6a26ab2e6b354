import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { voxelCount } from '../domain/grid';
import { PipelineFailure } from '../domain/errors';
import { decodePicture } from './picture';

const read = (path: string) => new Uint8Array(readFileSync(new URL(path, import.meta.url)));
const wasm = read('../../node_modules/@jsquash/webp/codec/dec/webp_dec.wasm');

/** One file of each way through the readers, and how often it is damaged: a WebP makes a fresh wasm instance each time. */
const seeds: readonly (readonly [file: string, mutants: number])[] = [
  ['grey16.png', 500],
  ['rgb8-interlaced.png', 500],
  ['palette4.png', 500],
  ['grey8-trns.png', 300],
  ['rgb-420.jpg', 500],
  ['grey-restart-progressive.jpg', 500],
  ['orientation6.jpg', 300],
  ['cmyk.jpg', 300],
  ['grey16-big-endian.tif', 500],
  ['lzw-predictor.tif', 500],
  ['planar-tiled-rgb16.tif', 500],
  ['packbits.tif', 300],
  ['pages-big-endian-lzw.tif', 500],
  ['palette.tif', 300],
  ['grey-lossless.webp', 150],
  ['rgba-lossy.webp', 150],
  ['animated.gif', 100],
];

/** Longest that one small file may take on a busy machine. */
const hangMs = 3000;

type Damage = (bytes: Uint8Array) => Uint8Array;

/** Places near the front are likelier: that is where headers are. */
const place = fc.oneof(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.double({ min: 0, max: 0.1, noNaN: true }));

const overwrite: fc.Arbitrary<Damage> = fc
  .tuple(place, fc.uint8Array({ minLength: 1, maxLength: 4 }))
  .map(([at, value]) => (bytes) => {
    const start = Math.floor(at * bytes.length);
    bytes.set(value.subarray(0, bytes.length - start), start);
    return bytes;
  });

const extremes: fc.Arbitrary<Damage> = fc
  .tuple(place, fc.constantFrom(0, 1, 0x7f, 0x80, 0xff))
  .map(([at, value]) => (bytes) => {
    const start = Math.floor(at * bytes.length);
    return bytes.fill(value, start, start + 4);
  });

const cut: fc.Arbitrary<Damage> = place.map((at) => (bytes) => bytes.slice(0, Math.floor(at * bytes.length)));

const remove: fc.Arbitrary<Damage> = fc.tuple(place, fc.integer({ min: 1, max: 40 })).map(([at, count]) => (bytes) => {
  const start = Math.floor(at * bytes.length);
  return Uint8Array.of(...bytes.subarray(0, start), ...bytes.subarray(start + count));
});

const repeat: fc.Arbitrary<Damage> = fc.tuple(place, fc.integer({ min: 1, max: 40 })).map(([at, count]) => (bytes) => {
  const start = Math.floor(at * bytes.length);
  return Uint8Array.of(...bytes.subarray(0, start + count), ...bytes.subarray(start));
});

const damages = fc.array(fc.oneof(overwrite, overwrite, extremes, cut, remove, repeat), { minLength: 1, maxLength: 3 });

describe('damaged files', () => {
  const said = ['log', 'warn', 'error', 'info', 'debug'].map((name) =>
    vi.spyOn(console, name as 'log').mockImplementation(() => undefined),
  );
  beforeAll(() => said.forEach((spy) => spy.mockClear()));
  afterAll(() => said.forEach((spy) => spy.mockRestore()));

  for (const [file, numRuns] of seeds) {
    it(
      `of ${file} give a Volume or a PipelineFailure, soon, and say nothing on the console`,
      { timeout: 60_000 },
      async () => {
        const whole = read(`fixtures/${file}`);
        await fc.assert(
          fc.asyncProperty(damages, async (damage) => {
            const mutant = damage.reduce<Uint8Array>((bytes, next) => next(bytes), whole.slice());
            const start = performance.now();
            try {
              const { grid, intensities } = await decodePicture(mutant, async () => wasm);
              expect(intensities).toHaveLength(voxelCount(grid));
            } catch (thrown) {
              if (!(thrown instanceof PipelineFailure)) throw thrown;
            }
            expect(performance.now() - start).toBeLessThan(hangMs);
          }),
          { numRuns },
        );
        for (const spy of said) expect(spy).not.toHaveBeenCalled();
      },
    );
  }
});
