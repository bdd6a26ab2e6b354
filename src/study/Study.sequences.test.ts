import { beforeEach, expect, test, vi } from 'vitest';
import { folder, picture, stage } from './fixtures/staged';

vi.mock('virtual:shipped-models', async () => (await import('./fixtures/listedModels')).bothSequences);

let { worker, study, reached } = stage();

beforeEach(() => {
  ({ worker, study, reached } = stage());
});

const modelsRun = () => worker.started.flatMap((start) => (start.name === 'segment' ? [start.input.modelId] : []));

test('a series that says it is FLAIR goes to the networks for FLAIR, one that says nothing to those for T1-CE', async () => {
  await study.open([...folder('flair', 2), picture('a.png')]);
  await reached('segmented');
  expect(study.sequence).toBe('flair');
  expect(study.warnings).toEqual([]);
  study.show(study.files[1]!);
  await reached('segmented');
  expect(study.sequence).toBe('t1ce');
  expect(modelsRun()).toEqual(['nested-unet-flair', 'nested-unet-t1ce']);
});

test('the user can have the other networks look at a series, with a warning, and come back without a new run', async () => {
  await study.open(folder('flair', 2));
  await reached('segmented');
  study.chooseSequence('t1ce');
  await reached('segmented');
  expect(study.chosen[0]!.state).toMatchObject({ manifest: { id: 'nested-unet-t1ce' } });
  expect(study.warnings).toContainEqual({ code: 'other-sequence', found: 'FLAIR', trainedOn: 'T1-CE' });
  study.chooseSequence('flair');
  await reached('segmented');
  expect(study.warnings).toEqual([]);
  expect(modelsRun()).toEqual(['nested-unet-flair', 'nested-unet-t1ce']);
});

test('files that do not say what they are follow the last choice; those that say it keep their own', async () => {
  await study.open([picture('a.png'), picture('b.png'), ...folder('t1c', 2)]);
  await reached('segmented');
  expect(study.current?.name).toBe('t1c');
  study.show(study.files[0]!);
  study.chooseSequence('flair');
  await reached('segmented');
  study.step(1);
  await reached('segmented');
  expect(study.sequence).toBe('flair');
  study.step(1);
  expect(study.sequence).toBe('t1ce');
});

test('what was decided on the lesions of one sequence’s networks says nothing of the other’s', async () => {
  await study.open([picture('a.png')]);
  await reached('segmented');
  study.lesions.decide(study.lesions.groups[0]!, 'rejected');
  study.chooseSequence('flair');
  await reached('segmented');
  expect(study.lesions.verdictOn(study.lesions.groups[0]!)).toBeUndefined();
  study.chooseSequence('t1ce');
  expect(study.lesions.verdictOn(study.lesions.groups[0]!)).toBe('rejected');
});

test('a run that was left for another sequence is not gone on with', async () => {
  study.choose('both');
  worker.held.add('segment');
  await study.open([picture('a.png')]);
  await reached('segmenting');
  worker.held.delete('segment');
  study.chooseSequence('flair');
  await reached('segmented');
  expect(modelsRun()).toEqual(['nested-unet-t1ce', 'nested-unet-flair', 'attention-unet-flair']);
});
