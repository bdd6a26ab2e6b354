/** `metsight evaluate` as a script calls it; its figures are held to training's in `evaluation/`. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
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
import { type Disc, drawDiscs, greyPng } from './fixtures/drawnImages';

useCommandFolder();

test('evaluate reports the figures of each split', () => {
  const index = [
    'id,patient,split,mask_px,view',
    'hit,a,val,1,axial',
    'free,a,val,0,',
    'missed,b,test,1,',
    'false,c,test,0,',
  ];
  put('set/index.csv', `${index.join('\n')}\n`);
  const draw = (...discs: Disc[]) => greyPng(drawDiscs(width, height, discs), width, height);
  put('set/images/hit.png', draw(large));
  put('set/masks/hit.png', draw(large));
  put('set/images/free.png', draw());
  put('set/images/missed.png', draw());
  put('set/masks/missed.png', draw(small));
  put('set/images/false.png', draw(large));

  const words = ['evaluate', '--data', 'set', '--model', 'bright', '--models', 'models', '--json', 'scores.json'];
  const ran = metsight(...words, '--split', 'val,test');

  expect(ran).toMatchObject({ code: 0, errors: [] });
  expect(ran.out).toContain('set  val');
  const scores = readJson('scores.json');
  expect(scores).toMatchObject({
    model: { id: 'bright' },
    threshold: 0.5,
    minSize: { value: 4, unit: 'px' },
    splits: [
      {
        ...{ set: 'set', split: 'val', slices: 2, patients: 1, sliceDice: { n: 1 } },
        tumourFree: { withFalsePositive: 0, n: 1, share: 0 },
        // 40 pixels across, of 256 · 0.94 / 120 = 2 mm
        lesionSensitivity: { '>20': { found: 1, n: 1 }, all: { found: 1, n: 1 } },
        lesionF1: { all: 1 },
        intervals: null,
        hd95: { n: 1, mm: { mean: null } },
        by: { view: { axial: { slices: 1, sliceDice: { n: 1 } } } },
      },
      {
        ...{ set: 'set', split: 'test', slices: 2, patients: 2 },
        sliceDice: { mean: 0, median: 0, n: 1 },
        patientDice: { mean: 0, n: 2, undefined: 0 },
        tumourFree: { withFalsePositive: 1, n: 1, share: 1 },
        lesionSensitivity: { '>20': { found: 0, n: 1 }, all: { found: 0, n: 1 } },
      },
    ],
  });
  expect(scores.splits[0].sliceDice.mean).toBeGreaterThan(0.95);

  expect(metsight(...words)).toMatchObject({ code: 0, errors: [] });
  expect(readJson('scores.json').splits.map(({ split }: { split: string }) => split)).toEqual(['val']);
});

test('evaluate compares two models, and their mean, on a folder of several sets', () => {
  writeBrightModel(inFolder('models'), 'other');
  put('data/one/index.csv', 'id,patient\n1,a\n');
  put('data/one/images/1.png', picture);
  put('data/one/masks/1.png', picture);
  put('data/two/index.csv', 'id,patient\n1,a\n');

  const models = ['--model', 'bright', '--model', 'other', '--models', 'models', '--ensemble', '--set', 'one'];
  const ran = metsight('evaluate', '--data', 'data', ...models, '--json', 'scores.json');

  expect(ran).toMatchObject({ code: 0, errors: [] });
  const scores = readJson('scores.json');
  expect(scores.models.map(({ model }: { model: { id: string } }) => model.id)).toEqual(['bright', 'other']);
  expect(scores.agreement).toMatchObject([
    { set: 'one', split: 'all', lesions: { all: { both: 2, neither: 0 } }, diceBetween: { mean: 1, n: 1 } },
  ]);
  expect(scores.ensemble).toMatchObject({ model: { id: 'bright + other' }, threshold: 0.5 });
  expect(scores.ensemble.splits).toEqual(scores.models[0].splits);
});

test('evaluate refuses a set it cannot score whole, in one line', () => {
  put('set/index.csv', 'id,patient,split\n1,a,val\n');
  put('set/images/1.png', 'no picture');

  const words = ['--data', 'set', '--model', 'bright', '--models', 'models', '--json', 'scores.json'];
  const broken = metsight('evaluate', ...words);
  const otherSplit = metsight('evaluate', ...words, '--split', 'test');

  expect(broken.code).toBe(1);
  expect(broken.errors).toEqual([expect.stringContaining(path.join('set', 'images', '1.png'))]);
  expect(otherSplit.code).toBe(1);
  expect(otherSplit.errors).toEqual(['metsight: set: its index has no split test, only: val (choose with --split)']);
  expect(readdirSync(inFolder())).not.toContain('scores.json');
});
