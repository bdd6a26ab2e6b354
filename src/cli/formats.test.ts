/** Every format of `segment`, of a folder, an archive and a file, read back by readers that are not ours. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { gzipSync, unzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { dicomFiles } from '../e2e/drawnHead';
import { writeBrightModel } from './fixtures/brightModel';
import { drawDiscs, greyPng } from './fixtures/drawnImages';
import { isOwnOutput } from './ownOutput';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const tsx = createRequire(import.meta.url).resolve('tsx');
const python = process.env.METSIGHT_PYTHON;
const hasDciodvfy = spawnSync('dciodvfy', ['-version']).error === undefined;

// Some seconds each; far more where every core is busy.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const everyFormat = 'nifti,dicom-seg,rtstruct,png,stl,csv,report,probability,json';
const endings = ['json', 'lesions.csv', 'mask.nii.gz', 'masks.zip', 'probability.nii.gz', 'report.html', 'rtstruct.dcm', 'seg.dcm', 'stl']; // prettier-ignore

let folder: string;
const inFolder = (...parts: string[]) => path.join(folder, ...parts);
const read = (...parts: string[]) => readFileSync(inFolder(...parts));

function segment(...words: string[]) {
  const args = ['segment', ...words, '--model', 'bright', '--models', 'models'];
  const ran = spawnSync(process.execPath, ['--import', tsx, main, ...args], { cwd: folder, encoding: 'utf8' });
  return { code: ran.status, out: ran.stdout, errors: ran.stderr.split('\n').filter(Boolean) };
}

/** The series as a folder called after nobody, segmented once for the tests that look at its files. */
let ran: ReturnType<typeof segment>;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'metsight-formats-'));
  writeBrightModel(inFolder('models'), 'bright');
  mkdirSync(inFolder('head'));
  const series = dicomFiles([{ number: 2, description: 'AX T1 POST GD', isEnhanced: true }]);
  for (const { name, buffer } of series) writeFileSync(inFolder('head', name), buffer);
  const files = Object.fromEntries(series.map(({ name, buffer }) => [`study/${name}`, new Uint8Array(buffer)]));
  writeFileSync(inFolder('archive.zip'), zipSync(files, { level: 0 }));
  ran = segment('head', '--out', 'out', '--format', everyFormat);
});
afterAll(() => rmSync(folder, { recursive: true }));

test('a folder of DICOM is written in every format', () => {
  expect(ran).toMatchObject({ code: 0, errors: [] });
  expect(readdirSync(inFolder('out')).sort()).toEqual(endings.map((ending) => `head.${ending}`));
  const report = JSON.parse(read('out', 'head.json').toString());
  expect(report.lesions.length).toBeGreaterThan(0);
  expect([...report.outputs].sort()).toEqual(endings.slice(1).map((ending) => `head.${ending}`));
  expect(report.warnings.join()).not.toContain('was written');
});

test('each output is known for the program’s own; what another program calls like it is not, nor an output by another name', async () => {
  const blobOf = (bytes: Uint8Array) => new Blob([new Uint8Array(bytes)]);
  const gzip = gzipSync(new Uint8Array(400));
  for (const ending of endings) {
    const blob = blobOf(read('out', `head.${ending}`));
    const other = blobOf(ending.endsWith('.gz') ? gzip : Buffer.from(`{ "program": "another", ending: "${ending}" }`));
    const isOwn = [
      await isOwnOutput({ path: `head.${ending}`, blob }),
      await isOwnOutput({ path: `DEEP/HEAD.${ending.toUpperCase()}`, blob }),
      await isOwnOutput({ path: `head.${ending}`, blob: other }),
      await isOwnOutput({ path: 'head.nii.gz', blob }),
    ];
    expect({ ending, isOwn }).toEqual({ ending, isOwn: [true, true, false, false] });
  }
});

test('each file says the version, the model, its weights, the threshold and the backend with its adapter', () => {
  const { version, model, threshold, backend, adapter } = JSON.parse(read('out', 'head.json').toString());
  const pictures = unzipSync(read('out', 'head.masks.zip'));
  const [picture] = Object.values(pictures);
  const texts = {
    csv: read('out', 'head.lesions.csv').toString(),
    report: read('out', 'head.report.html').toString(),
    png: Object.values(decode(picture!).text).join(' '),
    seg: read('out', 'head.seg.dcm').toString('latin1'),
    rtstruct: read('out', 'head.rtstruct.dcm').toString('latin1'),
  };
  for (const [format, text] of Object.entries(texts)) {
    for (const fact of [version, model.id, model.sha256, String(threshold), backend, adapter]) {
      expect({ format, fact, isSaid: text.includes(fact) }).toEqual({ format, fact, isSaid: true });
    }
  }
  expect(read('out', 'head.stl').toString('latin1', 0, 80)).toContain(model.sha256.slice(0, 12));
});

test('only the DICOM outputs repeat the patient', () => {
  const patient = /Drawn\^Head|DRAWN-1/;
  for (const ending of endings) {
    const text = read('out', `head.${ending}`).toString('latin1');
    expect({ ending, isNamed: patient.test(text) }).toEqual({ ending, isNamed: ending.endsWith('.dcm') });
  }
});

test.skipIf(!hasDciodvfy)('dciodvfy finds no error in the DICOM outputs', () => {
  for (const file of ['head.seg.dcm', 'head.rtstruct.dcm']) {
    const { stderr, stdout } = spawnSync('dciodvfy', ['-new', inFolder('out', file)], { encoding: 'utf8' });
    expect({ file, errors: `${stdout}${stderr}`.split('\n').filter((line) => /^Error/.test(line)) }).toEqual({
      file,
      errors: [],
    });
  }
});

test.skipIf(!python)('SEG, RTSTRUCT and NIfTI are the same voxels in the patient', () => {
  const run = (program: string, ...args: string[]) =>
    JSON.parse(execFileSync(python!, [fileURLToPath(new URL(program, import.meta.url)), ...args], { encoding: 'utf8', maxBuffer: 1 << 28 })); // prettier-ignore
  const { segVoxels, niftiVoxels, common } = run(
    '../e2e/read_seg.py',
    inFolder('out', 'head.seg.dcm'),
    inFolder('out', 'head.mask.nii.gz'),
  );
  expect(niftiVoxels).toBeGreaterThan(0);
  expect([segVoxels, common]).toEqual([niftiVoxels, niftiVoxels]);
  const structures = run('../encode/fixtures/readRtStruct.py', inFolder('out'))['head.rtstruct.dcm'];
  expect(structures.differing).toBe(0);
  const surfaces = run('../encode/fixtures/readStl.py', inFolder('out'))['head.stl'];
  const { lesions } = JSON.parse(read('out', 'head.json').toString()) as { lesions: { volumeMm3: number }[] };
  const volumeMm3 = lesions.reduce((sum, lesion) => sum + lesion.volumeMm3, 0);
  expect(surfaces.unpaired).toBe(0);
  expect(Math.abs(surfaces.volumeMm3 / volumeMm3 - 1)).toBeLessThan(0.001);
});

test('the same series from an archive, whatever its name, gives the same masks and surfaces', () => {
  cpSync(inFolder('archive.zip'), inFolder('archive'));
  expect(segment('archive', '--out', 'zip', '--format', everyFormat)).toMatchObject({ code: 0, errors: [] });
  expect(readdirSync(inFolder('zip')).sort()).toEqual(endings.map((ending) => `archive.${ending}`));
  for (const ending of ['mask.nii.gz', 'stl', 'lesions.csv']) {
    expect(read('zip', `archive.${ending}`).equals(read('out', `head.${ending}`))).toBe(true);
  }
});

test('what a NIfTI or a picture cannot have is left out, and said; nothing at all is an error', () => {
  writeFileSync(inFolder('scan.nii.gz'), read('out', 'head.mask.nii.gz'));
  writeFileSync(inFolder('picture.png'), greyPng(drawDiscs(120, 100, [{ x: 40, y: 50, radius: 20 }]), 120, 100));
  const both = segment('scan.nii.gz', 'picture.png', '--out', 'mixed', '--format', everyFormat);
  expect(both).toMatchObject({ code: 0, errors: [] });
  const written = readdirSync(inFolder('mixed'));
  const scan = endings.filter((ending) => !ending.endsWith('.dcm')).map((ending) => `scan.${ending}`);
  expect(written.filter((name) => name.startsWith('scan.')).sort()).toEqual(scan);
  const picture = ['json', 'lesions.csv', 'mask.png', 'probability.png', 'report.html'];
  expect(written.filter((name) => name.startsWith('picture.')).sort()).toEqual(picture.map((one) => `picture.${one}`));
  expect(both.out).toContain('No rtstruct was written: it needs a DICOM input');
  expect(JSON.parse(read('mixed', 'picture.json').toString()).warnings.join()).toContain('No stl was written');

  const nothing = segment('scan.nii.gz', '--out', 'none', '--format', 'rtstruct');
  expect(nothing.code).toBe(1);
  expect(nothing.errors).toEqual([expect.stringContaining('scan.nii.gz: No rtstruct was written')]);
});
