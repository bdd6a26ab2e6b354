import { beforeEach, expect, test, vi } from 'vitest';
import { backend, picture, stage } from './fixtures/staged';

vi.mock('virtual:shipped-models', async () => (await import('./fixtures/listedModels')).bothSequences);

let { worker, study, reached } = stage();

beforeEach(() => {
  ({ worker, study, reached } = stage());
});

test('an opened picture is read and segmented without being asked', async () => {
  expect(study.phase).toBe('empty');
  void study.open([picture('a.png')]);
  expect(study.phase).toBe('opening');
  await reached('segmented');
  expect(study.lesions.groups).toHaveLength(1);
  expect(worker.count('segment')).toBe(1);
});

test('only the chosen network is fetched at the start', async () => {
  study.start();
  await vi.waitFor(() => expect(study.networks.manifest('nested-unet-t1ce')).toBeDefined());
  expect(study.networks.manifest('attention-unet-t1ce')).toBeUndefined();
  expect(worker.count('load')).toBe(1);
});

test('moving the threshold never runs a network again', async () => {
  void study.open([picture('a.png')]);
  await reached('segmented');
  study.setThreshold(0.7);
  await vi.waitFor(() => expect(study.lesions.groups).toHaveLength(0));
  study.setThreshold(0.3);
  await vi.waitFor(() => expect(study.lesions.groups).toHaveLength(1));
  expect(worker.count('segment')).toBe(1);
});

test('while one mask is made, the slider’s steps between are skipped and the last one counts', async () => {
  void study.open([picture('a.png')]);
  await reached('segmented');
  const before = worker.count('delineate');
  worker.held.add('delineate');
  for (const threshold of [0.61, 0.65, 0.7, 0.8]) study.setThreshold(threshold);
  worker.answer('delineate');
  const { state } = study.chosen[0]!;
  await vi.waitFor(() => expect(study.chosen[0]!.state).not.toBe(state));
  await vi.waitFor(() => expect(study.chosen[0]!.state).toMatchObject({ outline: { rule: { threshold: 0.8 } } }));
  expect(worker.count('delineate') - before).toBe(2);
});

test('untouched, each network keeps its own threshold; touched, both follow', async () => {
  study.choose('both');
  void study.open([picture('a.png')]);
  await reached('segmented');
  expect(study.rules.shown.map(({ threshold }) => threshold)).toEqual([0.5, 0.4]);
  study.setThreshold(0.3);
  expect(study.rules.shown.map(({ threshold }) => threshold)).toEqual([0.3, 0.3]);
});

test('a cancelled run waits to be asked, and then runs', async () => {
  worker.held.add('segment');
  void study.open([picture('a.png')]);
  await reached('segmenting');
  expect(study.cancel()).toBe(true);
  expect(study.phase).toBe('ready');
  expect(study.chosen[0]!.state.kind).toBe('cancelled');
  worker.held.delete('segment');
  study.segment();
  await reached('segmented');
});

test('a cancelled reading waits to be asked', async () => {
  worker.held.add('decode');
  void study.open([picture('a.png')]);
  await vi.waitFor(() => expect(study.current?.state.kind).toBe('reading'));
  study.cancel();
  expect(study.phase).toBe('ready');
  worker.held.delete('decode');
  study.segment();
  await reached('segmented');
});

test('the answer of a cancelled run is not shown when it comes late', async () => {
  worker.held.add('segment');
  void study.open([picture('a.png')]);
  await reached('segmenting');
  study.cancel();
  worker.answer('segment');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(study.phase).toBe('ready');
});

test('leaving a file stops its work; coming back goes on', async () => {
  worker.held.add('segment');
  void study.open([picture('a.png'), picture('b.png')]);
  await reached('segmenting');
  worker.held.delete('segment');
  study.step(1);
  await reached('segmented');
  expect(study.files[0]!.findings['nested-unet'].state.kind).toBe('none');
  study.step(-1);
  await reached('segmented');
  expect(worker.count('segment')).toBe(3);
});

test('a result is kept: coming back to a file runs nothing again', async () => {
  void study.open([picture('a.png'), picture('b.png')]);
  await reached('segmented');
  study.step(1);
  await reached('segmented');
  study.step(-1);
  await reached('segmented');
  expect(worker.count('segment')).toBe(2);
});

test('an unreadable file shows its error, keeps its mark, and the next file works', async () => {
  void study.open([picture('empty.png', ''), picture('b.png')]);
  await reached('failed');
  expect(study.error).toEqual({ code: 'empty-file' });
  study.step(1);
  await reached('segmented');
  expect(study.files[0]!.state.kind).toBe('failed');
});

test('after the worker was lost, trying again works', async () => {
  worker.failing.set('segment', { code: 'worker-lost' });
  void study.open([picture('a.png')]);
  await reached('failed');
  worker.failing.clear();
  study.segment();
  await reached('segmented');
  expect(study.error).toBeUndefined();
});

test('a network that cannot be fetched is tried again when asked', async () => {
  worker.failing.set('load', { code: 'model-unreachable', modelId: 'nested-unet-t1ce', file: 'manifest.json' });
  void study.open([picture('a.png')]);
  await reached('failed');
  worker.failing.clear();
  study.segment();
  await reached('segmented');
  expect(study.error).toBeUndefined();
});

test('of many files only the one on screen and its neighbours stay decoded', async () => {
  void study.open(Array.from({ length: 200 }, (_, index) => picture(`${index}.png`)));
  await reached('segmented');
  for (let n = 0; n < 10; n++) {
    study.step(1);
    await reached('segmented');
  }
  const decoded = study.files.filter(({ volume: pixels }) => pixels).length;
  expect(decoded).toBeLessThanOrEqual(3);
  expect(worker.count('decode')).toBeLessThan(25);
  expect(study.files[0]!.findings['nested-unet'].lesionCount).toBe(1);
});

test('files in sight get their small pictures, one after the other, and let their pixels go', async () => {
  void study.open(Array.from({ length: 20 }, (_, index) => picture(`${index}.png`)));
  await reached('segmented');
  for (const file of study.files.slice(10, 15)) study.wantThumbnail(file, true);
  await vi.waitFor(() => expect(study.files.slice(10, 15).every(({ thumbnail }) => thumbnail)).toBe(true));
  expect(study.files.slice(10, 15).some(({ volume: pixels }) => pixels)).toBe(false);
});

test('stepping through lesions goes round', async () => {
  study.choose('both');
  void study.open([picture('a.png')]);
  await reached('segmented');
  expect(study.lesions.selected).toBeUndefined();
  study.lesions.step(1);
  expect(study.lesions.selected?.id).toBe(1);
  study.lesions.step(1);
  expect(study.lesions.selected?.id).toBe(1);
});

test('closing all leaves nothing open', async () => {
  void study.open([picture('a.png')]);
  await reached('segmented');
  study.closeAll();
  expect(study.phase).toBe('empty');
  expect(study.files).toEqual([]);
});

test('when all is closed the worker gives back what it kept', async () => {
  void study.open([picture('a.png')]);
  await reached('segmented');
  expect(worker.count('release')).toBe(0);
  study.closeAll();
  expect(worker.count('release')).toBe(1);
  expect(study.phase).toBe('empty');
});

test('a GPU that was replaced on the way is said beside the result, and the backend shown is the one that ran', async () => {
  worker.backend = { ...backend, failed: { backend: 'WebGPU on amd', reason: 'the GPU was lost' } };
  void study.open([picture('a.png')]);
  await reached('segmented');
  expect(study.warnings).toContainEqual({
    code: 'backend-replaced',
    from: 'WebGPU on amd',
    reason: 'the GPU was lost',
  });
  expect(study.networks.backend).toEqual(worker.backend);
});

test('the picture that the network sees is of the network that is looked at', async () => {
  void study.open([picture('a.png')]);
  await reached('segmented');
  worker.held.add('equalize');
  study.showEqualized(true);
  await vi.waitFor(() => expect(worker.count('equalize')).toBe(1));
  study.choose('attention-unet');
  await vi.waitFor(() => expect(worker.count('equalize')).toBe(2));
  worker.answer('equalize');
  await vi.waitFor(() => expect(study.current!.equalized).toBeDefined());
  expect(study.display.isEqualized).toBe(true);
  worker.held.add('equalize');
  study.choose('nested-unet');
  await vi.waitFor(() => expect(worker.count('equalize')).toBe(3));
  expect(study.current!.equalized).toBeUndefined();
  worker.answer('equalize');
  await vi.waitFor(() => expect(study.current!.equalized).toBeDefined());
  study.showEqualized(false);
  study.showEqualized(true);
  await reached('segmented');
  const asked = worker.started.flatMap((one) => (one.name === 'equalize' ? [one.input.modelId] : []));
  expect(asked).toEqual(['nested-unet-t1ce', 'attention-unet-t1ce', 'nested-unet-t1ce']);
});
