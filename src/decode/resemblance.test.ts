import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodePicture } from './picture';
import { unlikenessReasons, type Look } from './resemblance';

const side = 64;
const picture = (value: (x: number, y: number) => number, colourShare = 0, isEightBit = true): Look => ({
  width: side,
  height: side,
  values: Float32Array.from({ length: side * side }, (_, i) => value(i % side, Math.floor(i / side))),
  isEightBit,
  colourShare,
});

const isInHead = (x: number, y: number, radius: number) => Math.hypot(x - side / 2, y - side / 2) < radius;
/** Repeats itself, but not soon: 0 to 1. */
const grain = (x: number, y: number) => ((x * 37 + y * 101 + x * y * 7) % 97) / 97;

describe('unlikenessReasons', () => {
  it('finds nothing against a head in the dark, though it touches all four sides', () => {
    const head = picture((x, y) => (isInHead(x, y, 32) ? 120 + 60 * grain(x, y) : 3 * grain(x, y)));
    expect(unlikenessReasons(head)).toEqual([]);
  });

  it('finds nothing against a skull-stripped slice with hardly any brain left in it', () => {
    expect(unlikenessReasons(picture((x, y) => (isInHead(x, y, 2) ? 200 : 0)))).toEqual([]);
  });

  it('finds nothing against the noise above a head in an 8-bit series', () => {
    expect(unlikenessReasons(picture((x, y) => 12 * grain(x, y)))).toEqual([]);
  });

  it('finds nothing against a 16-bit head whose air is noisy', () => {
    const head = picture((x, y) => (isInHead(x, y, 26) ? 900 : 60 * grain(x, y)), 0, false);
    expect(unlikenessReasons(head)).toEqual([]);
  });

  it('misses the air in a scene that fills its frame', () => {
    expect(unlikenessReasons(picture((x, y) => 60 + 100 * grain(x, y)))).toEqual(['no dark air around a head']);
  });

  it('misses the air in a page of dark text on white', () => {
    expect(unlikenessReasons(picture((x, y) => (grain(x, y) > 0.8 ? 0 : 250)))).toEqual(['no dark air around a head']);
  });

  it('comes to an end where a picture is so narrow that it is nothing but frame', () => {
    for (const width of [1, 2, 3, 4, 5]) {
      for (const height of [1, 2, 3, 4, 5, 64]) {
        const even = (value: number): Look => ({
          width,
          height,
          values: new Float32Array(width * height).fill(value),
          isEightBit: true,
          colourShare: 0,
        });
        expect(unlikenessReasons(even(0))).toEqual([]);
        expect(unlikenessReasons(even(200))).toEqual(['no dark air around a head']);
      }
    }
  });

  it('names colour where much of the picture has it', () => {
    const head = (colourShare: number) => picture((x, y) => (isInHead(x, y, 28) ? 150 : 0), colourShare);
    expect(unlikenessReasons(head(0.5))).toEqual(['real colour']);
    expect(unlikenessReasons(head(0.05))).toEqual([]);
  });
});

describe('decode', () => {
  it('accepts a photograph, and warns that it does not look like an MRI', async () => {
    const { grid, warnings } = await decodePicture(
      new Uint8Array(readFileSync(new URL('fixtures/scene.jpg', import.meta.url))),
      () => Promise.reject(new Error('no WebP here')),
    );
    expect(grid.dims).toEqual([120, 100, 1]);
    expect(warnings).toContainEqual({ code: 'unlike-mri', reasons: ['real colour', 'no dark air around a head'] });
  });

  const data = new URL('../../../shared/data/', import.meta.url);
  const wasm = new URL('../../node_modules/@jsquash/webp/codec/dec/webp_dec.wasm', import.meta.url);
  const folders = ['t1ce-primary', 't1post-negative', 'flair-lgg', 't1ce-glioma', 't1post-ms-negative', 'mets-panels'];
  const step = 8;

  it.skipIf(!existsSync(data))('flags none of a thousand real head slices', { timeout: 120_000 }, async () => {
    const flagged: string[] = [];
    let count = 0;
    for (const folder of folders) {
      const images = new URL(`${folder}/images/`, data);
      const names = readdirSync(images).sort();
      for (let i = 0; i < names.length; i += step) {
        const bytes = new Uint8Array(readFileSync(new URL(names[i]!, images)));
        const { warnings } = await decodePicture(bytes, async () => new Uint8Array(readFileSync(wasm)));
        if (warnings.some(({ code }) => code === 'unlike-mri')) flagged.push(`${folder}/${names[i]!}`);
        count++;
      }
    }
    expect(flagged).toEqual([]);
    expect(count).toBeGreaterThan(900);
  });
});
