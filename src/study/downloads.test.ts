import { expect, test, vi } from 'vitest';
import { ijk } from '../domain/grid';
import type { MaskProvenance } from '../domain/provenance';
import { downloadName, lesionDownloads } from './downloads';
import { backend, folder, stage } from './fixtures/staged';
import { lesionsCsv } from './lesionFiles';
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

const columns = 'weights_sha256,threshold,smallest,smallest_unit,rejected,backend,adapter,program_version';
const about: MaskProvenance = {
  ...{ programVersion: '1.2.3', modelId: '', weightsSha256: 'ab', threshold: 0.5, minSize: { value: 20, unit: 'px' } },
  ...{ isTriPlanar: false, rejectedCount: 0, backend: 'wasm', adapter: '2 threads, SIMD', trainedOn: '', notice: '' },
};

test('the lesion table has one row a lesion and network, under the number of their place', () => {
  const lesion = {
    id: 2,
    voxelCount: 31,
    centroid: ijk(10.25, 20, 0),
    meanProbability: 0.7512345,
    maxProbability: 0.9,
    slices: [0, 0] as const,
    extent: undefined,
  };
  const members = [
    { architecture: 'nested-unet' as const, lesion },
    { architecture: 'attention-unet' as const, lesion: { ...lesion, id: 1 } },
  ];
  const groups = [{ id: 1, members, overlap: 0.5 }];
  const answer = (architecture: 'nested-unet' | 'attention-unet', rejected: readonly number[] = []) => ({
    architecture,
    rejected: new Set(rejected),
    about: { ...about, modelId: `${architecture}-flair`, rejectedCount: rejected.length },
  });
  expect(lesionsCsv(groups, [answer('nested-unet'), answer('attention-unet')])).toBe(
    [
      `place,model,lesion,area_px,column,row,slice,mean_probability,max_probability,${columns}`,
      '1,nested-unet-flair,2,31,10.25,20,0,0.751235,0.9,ab,0.5,20,px,0,wasm,"2 threads, SIMD",1.2.3',
      '1,attention-unet-flair,1,31,10.25,20,0,0.751235,0.9,ab,0.5,20,px,0,wasm,"2 threads, SIMD",1.2.3',
      '',
    ].join('\r\n'),
  );

  const rejected = [answer('nested-unet', [2]), answer('attention-unet')];
  const [, kept, none, end] = lesionsCsv(groups, rejected).split('\r\n');
  expect(kept).toMatch(/^1,attention-unet-flair,1,/);
  expect(none).toBe(',nested-unet-flair,,0,,,,,,ab,0.5,20,px,1,wasm,"2 threads, SIMD",1.2.3');
  expect(end).toBe('');
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

  const written = lesionDownloads(study, file, 'json').map(({ content }) => JSON.parse(String(content)));
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
