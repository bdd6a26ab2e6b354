/** A patient that never was: one word in every text field, file name and folder name of files in every format. */
import { crc32 } from 'node:zlib';
import { zipSync } from 'fflate';
import { analyzeSeeds, metaImageSeeds, mghSeeds, niftiSeeds, nrrdSeeds } from '../fuzz/volumeSeeds';
import { canary, type Seed } from '../fuzz/seed';
import { dicomFiles } from './drawnHead';
import { fixture, phantomPng, turnedJpeg } from './pictures';

export interface CanaryFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A date and a UID that nothing else has. */
export const canaryDate = '18310817';
export const canaryUid = '2.25.918273645546372819';

/** Every text attribute that an MR image may have of a person, a place or an examination (PS3.6), and a private one. */
const attributes: readonly (readonly [tag: number, vr: string])[] = [
  [0x00080050, 'SH'], [0x00080080, 'LO'], [0x00080081, 'ST'], [0x00080090, 'PN'], [0x00080092, 'ST'],
  [0x00080094, 'SH'], [0x00081010, 'SH'], [0x00081030, 'LO'], [0x00081040, 'LO'], [0x00081048, 'PN'],
  [0x00081050, 'PN'], [0x00081060, 'PN'], [0x00081070, 'PN'], [0x00081080, 'LO'], [0x00081090, 'LO'],
  [0x00082111, 'ST'], [0x00084000, 'LT'], [0x00090010, 'LO'], [0x00091001, 'LO'], [0x00100010, 'PN'],
  [0x00100020, 'LO'], [0x00100021, 'LO'], [0x00101000, 'LO'], [0x00101001, 'PN'], [0x00101005, 'PN'],
  [0x00101040, 'LO'], [0x00101050, 'LO'], [0x00101060, 'PN'], [0x00101080, 'LO'], [0x00101081, 'LO'],
  [0x00101090, 'LO'], [0x00102000, 'LO'], [0x00102110, 'LO'], [0x00102150, 'LO'], [0x00102152, 'LO'],
  [0x00102154, 'SH'], [0x00102160, 'SH'], [0x00102180, 'SH'], [0x001021b0, 'LT'], [0x001021f0, 'LO'],
  [0x00102297, 'PN'], [0x00104000, 'LT'], [0x00180010, 'LO'], [0x00180015, 'CS'], [0x00181000, 'LO'],
  [0x00181020, 'LO'], [0x00181030, 'LO'], [0x00200010, 'SH'], [0x00201040, 'LO'], [0x00204000, 'LT'],
  [0x00321032, 'PN'], [0x00321033, 'LO'], [0x00321060, 'LO'], [0x00324000, 'LT'], [0x00380010, 'LO'],
  [0x00380300, 'LO'], [0x00400006, 'PN'], [0x00400253, 'SH'], [0x00400254, 'LO'], [0x00401001, 'SH'],
  [0x00402016, 'LO'], [0x00402017, 'LO'], [0x40080040, 'SH'], [0x40080300, 'ST'],
]; // prettier-ignore

/** At most 16 characters, as SH may have. */
const word = (tag: number) => `${canary}${(tag & 0xffff).toString(16)}`;

const texts = [
  ...attributes.map(([tag, vr]) => [tag, vr, word(tag)] as const),
  [0x00100030, 'DA', canaryDate] as const,
  [0x00080020, 'DA', canaryDate] as const,
  [0x0020000d, 'UI', canaryUid] as const,
];

/** Sound DICOM: a series whose slice 3 is cut off, so that a warning speaks of a file. */
function dicomSlices(folder: string): readonly CanaryFile[] {
  const series = { number: 2, description: `AX T1 POST GD ${canary}`, isEnhanced: true, texts };
  return dicomFiles([series]).map(({ name, buffer }, n) => ({
    path: `${folder}/${canary}${name}`,
    bytes: n === 3 ? buffer.subarray(0, buffer.length - 5000) : buffer,
  }));
}

/** Inserted after IHDR. */
function withChunks(png: Buffer, chunks: Readonly<Record<string, string>>): Buffer {
  const more = Object.entries(chunks).map(([type, content]) => {
    const named = Buffer.concat([Buffer.from(type, 'latin1'), Buffer.from(content, 'latin1')]);
    const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(named.length - 4);
    checksum.writeUInt32BE(crc32(named));
    return Buffer.concat([length, named, checksum]);
  });
  return Buffer.concat([png.subarray(0, 33), ...more, png.subarray(33)]);
}

/** An EXIF block whose one entry is an ASCII text, the name of the artist (0x013b). */
const exif = `II*\0\x08\0\0\0\x01\0\x3b\x01\x02\0\x10\0\0\0\x1a\0\0\0\0\0\0\0${canary.padEnd(15)}\0`;

function pictures(): readonly CanaryFile[] {
  const png = withChunks(phantomPng().buffer, {
    tEXt: `Author\0${canary}`,
    iTXt: `XML:com.adobe.xmp\0\0\0\0\0<x>${canary}</x>`,
    eXIf: exif,
  });
  const jpeg = turnedJpeg().buffer;
  const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, canary.length + 2]), Buffer.from(canary)]);
  return [
    { path: `${canary}png.png`, bytes: png },
    { path: `${canary}jpeg.jpg`, bytes: Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2)]) },
  ];
}

const files = (seeds: readonly Seed[], name: string, called: string): readonly CanaryFile[] => {
  const { files: all, repair } = seeds.find((seed) => seed.name === name)!;
  return all.map(({ path, bytes }, n) => ({
    path: path.replace(canary, `${canary}${called}`),
    bytes: n === 0 && repair ? repair(bytes) : bytes,
  }));
};

/** What opens, in a folder of folders: one scan each. */
export function canaryStudy(): readonly CanaryFile[] {
  const [picture] = pictures();
  return [
    ...dicomSlices(`${canary}dicom`),
    ...pictures(),
    ...files(niftiSeeds(), 'nifti1-extension', 'nifti'),
    ...files(niftiSeeds(), 'nifti1-gzip', 'gzip'),
    ...files(niftiSeeds(), 'nifti1-pair', 'pair'),
    ...files(analyzeSeeds(), 'analyze', 'analyze'),
    ...files(nrrdSeeds(), 'nrrd-gzip', 'nrrd'),
    ...files(metaImageSeeds(), 'metaimage', 'meta'),
    ...files(mghSeeds(), 'mgh', 'mgh'),
    {
      path: `${canary}zip.zip`,
      bytes: zipSync({
        [`${canary}folder/${canary}inzip.png`]: picture!.bytes,
        [`${canary}readme.txt`]: Buffer.from(canary),
      }),
    },
  ].map(({ path, bytes }) => ({ path: `${canary}study/${path}`, bytes }));
}

/** What is refused, each for another reason. */
export async function canaryRefused(): Promise<readonly CanaryFile[]> {
  const [slice] = dicomSlices('');
  const nrrd = files(nrrdSeeds(), 'nrrd', 'x')[0]!.bytes;
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
  const changed = (bytes: Uint8Array, from: string, to: string) => Buffer.from(text(bytes).replace(from, to), 'latin1');
  return [
    { path: 'text.png', bytes: Buffer.from(`${canary}, born ${canaryDate}`) },
    { path: 'cut.png', bytes: pictures()[0]!.bytes.subarray(0, 700) },
    { path: 'cut.nii', bytes: files(niftiSeeds(), 'nifti1-extension', 'x')[0]!.bytes.subarray(0, 2000) },
    { path: 'type.nrrd', bytes: changed(nrrd, 'type: short', `type: ${canary}`) },
    { path: 'encoding.nrrd', bytes: changed(nrrd, 'encoding: raw', `encoding: ${canary}`) },
    { path: 'alone.nhdr', bytes: changed(nrrd, 'content:', `data file: ${canary}.raw\ncontent:`) },
    { path: 'alone.img', bytes: new Uint8Array(5000).fill(9) },
    { path: 'ct.dcm', bytes: changed(slice!.bytes, 'CS\x02\0MR', 'CS\x02\0CT') },
    { path: 'modality.dcm', bytes: changed(slice!.bytes, 'CS\x02\0MR', 'CS\x02\0ZQ') },
    { path: 'without-pixels.dcm', bytes: slice!.bytes.subarray(0, 1200) },
    { path: 'encrypted.zip', bytes: encrypted(zipSync({ [`${canary}.png`]: Buffer.from(canary) })) },
    { path: 'animated.gif', bytes: (await fixture('animated.gif')).buffer },
  ].map(({ path, bytes }) => ({ path: `${canary}${path}`, bytes }));
}

/** The flag of the first entry, in its local header and in the directory (APPNOTE 4.4.4). */
function encrypted(zip: Uint8Array): Uint8Array {
  const bytes = Buffer.from(zip);
  bytes[6]! |= 1;
  bytes[bytes.indexOf('PK\x01\x02', 0, 'latin1') + 8]! |= 1;
  return bytes;
}
