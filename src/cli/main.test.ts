/** The program as a script calls it: its own process, its files, its exit code. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { decode } from 'fast-png';
import { expect, test } from 'vitest';
import { writeBrightModel } from './fixtures/brightModel';
import {
  height,
  inFolder,
  large,
  metsight,
  picture,
  put,
  readJson,
  small,
  useCommandFolder,
  width,
} from './fixtures/commandFolder';
import { type Disc, drawDiscs, greyPng, greyTiff } from './fixtures/drawnImages';

useCommandFolder();

const readPng = (file: string) => decode(readFileSync(inFolder(file)));

/** Pixels where a mask (0 or 255) and the drawn discs differ. */
function differing(mask: ArrayLike<number>, discs: readonly Disc[]): number {
  const drawn = drawDiscs(width, height, discs);
  return drawn.reduce((sum, level, n) => sum + Number(level !== mask[n]), 0);
}

test(
  'segment writes the mask in the picture’s own size, the probabilities, and what it found',
  { timeout: 60_000 },
  () => {
    put('scan.png', picture);

    const ran = metsight(
      'segment',
      'scan.png',
      '--model',
      'bright',
      '--models',
      'models',
      '--out',
      'out',
      '--probability',
    );

    expect(ran.errors).toEqual([]);
    expect(ran.code).toBe(0);
    const mask = readPng('out/scan.mask.png');
    expect(mask).toMatchObject({ width, height, depth: 8, channels: 1 });
    expect(new Set(mask.data)).toEqual(new Set([0, 255]));
    expect(differing(mask.data, [large, small])).toBeLessThan(80); // the two outlines are about 175 pixels long
    const probability = readPng('out/scan.probability.png');
    expect(probability).toMatchObject({ width, height, depth: 16, channels: 1 });
    expect([...probability.data].map((p) => (p >= 0.5 * 65535 ? 255 : 0))).toEqual([...mask.data]);

    const report = readJson('out/scan.json');
    expect(report).toMatchObject({
      file: 'scan.png',
      model: { id: 'bright', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      threshold: 0.5,
      minSize: { value: 4, unit: 'px' }, // 16 · (120 / 256)² = 3.5
      backend: 'wasm',
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      width,
      height,
      slices: 1,
      masks: ['scan.mask.png'],
      lesions: [{ id: 1 }, { id: 2 }],
    });
    for (const [n, { x, y, radius }] of [large, small].entries()) {
      expect(report.lesions[n].centroid[0]).toBeCloseTo(x, 0);
      expect(report.lesions[n].centroid[1]).toBeCloseTo(y, 0);
      expect(report.lesions[n].areaPx / (Math.PI * radius ** 2)).toBeCloseTo(1, 0);
      expect(report.lesions[n].maxProbability).toBeLessThanOrEqual(report.highestProbability);
    }
  },
);

test('each bad input is one line that names it, and the others are done', () => {
  put('good.png', picture);
  put('notes.png', 'no picture at all');
  put('empty.png', '');
  put('cut.png', picture.subarray(0, picture.length >> 1));
  put('folder.png/inside.txt', '');
  const bad = ['notes.png', 'missing.png', 'empty.png', 'cut.png', 'folder.png'];

  const ran = metsight('segment', ...bad, 'good.png', '--model', 'bright', '--models', 'models', '--out', 'out');

  expect(ran.code).toBe(1);
  expect(ran.errors.map((line) => line.split(':')[0])).toEqual([...bad.slice(0, -1), 'folder.png/inside.txt']);
  expect(ran.errors[1]).toBe('missing.png: there is no such file');
  expect(ran.errors[2]).toContain('empty');
  expect(ran.errors[4]).toContain('empty');
  expect(readdirSync(inFolder('out')).sort()).toEqual(['good.json', 'good.mask.png']);
});

test('two inputs of one stem keep both masks, and a size and a threshold rule them', () => {
  put('a/scan.png', picture);
  put('b/scan.png', greyPng(drawDiscs(width, height, [small]), width, height));

  const inputs = ['a/scan.png', 'b/scan.png', '--model', 'bright', '--models', 'models', '--out', 'out'];
  const ran = metsight('segment', ...inputs, '--min-size', '500px', '--threshold', '0.25');

  expect(ran).toMatchObject({ code: 0, errors: [] });
  const [first, second] = [readJson('out/scan.json'), readJson('out/scan-2.json')];
  expect(first).toMatchObject({ file: 'a/scan.png', threshold: 0.25, minSize: { value: 500 }, lesions: [{ id: 1 }] });
  expect(second).toMatchObject({ file: 'b/scan.png', lesions: [], masks: ['scan-2.mask.png'] });
  expect(second.warnings.join()).toContain('scan-2');
  expect(differing(readPng('out/scan.mask.png').data, [large])).toBeLessThan(80);
  expect(Math.max(...readPng('out/scan-2.mask.png').data)).toBe(0);
});

test(
  'several models write beside each other; the pages of a file get a mask each, and say so',
  { timeout: 60_000 },
  () => {
    writeBrightModel(inFolder('models'), 'other');
    put(
      'stack.tif',
      greyTiff(
        [large, small].map((disc) => drawDiscs(width, height, [disc])),
        width,
        height,
      ),
    );

    const ran = metsight('segment', 'stack.tif', '--model', 'bright,other', '--models', 'models', '--out', 'out');

    expect(ran).toMatchObject({ code: 0, errors: [] });
    const expected = ['bright', 'other'].flatMap((id) =>
      ['json', 'p001.mask.png', 'p002.mask.png'].map((ending) => `stack.${id}.${ending}`),
    );
    expect(readdirSync(inFolder('out')).sort()).toEqual(expected);
    expect(differing(readPng('out/stack.bright.p001.mask.png').data, [large])).toBeLessThan(80);
    expect(differing(readPng('out/stack.bright.p002.mask.png').data, [small])).toBeLessThan(80);
    const { warnings, comparedWith, sliceAxis, lesions } = readJson('out/stack.other.json');
    expect(warnings.join()).toContain('page');
    expect({ comparedWith, sliceAxis }).toEqual({ comparedWith: ['bright'], sliceAxis: 'k' });
    expect(lesions[0]).toMatchObject({ place: 1, foundBy: ['other', 'bright'], overlaps: [1] });
  },
);

test('a folder is segmented into itself as often as one likes: outputs are no inputs, and another program’s mask stays', () => {
  put('scans/a.png', picture);
  put('scans/b.png', picture);
  const foreign = greyPng(drawDiscs(width, height, [small]), width, height);
  put('scans/b.mask.png', foreign);
  const words = ['--model', 'bright', '--models', 'models', '--out', 'scans', '--probability', '--format', 'csv'];

  const first = metsight('segment', 'scans', ...words);
  const written = readdirSync(inFolder('scans')).sort();
  const again = metsight('segment', 'scans', ...words, '--threshold', '0.4');
  const pictures = written.filter((name) => name.endsWith('.png')).map((name) => `scans/${name}`);
  const byName = metsight('segment', ...pictures, ...words);

  expect(first).toMatchObject({ code: 0, errors: [] });
  // The stem b belongs to the mask that was there.
  const stems = ['a', 'b-2', 'b.mask'];
  const outputs = stems.flatMap((stem) => ['json', 'lesions.csv', 'mask.png', 'probability.png'].map((ending) => `${stem}.${ending}`)); // prettier-ignore
  expect(written).toEqual([...outputs, 'a.png', 'b.png', 'b.mask.png'].sort());
  for (const run of [again, byName]) {
    expect(run).toMatchObject({ code: 0, errors: [] });
    expect(run.out.split('\n').filter((line) => line.includes('bright'))).toHaveLength(stems.length);
  }
  expect(again.out).toContain('this program wrote them (12 files): scans/a.json, scans/a.lesions.csv, ');
  expect(byName.out).toContain('(6 files)');
  expect(readdirSync(inFolder('scans')).sort()).toEqual(written);
  expect(readJson('scans/a.json').threshold).toBe(0.5);
  expect(readFileSync(inFolder('scans/b.mask.png')).equals(foreign)).toBe(true);

  const nothing = metsight('segment', 'scans/a.mask.png', ...words);
  expect(nothing).toMatchObject({ code: 1, errors: ['nothing is left to segment'] });
});

test('a file’s name cannot break a line or drive the terminal, and an output folder that cannot be is named', () => {
  put('odd\n\u001b[31m.png', picture);
  const words = ['--model', 'bright', '--models', 'models', '--out'];
  const odd = metsight('segment', 'odd\n\u001b[31m.png', 'mis\nsing.png', ...words, 'out');
  expect(odd.out).toMatch(/^odd��\[31m\.png: 2 lesions [^\n\u001b]*\n$/);
  expect(odd.errors).toEqual(['mis�sing.png: there is no such file']);
  expect(readdirSync(inFolder('out')).length).toBe(2);

  const blocked = metsight('segment', 'odd\n\u001b[31m.png', ...words, path.join('models', 'bright', 'weights.bin'));
  expect(blocked).toMatchObject({
    code: 1,
    errors: [expect.stringContaining('weights.bin: this folder cannot be made')],
  });
});

test('models lists what a folder holds', () => {
  const { code, out, errors } = metsight('models', '--models', 'models');
  expect({ code, errors }).toEqual({ code: 0, errors: [] });
  expect(out).toMatch(/^bright {2}attention-unet, t1ce, threshold 0\.5, sha256 [0-9a-f]{12}$/m);
  expect(out).toContain('trained on: nothing');
});

test('wrong usage ends with 2, says what is wrong first, and how it is called', () => {
  const unknown = metsight('segment', 'scan.png', '--model', 'dull', '--models', 'models', '--out', 'out');
  expect(unknown.code).toBe(2);
  expect(unknown.errors[0]).toContain('dull is not among: bright');
  const wrong = metsight('segment', 'scan.png', '--model', 'bright', '--out', 'out', '--threshold', '2');
  expect(wrong.code).toBe(2);
  expect(wrong.errors[0]).toBe('metsight: --threshold must be above 0 and below 1, received 2');
  expect(wrong.errors.join('\n')).toContain('Usage:');
});

test('a network whose weights were changed is not used', () => {
  put('scan.png', picture);
  writeFileSync(inFolder('models', 'bright', 'weights.bin'), Buffer.from(Float32Array.of(40, -23).buffer));
  const { code, errors } = metsight('segment', 'scan.png', '--model', 'bright', '--models', 'models', '--out', 'out');
  expect(code).toBe(1);
  expect(errors).toEqual([expect.stringContaining('weights.bin of bright does not have the checksum')]);
});
