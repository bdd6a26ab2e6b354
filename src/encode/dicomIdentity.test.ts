import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { DicomOrigin } from '../domain/scan';
import { identityNotes, patientAndStudy } from './dicomIdentity';
import { encodeRtStruct } from './dicomRtStruct';
import { encodeDicomSeg } from './dicomSeg';
import { about, obliqueAffine, originOf } from './fixtures/derived';

const hasDciodvfy = spawnSync('dciodvfy', ['-version']).error === undefined;

type Written = readonly [tag: string, vr: string, value: string];

const sourceOf = (written: readonly Written[]): DicomOrigin => ({
  ...originOf(2),
  attributes: written.map(([tag, vr, value]) => ({ tag, vr, value })),
});

/** The value that is written; undefined where none is, as for a type 2 attribute that is left empty. */
function repeated(written: Written): unknown {
  const element = patientAndStudy(sourceOf([written])).find((one) => one.tag === parseInt(written[0], 16));
  return element?.value === '' ? undefined : element?.value;
}

const careless: readonly Written[] = [
  ['00080020', 'DA', '2021.03.04'],
  ['00080030', 'TM', '25:99'],
  ['00080050', 'SH', 'ACC-2021-0304-000001'],
  ['00080090', 'PN', `${'Long'.repeat(20)}^Name`],
  ['00081030', 'LO', 'x'.repeat(80)],
  ['00100020', 'LO', 'ID-1'],
  ['00100030', 'DA', 'unknown'],
  ['00100040', 'CS', 'Female'],
  ['00101010', 'AS', '50'],
  ['00101030', 'DS', '71.123456789012345678'],
  ['00200010', 'SH', 'A STUDY WITH A LONG ID'],
];

test('what DICOM allows is repeated as it is written', () => {
  for (const written of [
    ['00080020', 'DA', '20210304'],
    ['00080030', 'TM', '101112.123456'],
    ['00080030', 'TM', '10'],
    ['00080050', 'SH', '1234567890123456'],
    ['00100010', 'PN', 'Müller^Example=漢字'],
    ['00100040', 'CS', 'O'],
    ['00101010', 'AS', '008W'],
    ['00101030', 'DS', '71.5'],
  ] as const) {
    expect(repeated(written)).toBe(written[2]);
    expect(identityNotes(sourceOf([written]))).toEqual([]);
  }
});

test('what it does not is brought into form where that changes no fact, else left out', () => {
  expect(careless.map((written) => repeated(written))).toEqual([
    ...['20210304', undefined, undefined, 'Long'.repeat(16), 'x'.repeat(64), 'ID-1'],
    ...[undefined, undefined, undefined, '71.1234567890124', undefined],
  ]);
  expect(repeated(['00101010', 'AS', '50y'])).toBe('050Y');
  expect(repeated(['00080030', 'TM', '10:11:12'])).toBe('101112');
  expect(repeated(['00080020', 'DA', '20210231'])).toBe(undefined);
  expect(repeated(['00081030', 'LO', 'A\\B'])).toBe('A');
  expect(repeated(['00100020', 'LO', 'A\\B'])).toBe(undefined);
});

test('what could not be repeated is said by name, without its value', () => {
  expect(identityNotes(sourceOf(careless))).toEqual([
    "Not valid DICOM in the source: Study Time left out, Accession Number left out, Patient's Birth Date left out, Patient's Sex left out, Patient's Age left out, Study ID left out, Study Date brought into form, Referring Physician's Name brought into form, Study Description brought into form, Patient's Weight brought into form.",
  ]);
});

test.skipIf(!hasDciodvfy)(
  'dciodvfy finds no error in what is made of a careless source, which says what it lacks',
  () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'metsight-identity-'));
    const grid = { dims: [4, 4, 2], space: { kind: 'patient', affine: obliqueAffine(-1) } } as const;
    const mask = { grid, labels: new Uint16Array(32).fill(1) };
    const [origin, now] = [sourceOf(careless), new Date(2026, 0, 2)];
    try {
      for (const bytes of [encodeDicomSeg(mask, origin, about, now), encodeRtStruct(mask, [], origin, about, now)]) {
        const file = path.join(folder, 'made.dcm');
        writeFileSync(file, bytes);
        const { stdout, stderr } = spawnSync('dciodvfy', ['-new', file], { encoding: 'utf8' });
        expect(`${stdout}${stderr}`.split('\n').filter((line) => /^Error/.test(line))).toEqual([]);
        expect(new TextDecoder().decode(bytes)).toContain('Accession Number left out');
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
