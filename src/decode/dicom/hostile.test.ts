/** Files that lie: each is refused in words that fit, in bounded time and memory, and the next one is read. */
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { PipelineError } from '../../domain/errors';
import type { NamedFile, Survey } from '../../domain/scan';
import { decode } from '../decode';
import { concatenate } from '../concatenate';
import { type Attributes, dicomBytes, dicomFile, dicomSeries, side } from '../fixtures/dicomFile';
import { survey } from '../survey';

const noAssets = () => Promise.reject(new Error('no program is needed'));
const noCheckpoint = () => Promise.resolve();

/** Of the processor, so that a busy machine does not count. */
const hangMs = 10_000;

async function look(files: readonly NamedFile[]): Promise<Survey> {
  const start = process.cpuUsage();
  const found = await survey(files, noAssets, noCheckpoint);
  expect(process.cpuUsage(start).user / 1000).toBeLessThan(hangMs);
  return found;
}

/** What becomes of a file that was chosen by itself: the error of the survey, or of reading its only scan. */
async function errorOf(bytes: Uint8Array<ArrayBuffer>): Promise<PipelineError | undefined> {
  const { scans, refused } = await look([{ path: 'a.dcm', blob: new Blob([bytes]) }]);
  if (refused.length > 0) return refused[0]!.error;
  return decode(scans[0]!, noAssets, noCheckpoint).then(
    () => undefined,
    (thrown: { error: PipelineError }) => thrown.error,
  );
}

const metaEnd = 132 + 8 + 20;

/** @param raw  stands before all attributes of the data set */
function withRaw(raw: Uint8Array, fields: Attributes = {}): Uint8Array<ArrayBuffer> {
  const bytes = dicomBytes(fields);
  return concatenate([bytes.subarray(0, metaEnd), raw, bytes.subarray(metaEnd)]);
}

/** (0008,1140) Referenced Image Sequence and an item in it, both without a length: 20 bytes a level. */
const openSequence = [8, 0, 0x40, 0x11, 0x53, 0x51, 0, 0, 255, 255, 255, 255, 0xfe, 0xff, 0, 0xe0, 255, 255, 255, 255];
const nested = (depth: number) => Uint8Array.from({ length: 20 * depth }, (_, n) => openSequence[n % 20]!);

describe('a DICOM file', () => {
  it('whose sequences lie 20,000 deep is refused', async () => {
    expect(await errorOf(withRaw(nested(20_000)))).toMatchObject({ code: 'corrupt-file', format: 'DICOM' });
  });

  it('with a length beyond its end is refused', async () => {
    const beyond = Uint8Array.of(8, 0, 0x14, 0, 0x55, 0x4e, 0, 0, 0xf0, 0xff, 0xff, 0x7f, 1, 2, 3, 4);
    expect(await errorOf(withRaw(beyond))).toMatchObject({ code: 'corrupt-file' });
  });

  it.each([
    ['rows', { rows: 4096, columns: 4096 }, 'truncated-file'],
    ['frames', { numberOfFrames: '32768' }, 'truncated-file'],
    ['more frames than any has', { numberOfFrames: '2000000000' }, 'corrupt-file'],
    ['a side that no scanner makes', { rows: 65_535 }, 'image-too-large'],
    ['no rows', { rows: 0 }, 'corrupt-file'],
    ['more bits than there is room for', { bitsStored: 17 }, 'corrupt-file'],
    ['a frame of compressed data that is not there', { transferSyntaxUid: '1.2.840.10008.1.2.4.70' }, 'truncated-file'],
    ['no pixels', { pixelData: undefined }, 'corrupt-file'],
    ['pixels without a byte', { pixelData: new Uint8Array() }, 'truncated-file'],
    ['an unknown compression', { transferSyntaxUid: '1.2.840.10008.9.9.9' }, 'unsupported-variant'],
    ['colour', { samplesPerPixel: 3, photometricInterpretation: 'RGB' }, 'unsupported-variant'],
  ] as const)('that claims %s is refused', async (_, fields, code) => {
    expect(await errorOf(dicomBytes(fields))).toMatchObject({ code });
  });

  it('that ends anywhere is refused or read, never thrown at', async () => {
    const bytes = dicomBytes();
    for (let length = 132; length < bytes.length; length += 37) {
      expect(await errorOf(bytes.slice(0, length))).toBeDefined();
    }
    expect(await errorOf(bytes)).toBeUndefined();
  });

  it('that claims 512 frames of 512² behind a header of run lengths costs no memory', async () => {
    const claims = { transferSyntaxUid: '1.2.840.10008.1.2.5', numberOfFrames: '512', rows: 512, columns: 512 };
    const before = process.memoryUsage().arrayBuffers;
    expect(await errorOf(dicomBytes(claims))).toMatchObject({ code: 'truncated-file' });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 25);
  });
});

/** Everything behind the file's header deflated. */
function deflated(fields: Attributes, rest = new Uint8Array()): Uint8Array<ArrayBuffer> {
  const bytes = dicomBytes({ ...fields, transferSyntaxUid: '1.2.840.10008.1.2.1.99' });
  const start = 132 + 8 + 22;
  return concatenate([bytes.subarray(0, start), deflateRawSync(concatenate([bytes.subarray(start), rest]))]);
}

describe('a deflated DICOM file', () => {
  it('is read', async () => {
    expect(await errorOf(deflated({}))).toBeUndefined();
  });

  it('that goes on inflating behind its pixels is not inflated further', async () => {
    // Made first: its own garbage is none of the reader's.
    const bomb = deflated({}, new Uint8Array(2 ** 27));
    const start = process.memoryUsage().arrayBuffers;
    expect(await errorOf(bomb)).toBeUndefined();
    expect(process.memoryUsage().arrayBuffers - start).toBeLessThan(2 ** 26);
  });

  it('whose header does not end is refused; four of them take the memory of one', async () => {
    const bomb = deflated({ pixelData: undefined }, new Uint8Array(2 ** 27));
    expect(bomb.length).toBeLessThan(2 ** 18);
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
    const before = process.memoryUsage().rss;
    const bombs = Array.from({ length: 4 }, (_, n) => ({ path: `s/${n}`, blob: new Blob([bomb]) }));
    const { scans, refused } = await look([...bombs, ...dicomSeries('s', 3)]);
    clearInterval(watch);
    expect(scans).toHaveLength(1);
    expect(refused.map(({ error }) => error.code)).toEqual(Array(4).fill('corrupt-file'));
    expect(most - before).toBeLessThan(2 ** 29);
  }, 120_000);
});

it('after all of them the next series is read', async () => {
  const { scans } = await look(dicomSeries('s', 3));
  const volume = await decode(scans[0]!, noAssets, noCheckpoint);
  expect(volume.grid.dims).toEqual([side, side, 3]);
  expect((await look([dicomFile('s/one')])).scans).toHaveLength(1);
});
