import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { NamedFile, Scan } from '../domain/scan';
import { type Attributes, dicomBytes, dicomFile, dicomSeries, side } from './fixtures/dicomFile';
import { zipFile } from './fixtures/zipFile';
import { survey } from './survey';

const noAssets = () => Promise.reject(new Error('no program is needed'));
const noCheckpoint = () => Promise.resolve();
const look = (files: readonly NamedFile[]) => survey(files, noAssets, noCheckpoint);

const file = (path: string, bytes: Uint8Array<ArrayBuffer>): NamedFile => ({ path, blob: new Blob([bytes]) });
const named = (path: string, words: string) => file(path, new TextEncoder().encode(words));
const codes = ({ warnings }: Scan) => warnings.map(({ code }) => code);

const ct = { sopClassUid: '1.2.840.10008.5.1.4.1.1.2', modality: 'CT', seriesInstanceUid: '1.2.8' };
const scout = { imageType: 'ORIGINAL\\PRIMARY\\LOCALIZER', seriesInstanceUid: '1.2.9' };
const mosaic = { imageType: 'ORIGINAL\\PRIMARY\\M\\MOSAIC', seriesInstanceUid: '1.2.5' };
const colour = { samplesPerPixel: 3, photometricInterpretation: 'RGB', seriesInstanceUid: '1.2.6' };
const directory = { sopClassUid: '1.2.840.10008.1.3.10', pixelData: undefined };

describe('a folder of DICOM', () => {
  it('whose files have neither an ending nor a preamble is one series', async () => {
    const bare = dicomSeries('s', 4).map(async ({ blob }, n) => {
      const bytes = new Uint8Array(await (blob as Blob).arrayBuffer());
      // The first attribute of group 0008 follows the preamble and the one attribute of the file's header.
      return file(`s/IM${n}`, bytes.slice(132 + 8 + 20));
    });
    const { scans, refused } = await look(await Promise.all(bare));
    expect(refused).toEqual([]);
    expect(scans.map(({ series }) => series?.dims)).toEqual([[side, side, 4]]);
  });

  it('with a TIFF’s header in its preambles is DICOM, not TIFF', async () => {
    const files = dicomSeries('s', 3).map(async ({ path, blob }) => {
      const bytes = new Uint8Array(await (blob as Blob).arrayBuffer());
      bytes.set([0x49, 0x49, 0x2a, 0x00, 0x08]);
      return file(path, bytes);
    });
    const { scans } = await look(await Promise.all(files));
    expect(scans.map(({ kind }) => kind)).toEqual(['dicom']);
  });

  it('is opened without its DICOMDIR, whatever that is called, and without what systems leave behind', async () => {
    const besides = [
      file('s/DICOMDIR', dicomBytes(directory)),
      file('s/index.dcm', dicomBytes(directory)),
      named('s/.DS_Store', 'x'),
      named('s/__MACOSX/._1.dcm', 'x'),
      named('s/Thumbs.db', 'x'),
      named('s/readme.txt', 'Viewer: start.exe'),
    ];
    const { scans, refused, ignored } = await look([...dicomSeries('s', 3), ...besides]);
    expect(scans).toHaveLength(1);
    expect(refused).toEqual([]);
    expect([...ignored].sort()).toEqual(besides.map(({ path }) => path).sort());
  });

  it('with a CT and a scout among its MR is its MR; what else is there is said', async () => {
    const files = [...dicomSeries('mr', 3), ...dicomSeries('ct', 3, ct), ...dicomSeries('scout', 3, scout)];
    const { scans, refused, ignored } = await look(files.map((one) => ({ ...one, path: `study/${one.path}` })));
    expect(scans.map(({ series }) => series?.dims)).toEqual([[side, side, 3]]);
    expect(scans[0]!.warnings).toEqual([{ code: 'others-ignored', fileCount: 3, found: ['a CT image'] }]);
    expect(refused).toEqual([]);
    expect(ignored).toHaveLength(6);
  });

  it('with nothing but a CT, or a scout, or a directory, is refused by name, once', async () => {
    const refusals = async (files: readonly NamedFile[]) => (await look(files)).refused.map(({ error }) => error);
    expect(await refusals(dicomSeries('ct', 3, ct))).toEqual([{ code: 'not-mr', found: 'a CT image' }]);
    expect(await refusals(dicomSeries('s', 3, scout))).toEqual([
      { code: 'not-mr', found: 'a localizer (scout), pictures to plan by' },
    ]);
    expect(await refusals([dicomFile('s/index', directory)])).toEqual([
      { code: 'not-mr', found: 'a directory of DICOM files (DICOMDIR)' },
    ]);
  });

  it('with mosaics and colour maps among its MR is its MR; by themselves each series of them is refused once', async () => {
    const variants = [...dicomSeries('a', 4, mosaic), ...dicomSeries('b', 4, colour)];
    const kinds = ['Siemens mosaic, many slices in one picture', 'colour image'];
    const beside = await look([...dicomSeries('mr', 3), ...variants]);
    expect(beside.scans.map(({ warnings }) => warnings)).toEqual([
      [{ code: 'variants-ignored', fileCount: 8, found: kinds }],
    ]);
    expect([beside.refused.length, beside.ignored.length]).toEqual([0, 8]);
    const alone = await look(variants);
    expect(alone.refused.map(({ error }) => error)).toEqual(
      kinds.map((kind) => ({ code: 'unsupported-variant', found: `${kind} (DICOM)` })),
    );
  });

  it('with its maker’s private objects is opened without a word of them; an MR image without pixels is damaged', async () => {
    const bare = { pixelData: undefined, rows: undefined, columns: undefined };
    const besides = ['1.3.46.670589.11.0.0.12.2', '1.3.12.2.1107.5.9.1', '1.2.840.113619.4.27'].map((sopClassUid, n) =>
      dicomFile(`s/XX_${n}`, { ...bare, sopClassUid }),
    );
    const damaged = dicomFile('s/no-pixels', { pixelData: undefined });
    const { scans, refused, ignored } = await look([...dicomSeries('s', 3), ...besides, damaged]);
    expect(scans.map(codes)).toEqual([[]]);
    expect(ignored).toEqual(besides.map(({ path }) => path));
    expect(refused.map(({ path, error }) => [path, error.code])).toEqual([['s/no-pixels', 'corrupt-file']]);
  });

  it('that is there twice, sent anew with another header, is one series; what differs in a pixel or its scale is not used', async () => {
    const twice = (fields: Attributes) => [
      ...dicomSeries('s', 9),
      ...dicomSeries('s', 9)
        .slice(0, 2)
        .map(({ path }, n) =>
          // prettier-ignore
          dicomFile(`again/${path}`, {
          sopInstanceUid: `1.2.3.${[...path].map((letter) => letter.charCodeAt(0)).join('')}`,
          instanceNumber: `${n + 1}`,
          imagePosition: `0\\0\\${2 * n}`,
          ...fields,
        }),
        ),
    ];
    const same = await look(twice({ protocolName: 'as another archive has it', contentTime: '101010' }));
    expect(same.scans.map(({ warnings }) => warnings)).toEqual([[{ code: 'duplicates-ignored', fileCount: 2 }]]);
    for (const fields of [{ rescaleSlope: '2' }, { pixelPaddingValue: 256 }, { imagePosition: '1\\0\\0' }]) {
      const { scans } = await look(twice(fields));
      expect(scans.map(codes)).toEqual([['slice-unreadable', 'slice-unreadable']]);
    }
  });

  it('that is there twice under new UIDs is one series, and a cut-off copy does not spoil a whole image', async () => {
    const again = dicomSeries('again', 9);
    const twice = await look([...dicomSeries('s', 9), ...again]);
    expect(twice.scans.map(({ warnings }) => warnings)).toEqual([[{ code: 'duplicates-ignored', fileCount: 9 }]]);
    const first = again[0]!;
    const cut = { path: 'again/cut.dcm', blob: first.blob.slice(0, first.blob.size - 100) };
    const { scans } = await look([cut, ...again]);
    expect(scans.map(({ warnings }) => warnings)).toEqual([[{ code: 'duplicates-ignored', fileCount: 1 }]]);
    expect(scans[0]!.files.map(({ path }) => path)).toEqual(again.map(({ path }) => path));
  });

  it('of two patients is kept apart, also where their series have one number and UID', async () => {
    const files = [...dicomSeries('a', 3), ...dicomSeries('b', 4, { patientId: '2' })];
    const { scans } = await look(files);
    expect(scans.map(({ series }) => series?.dims[2])).toEqual([3, 4]);
    expect(scans.map(codes)).toEqual([['several-patients'], ['several-patients']]);
    const patients = scans.map((scan) => new Set(scan.files.map(({ path }) => path.split('/')[0])).size);
    expect(patients).toEqual([1, 1]);
  });

  it('with files that are no DICOM, cut off or empty beside it is opened, and each of them accounted for', async () => {
    const whole = dicomSeries('s', 8);
    const cut = dicomFile('s/cut.dcm', { imagePosition: '0\\0\\16', instanceNumber: '9' });
    const besides = [
      { ...cut, blob: cut.blob.slice(0, cut.blob.size - 100) },
      file('s/empty.dcm', new Uint8Array()),
      file(
        's/random.dcm',
        Uint8Array.from({ length: 5000 }, (_, n) => (n * 7919) % 251),
      ),
    ];
    const { scans, refused, ignored } = await look([...whole, ...besides]);
    expect(scans.map(({ series }) => series?.dims[2])).toEqual([9]);
    expect(scans[0]!.warnings).toEqual([{ code: 'slice-unreadable', file: 'cut.dcm', reason: 'cut-off' }]);
    expect([...refused.map(({ path }) => path), ...ignored].sort()).toEqual(['s/empty.dcm', 's/random.dcm']);
  });
});

describe('an archive', () => {
  it('of a study is opened like its folder; one within it is refused by name', async () => {
    const slices = await Promise.all(
      dicomSeries('study', 3).map(async ({ path, blob }) => ({
        path,
        bytes: new Uint8Array(await (blob as Blob).arrayBuffer()),
      })),
    );
    const inner = { path: 'study/more.zip', bytes: zipFile(slices) };
    const { scans, refused } = await look([file('pacs.zip', zipFile([...slices, inner], 'wide'))]);
    expect(scans.map(({ series }) => series?.dims)).toEqual([[side, side, 3]]);
    expect(refused).toEqual([
      { path: 'pacs.zip/study/more.zip', error: { code: 'archive', problem: 'it lies within another archive' } },
    ]);
  });

  it('with a damaged file in it is opened without that, and the series says that slices may be missing', async () => {
    const slices = await Promise.all(
      dicomSeries('study', 5).map(async ({ path, blob }) => ({
        path,
        bytes: new Uint8Array(await (blob as Blob).arrayBuffer()),
      })),
    );
    const picture = new Uint8Array(readFileSync(new URL('fixtures/grey8.png', import.meta.url)));
    // The topmost slice: no gap in the stack tells that it is gone.
    const damaged = { ...slices[4]!, claimedBytes: 1000 };
    const archive = zipFile([...slices.slice(0, 4), damaged, { path: 'a.png', bytes: picture }]);
    const { scans, refused } = await look([file('pacs.zip', archive)]);
    expect(refused.map(({ path, error }) => [path, error.code])).toEqual([
      [`pacs.zip/${damaged.path}`, 'corrupt-file'],
    ]);
    const [drawn, series] = scans;
    expect(series!.series?.dims).toEqual([side, side, 4]);
    expect(series!.warnings).toEqual([{ code: 'archive-damaged', fileCount: 1 }]);
    expect([drawn!.kind, drawn!.warnings]).toEqual(['picture', []]);
  });

  it('that cannot be unpacked at all is refused once', async () => {
    const member = (path: string) => ({ path, bytes: new Uint8Array(8), isEncrypted: true });
    const { scans, refused } = await look([file('a.zip', zipFile(['1.dcm', '2.dcm', '3.dcm'].map(member)))]);
    expect(scans).toEqual([]);
    expect(refused).toEqual([{ path: 'a.zip', error: { code: 'archive', problem: 'it is encrypted' } }]);
  });

  it('that is a bomb is refused, and what was chosen beside it is opened', async () => {
    const bomb = zipFile([{ path: 'a', bytes: new Uint8Array(2 ** 24), claimedBytes: 1000 }]);
    const picture = new Uint8Array(readFileSync(new URL('fixtures/grey8.png', import.meta.url)));
    const { scans, refused } = await look([file('a.zip', bomb), file('b.png', picture)]);
    expect(scans.map(({ kind }) => kind)).toEqual(['picture']);
    expect(refused.map(({ error }) => error.code)).toEqual(['corrupt-file']);
  });
});
