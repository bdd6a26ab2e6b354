import { beforeEach, expect, test, vi } from 'vitest';
import { provenanceOf, reviewedMask } from './answers';
import { folder, picture, stage } from './fixtures/staged';
import { lesionReport } from './lesionReport';

vi.mock('virtual:shipped-models', async () => (await import('./fixtures/listedModels')).bothSequences);

let { worker, study, reached } = stage();

beforeEach(() => {
  ({ worker, study, reached } = stage());
});

test('of the series of a folder the network’s own is shown; the others wait until they are looked at', async () => {
  await study.open([...folder('t2', 3), picture('notes.md'), ...folder('t1c', 3)]);
  await reached('segmented');
  expect(study.files.map(({ name }) => name)).toEqual(['t2', 't1c']);
  expect(study.current?.name).toBe('t1c');
  expect(study.ignored).toEqual(['notes.md']);
  expect(worker.count('decode')).toBe(1);
  study.show(study.files[0]!);
  await reached('segmented');
  expect(worker.count('segment')).toBe(2);
});

test('a series that the network was not trained on is said, and segmented all the same', async () => {
  await study.open(folder('t2', 3));
  await reached('segmented');
  expect(study.warnings).toContainEqual({ code: 'other-sequence', found: 'T2', trainedOn: 'T1-CE' });
});

test('looking through many files can be cancelled, and then nothing was opened', async () => {
  worker.held.add('survey');
  const opening = study.open(folder('t2', 3));
  expect(study.phase).toBe('opening');
  expect(study.cancel()).toBe(true);
  await opening;
  expect(study.phase).toBe('empty');
  expect(study.complaint).toBeUndefined();
});

test('where nothing that was chosen is an image, that is said', async () => {
  await study.open([picture('notes.md')]);
  expect(study.isNothingFound).toBe(true);
  expect(study.phase).toBe('empty');
});

test('the smallest lesion of a volume is asked for in mm³, that of a picture in pixels', async () => {
  await study.open([picture('a.png'), ...folder('t1c', 2)]);
  await reached('segmented');
  study.setSmallest(7);
  expect(study.rules.shown[0]!.minVoxelCount).toBe(7);
  study.show(study.files[0]!);
  await reached('segmented');
  expect(study.rules.shown[0]!.minVoxelCount).toBe(4);
});

test('a rejected lesion leaves the answer, and comes back when that is undone', async () => {
  await study.open([picture('a.png')]);
  await reached('segmented');
  const [group] = study.lesions.groups;
  study.lesions.decide(group!, 'rejected');
  expect(study.lesions.verdictOn(group!)).toBe('rejected');
  expect(study.lesions.answers[0]!.lesions).toEqual([]);
  expect(study.lesions.groups).toHaveLength(1);
  // What leaves the program says that a person was there.
  const rejectedCounts = () => [
    provenanceOf(study.lesions.answers[0]!).rejectedCount,
    lesionReport(study.lesions.answers[0]!, []).rejectedCount,
  ];
  const marked = () => reviewedMask(study.lesions.answers[0]!).labels.filter((label) => label > 0).length;
  expect([...rejectedCounts(), marked()]).toEqual([1, 1, 0]);
  study.lesions.undo();
  expect([...rejectedCounts(), marked()]).toEqual([0, 0, 16]);
  expect(study.lesions.answers[0]!.lesions).toHaveLength(1);
  study.lesions.redo();
  study.lesions.decide(group!, 'rejected');
  expect(study.lesions.verdictOn(group!)).toBeUndefined();
});

test('leave to write the patient’s identity is for the file on screen alone', async () => {
  await study.open([...folder('t2', 3), ...folder('t1c', 3)]);
  await reached('segmented');
  const [first, second] = study.files;
  study.show(first!);
  study.allowPatientData(true);
  study.show(first!);
  expect(study.mayHoldPatientData).toBe(true);
  study.show(second!);
  expect(study.mayHoldPatientData).toBe(false);
  study.allowPatientData(true);
  study.closeAll();
  expect(study.mayHoldPatientData).toBe(false);
});

test('small pictures of series are made of one slice each', async () => {
  await study.open([...folder('t1c', 3), ...folder('t2', 3)]);
  await reached('segmented');
  study.wantThumbnail(study.files[1]!, true);
  await vi.waitFor(() => expect(study.files[1]!.thumbnail).toBeDefined());
  const scans = worker.started.flatMap((start) => (start.name === 'decode' ? [start.input.scan] : []));
  expect(scans.map(({ files }) => files.map(({ path }) => path))).toEqual([
    ['t1c/0.dcm', 't1c/1.dcm', 't1c/2.dcm'],
    ['t2/1.dcm'],
  ]);
});

test('what is known of the slices so far is kept while the network runs', async () => {
  worker.held.add('segment');
  await study.open(folder('t1c', 2));
  await reached('segmenting');
  const probabilities = new Float32Array(16).fill(0.8);
  worker.partial({ slice: 1, rows: 4, cols: 4, probabilities });
  await vi.waitFor(() => expect(study.chosen[0]!.state).toMatchObject({ kind: 'segmenting', progress: { done: 1 } }));
  const { state } = study.chosen[0]!;
  expect(state.kind === 'segmenting' && state.partials).toMatchObject([
    { slice: 1, bytes: new Uint8Array(16).fill(204), highest: Math.fround(0.8) },
  ]);

  // A volume that is run again shows its slices anew.
  worker.partial({ slice: 1, rows: 4, cols: 4, probabilities: new Float32Array(16).fill(0.2) });
  await vi.waitFor(() => expect(study.chosen[0]!.state).not.toBe(state));
  expect(study.chosen[0]!.state).toMatchObject({ partials: [{ slice: 1, highest: Math.fround(0.2) }] });
});

test('a volume is looked at in three planes when asked, and in its own slices again; a picture never is', async () => {
  const asked = () => worker.started.flatMap((start) => (start.name === 'segment' ? [start.input.isTriPlanar] : []));
  const isShown = (isTriPlanar: boolean) =>
    vi.waitFor(() => expect(study.chosen[0]!.state).toMatchObject({ kind: 'segmented', isTriPlanar }));
  await study.open(folder('t1c', 2));
  await isShown(false);
  study.lookTriPlanar(true);
  await isShown(true);
  await study.open([picture('a.png')]);
  await isShown(false);
  expect(study.canBeTriPlanar).toBe(false);
  study.step(-1);
  await isShown(true);
  study.lookTriPlanar(false);
  await isShown(false);
  expect(asked()).toEqual([false, true, false, false]);
});
