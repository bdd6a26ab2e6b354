import { expect, test, vi } from 'vitest';
import { downloadName } from './downloads';
import { backend, folder, picture, stage } from './fixtures/staged';
import { takeLesions } from './takeAway';
import { exportDownloads } from './volumeExports';

vi.mock('virtual:shipped-models', async () => (await import('./fixtures/listedModels')).bothSequences);

test('downloads are called as the command line calls its files', () => {
  expect(downloadName('scan', {}, 'mask.png')).toBe('scan.mask.png');
  expect(downloadName('scan', { modelId: 'nested-unet-t1ce' }, 'mask.png')).toBe('scan.nested-unet-t1ce.mask.png');
  expect(downloadName('scan', { k: 0, sliceCount: 12 }, 'mask.png')).toBe('scan.p001.mask.png');
  expect(downloadName('scan', { modelId: 'm', k: 41, sliceCount: 1200 }, 'probability.png')).toBe(
    'scan.m.p0042.probability.png',
  );
});

test('the lesions of a picture are tables as those of a volume: one a network, with which other it is compared', async () => {
  const { worker, study, reached } = stage();
  study.choose('both');
  await study.open([picture('a.png')]);
  await reached('segmented');
  study.lesions.decide(study.lesions.groups[0]!, 'rejected');
  const ids = study.lesions.answers.map(({ segmented }) => segmented.manifest.id);
  const tables = await takeLesions(study, study.current!, 'csv');
  expect(tables.map(({ name }) => name)).toEqual(ids.map((id) => `a.${id}.lesions.csv`));
  const made = worker.started.flatMap((one) => (one.name === 'export' ? [one.input] : []));
  expect(made.map(({ format, result }) => [format, result.agreement?.comparedWith])).toEqual([
    ['csv', [ids[1]]],
    ['csv', [ids[0]]],
  ]);
  // What a person has rejected is counted, not listed.
  expect(made.map(({ result }) => [result.lesions, result.about.rejectedCount])).toEqual([
    [[], 1],
    [[], 1],
  ]);
});

test('each network’s files say with which other it is compared; that a GPU was replaced, only those that it happened to', async () => {
  const { worker, study, reached } = stage();
  await study.open(folder('t2', 2));
  await reached('segmented');
  worker.backend = { ...backend, failed: { backend: 'WebGPU on amd', reason: 'the GPU was lost' } };
  study.choose('both');
  await reached('segmented');
  const file = study.current!;
  const replaced = [expect.stringContaining('WebGPU on amd failed its check')];
  const input = [expect.stringContaining('This looks like T2')];

  const written = (await takeLesions(study, file, 'json')).map(({ content }) => JSON.parse(String(content)));
  expect(written.map(({ warnings }) => warnings)).toEqual([input, [...replaced, ...input]]);
  const [first, second] = study.lesions.answers.map(({ segmented }) => segmented.manifest.id);
  expect(written.map(({ comparedWith }) => comparedWith)).toEqual([[second], [first]]);

  await exportDownloads(study, file, 'report');
  const exported = worker.started.flatMap((one) => (one.name === 'export' ? [one.input.result] : []));
  expect(exported.map(({ warnings }) => warnings)).toEqual([input, [...replaced, ...input]]);
  expect(exported.map(({ agreement }) => agreement?.comparedWith)).toEqual([[second], [first]]);
});

test('what is written stays of its own file when another is looked at meanwhile', async () => {
  const { study, worker, reached } = stage();
  study.choose('both');
  void study.open([...folder('t2', 2), ...folder('flair', 2)]);
  await reached('segmented');
  const file = study.files.find(({ name }) => name === 't2')!;
  study.show(file);
  await reached('segmented');
  worker.held.add('export');
  const written = exportDownloads(study, file, 'report');
  study.show(study.files.find((other) => other !== file)!);
  study.choose('nested-unet');
  await reached('segmented');
  worker.answer('export');
  const names = (await written).map(({ name }) => name);
  expect(names).toEqual(['t2.nested-unet-t1ce.report.html', 't2.attention-unet-t1ce.report.html']);
  const [first, second] = worker.started.flatMap((one) => (one.name === 'export' ? [one.input.result] : []));
  expect(first!.warnings).not.toEqual([]);
  expect(second!.warnings).toEqual(first!.warnings);
  expect(second!.agreement?.comparedWith).toEqual(['nested-unet-t1ce']);
});
